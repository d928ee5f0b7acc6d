/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which of Debian's kernels is meant: names and versions as the archive has them in November 2026.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <errno.h>
#include <string.h>

#include "base/cleanup.h"
#include "vm/kernel/debver.h"
#include "vm/kernel/offers.h"
#include "vm/kernel/spec.h"
#include "vm/kernel/symbols.h"

static void versions_are_ordered_as_debian_does(void **state)
{
	static const char *const ascending[] = {
		"6.1~rc7-1~exp1",     "6.1-1",      "6.1.9-1",           "6.1.10-1",
		"6.1.176-1",          "6.1.180-1",  "6.12.95-1~bpo12+1", "6.12.95-1",
		"6.12.100-1~deb12u1", "6.12.100-1", "7.2.12-1",          "7.3~rc7-1~exp1",
		"7.3.4-1~bpo13+1",
	};

	for (size_t i = 0; i < ARRAY_SIZE(ascending); i++)
		for (size_t j = 0; j < ARRAY_SIZE(ascending); j++) {
			int r = debver_compare(ascending[i], ascending[j]);

			if ((r > 0) - (r < 0) != (i > j) - (i < j))
				fail_msg("%s and %s: %d", ascending[i], ascending[j], r);
		}
	assert_int_equal(debver_compare("1.00", "1.0"), 0);
}

static void specs_are_read(void **state)
{
	struct debian_spec s;

	assert_int_equal(debian_spec_parse("debian:6.1", &s, NULL), 0);
	assert_string_equal(s.suite, "");
	assert_string_equal(s.glob, "6.1");
	assert_int_equal(debian_spec_parse("debian:bookworm-backports/6.12.*", &s, NULL), 0);
	assert_string_equal(s.suite, "bookworm-backports");
	assert_string_equal(s.glob, "6.12.*");
	assert_int_equal(debian_spec_parse("debian:newest", &s, NULL), 0);
	assert_string_equal(s.glob, "*");
	assert_true(s.newest);
}

static void specs_that_are_none_are_refused(void **state)
{
	static const char *const bad[] = {
		"debian:",       "debian:/6.1",          "debian:bookworm/", "debian:../6.1",
		"debian:-o/6.1", "debian:Book worm/6.1", "debian:6.1 rm",    "debian:a/b/c",
		"debian:6.1\n",  "debian:$(x)",
	};
	struct debian_spec s;

	for (size_t i = 0; i < ARRAY_SIZE(bad); i++) {
		struct diag d = { 0 };

		if (debian_spec_parse(bad[i], &s, &d) != -EINVAL || !d.message[0])
			fail_msg("%s is accepted", bad[i]);
	}
}

static void globs_match_whole_parts_of_a_release(void **state)
{
	static const struct {
		const char *glob, *release;
		bool matches;
	} rows[] = {
		{ "6.1", "6.1.0-50-cloud-amd64", true },
		{ "6.1", "6.12.95+deb12-cloud-amd64", false },
		{ "6.1", "6.1-amd64", true },
		{ "6.12.95", "6.12.95+deb12-cloud-amd64", true },
		{ "6.12.9", "6.12.95+deb12-cloud-amd64", false },
		{ "7.*", "7.3.4+deb13-cloud-amd64", true },
		{ "6.1.0-50-amd64", "6.1.0-50-amd64", true },
		{ "6.1.0-50-amd64", "6.1.0-50-cloud-amd64", false },
		{ "6.1.0-50", "6.1.0-50-rt-amd64", true },
		{ "6.1.0-5", "6.1.0-50-rt-amd64", false },
		{ "*", "7.3.4+deb13-cloud-amd64", true },
	};
	struct debian_spec s;

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		assert_int_equal(debian_spec_parse(rows[i].glob, &s, NULL), 0);
		if (debian_spec_matches(&s, rows[i].release) != rows[i].matches)
			fail_msg("%s and %s", rows[i].glob, rows[i].release);
	}
}

static void cloud_flavour_comes_first_then_the_newer_version(void **state)
{
	assert_true(debian_better("6.1.0-50-cloud-amd64", "6.1.176-1", "6.1.0-51-amd64",
				  "6.1.177-1") > 0);
	assert_true(debian_better("6.1.0-50-amd64", "6.1.176-1", "6.1.0-51-rt-amd64", "6.1.177-1") >
		    0);
	assert_true(debian_better("6.1.0-9-cloud-amd64", "6.1.9-1", "6.1.0-10-cloud-amd64",
				  "6.1.10-1") < 0);
	assert_int_equal(debian_better("6.1.0-9-amd64", "6.1.9-1", "6.1.0-9-amd64", "6.1.9-1"), 0);
}

static bool feed(struct offered *p, const char *paragraph)
{
	char line[256];
	bool done = false;

	for (; *paragraph; paragraph += strcspn(paragraph, "\n") + 1) {
		snprintf(line, sizeof(line), "%.*s", (int)strcspn(paragraph, "\n"), paragraph);
		done = archive_index_line(p, line) || done;
	}
	return archive_index_line(p, "") || done;
}

static void packages_of_kernels_are_picked_from_a_list(void **state)
{
	struct offered p = { 0 };

	assert_true(feed(&p, "Package: linux-image-6.1.0-50-cloud-amd64\nSource: "
			     "linux-signed-amd64 (6.1.176+1)\n"
			     "Version: 6.1.176-1\nInstalled-Size: 104060\nSize: 26484304\n"));
	assert_string_equal(p.name, "linux-image-6.1.0-50-cloud-amd64");
	assert_string_equal(p.version, "6.1.176-1");
	assert_int_equal(p.bytes, 26484304);
	assert_false(feed(&p, "Package: linux-image-amd64\nVersion: 6.1.176-1\n"));
	assert_false(feed(&p, "Package: bash\nVersion: 5.2\n"));
	assert_false(
		feed(&p, "Package: linux-headers-6.1.0-50-common\n")); /* the version of the one
									  before is not its */
	assert_false(feed(&p, "Package: linux-image-6/../x\nVersion: 1\n"));
	assert_true(feed(
		&p, "Package: libc6\nVersion: 2.41-12\n")); /* of the tools that build modules */
	assert_false(feed(&p, "Package: libc6-dev\nVersion: 2.41-12\n"));
	assert_true(feed(&p, "Package: linux-kbuild-6.1\nVersion: 6.1.176-1\n"));
}

#define MB 1000000
static struct offered archive[] = {
	{ "linux-image-6.1.0-50-cloud-amd64", "6.1.176-1", "bookworm", 26 * MB },
	{ "linux-image-6.1.0-50-amd64", "6.1.176-1", "bookworm", 70 * MB },
	{ "linux-image-6.1.0-50-cloud-amd64-dbg", "6.1.176-1", "bookworm", 280 * MB },
	{ "linux-headers-6.1.0-50-cloud-amd64", "6.1.176-1", "bookworm", 2 * MB },
	{ "linux-image-6.1.0-56-cloud-amd64", "6.1.192-2", "bookworm-security", 26 * MB },
	{ "linux-image-6.12-cloud-amd64", "6.12.117-1~deb12u1", "bookworm-security", 1500 },
	{ "linux-image-7.1.13+deb13-cloud-amd64", "7.1.13-1~bpo13+1", "trixie-backports", 1916 },
	{ "linux-binary-7.1.13+deb13-cloud-amd64", "7.1.13-1~bpo13+1", "trixie-backports",
	  13 * MB },
	{ "linux-image-7.0.4+deb13-cloud-amd64", "7.0.4-1~bpo13+1", "trixie-backports", 1916 },
	{ "linux-binary-7.0.4+deb13-cloud-amd64", "7.0.4-1~bpo13+1", "trixie-backports", 13 * MB },
	{ "linux-modules-7.0.4+deb13-cloud-amd64", "7.0.4-1~bpo13+1", "trixie-backports", 24 * MB },
	{ "linux-base-7.0.4+deb13-cloud-amd64", "7.0.4-1~bpo13+1", "trixie-backports", 1 * MB },
};
static const struct archive_index list = { archive, ARRAY_SIZE(archive), 0 };

static bool best(const char *text, struct kernel_offer *o)
{
	struct debian_spec s;

	assert_int_equal(debian_spec_parse(text, &s, NULL), 0);
	return offers_best(&list, &s, o);
}

static void the_newest_whole_kernel_is_offered(void **state)
{
	struct kernel_offer o;

	assert_true(best("6.1", &o));
	assert_string_equal(o.release, "6.1.0-56-cloud-amd64");
	assert_false(o.symbols);
	assert_true(best("bookworm/6.1", &o));
	assert_string_equal(o.release, "6.1.0-50-cloud-amd64");
	assert_true(o.symbols && o.headers && !o.modules);
	assert_true(best("6.1.0-50-amd64", &o));
	assert_string_equal(o.release, "6.1.0-50-amd64");
	assert_false(best("5.10", &o));
	assert_false(best("trixie/6.1", &o));
}

static void a_kernel_in_several_packages_is_offered_when_none_is_missing(void **state)
{
	struct kernel_offer o;

	assert_true(best("newest", &o)); /* 7.1.13 lost its modules */
	assert_string_equal(o.release, "7.0.4+deb13-cloud-amd64");
	assert_string_equal(o.image->name, "linux-binary-7.0.4+deb13-cloud-amd64");
	assert_string_equal(o.modules->name, "linux-modules-7.0.4+deb13-cloud-amd64");
	assert_string_equal(o.base->name, "linux-base-7.0.4+deb13-cloud-amd64");
	assert_false(best("7.1", &o));
	assert_false(best("6.12", &o)); /* a package that stands for another */
}

static void the_version_is_read_from_the_banner(void **state)
{
	char version[64];

	symbols_version(
		"6.1.0-50-cloud-amd64 (kernel@debian.org) #1 SMP Debian 6.1.176-1 (2026-07-02)",
		version, sizeof(version));
	assert_string_equal(version, "6.1.176-1");
	symbols_version("6.1.0 (me@here) #1 SMP Mon Nov 23", version, sizeof(version));
	assert_string_equal(version, "");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(versions_are_ordered_as_debian_does),
		cmocka_unit_test(specs_are_read),
		cmocka_unit_test(specs_that_are_none_are_refused),
		cmocka_unit_test(globs_match_whole_parts_of_a_release),
		cmocka_unit_test(cloud_flavour_comes_first_then_the_newer_version),
		cmocka_unit_test(packages_of_kernels_are_picked_from_a_list),
		cmocka_unit_test(the_newest_whole_kernel_is_offered),
		cmocka_unit_test(a_kernel_in_several_packages_is_offered_when_none_is_missing),
		cmocka_unit_test(the_version_is_read_from_the_banner),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

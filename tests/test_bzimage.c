/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Kernel images: what they say of themselves. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <errno.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "kernel_files.h"
#include "package_maker.h"
#include "tmpdir.h"
#include "vm/kernel/bzimage.h"
#include "vm/kernel/kernel.h"

static void bzimage_says_release_and_build(void **state)
{
	char image[BZIMAGE_BYTES];
	struct bzimage b;

	make_bzimage(image, BANNER_61);
	assert_int_equal(bzimage_parse((uint8_t *)image, sizeof(image), &b), 0);
	assert_string_equal(b.release, "6.1.0-50-cloud-amd64");
	assert_string_equal(b.banner, BANNER_61);
	make_bzimage(image, "../../etc (x@y) #1");
	assert_int_equal(bzimage_parse((uint8_t *)image, sizeof(image), &b), 0);
	assert_string_equal(b.release, ""); /* a release names a folder */
}

static void bzimage_parse_rejects_what_is_none(void **state)
{
	char image[BZIMAGE_BYTES];
	struct bzimage b;

	make_bzimage(image, BANNER_61);
	for (size_t size = 0; size < 0x250; size += 7)
		assert_int_equal(bzimage_parse((uint8_t *)image, size, &b), -EINVAL);
	/* the version lies behind what was read, or does not end in it */
	assert_int_equal(bzimage_parse((uint8_t *)image, 0x600, &b), 0);
	assert_string_equal(b.banner, "");
	assert_int_equal(bzimage_parse((uint8_t *)image, 0x610, &b), 0);
	assert_string_equal(b.banner, "");
	memcpy(image + 0x202, "MZxx", 4);
	assert_int_equal(bzimage_parse((uint8_t *)image, sizeof(image), &b), -EINVAL);
}

static void an_image_cut_short_is_refused(void **state)
{
	struct diag d = { 0 };
	struct bzimage b;

	put_image("bzImage", BANNER_61);
	assert_int_equal(bzimage_load(at("bzImage"), &b, &d), 0);
	assert_int_equal(truncate(at("bzImage"), BZIMAGE_BYTES - 100), 0);
	assert_int_equal(bzimage_load(at("bzImage"), &b, &d), -ENODATA);
	assert_non_null(strstr(d.message, "cut short"));
}

static void banners_tell_builds_apart(void **state)
{
	static const char start[] = "Linux version 6.1.0-50-cloud-amd64 (kernel@debian.org) "
				    "(gcc-12 (Debian 12.2.0-14) 12.2.0) ";
	static const struct {
		const char *rest;
		bool same;
	} rows[] = {
		{ "#1 SMP PREEMPT_DYNAMIC Debian 6.1.176-1 (2026-07-02)", true },
		{ "#1 SMP PREEMPT_DYNAMIC Debian 6.1.176-1 (2026-07-02)\n", true },
		{ "#1 SMP PREEMPT_DYNAMIC Debian 6.1.177-1 (2026-07-02)", false },
		{ "#1 SMP PREEMPT_DYNAMIC Debian 6.1.176-1 (2026-07-03)", false },
		{ "#2 SMP PREEMPT_DYNAMIC Debian 6.1.176-1 (2026-07-02)", false },
		{ "# SMP PREEMPT_DYNAMIC Debian 6.1.176-1 (2026-07-02)", false },
		{ "", false },
	};
	char banner[512];

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		snprintf(banner, sizeof(banner), "%s%s", start, rows[i].rest);
		assert_int_equal(bzimage_same_build(BANNER_61, banner), rows[i].same);
	}
	assert_false(bzimage_same_build(
		BANNER_61, "Linux version 6.1.0-51-cloud-amd64 (kernel@debian.org) (gcc) "
			   "#1 SMP PREEMPT_DYNAMIC Debian 6.1.176-1 (2026-07-02)"));
	assert_false(bzimage_same_build("", banner));
	assert_false(bzimage_same_build(BANNER_61, "Linux version "));
}

#define CASE(f) cmocka_unit_test_setup_teardown(f, set_up, tmpdir_remove)

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(bzimage_says_release_and_build),
		cmocka_unit_test(bzimage_parse_rejects_what_is_none),
		cmocka_unit_test(banners_tell_builds_apart),
		CASE(an_image_cut_short_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

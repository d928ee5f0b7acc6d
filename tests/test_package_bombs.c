/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Packages made to harm, or cut short. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/textfile.h"
#include "package_files.h"
#include "package_maker.h"
#include "tmpdir.h"
#include "vm/kernel/package.h"

static bool want_all(const char *path)
{
	return true;
}

static void bombs_are_refused_by_bytes_unpacked(void **state)
{
	static const struct package_rules rules = { want_all, false, 1 << 20, 1 << 20, 100 };
	static const struct item wanted[] = { { "a", 'f', NULL, 1 << 21 } };
	static const struct item many[] = { { "a", 'f', NULL, 1 << 19 },
					    { "b", 'f', NULL, 1 << 19 },
					    { "c", 'f', NULL, 1 << 19 } };
	static const struct item unwanted[] = { { "usr/a", 'f', NULL, 1 << 19 },
						{ "usr/b", 'f', NULL, 1 << 19 },
						{ "usr/c", 'f', NULL, 1 << 19 } };
	struct package_rules none = rules;

	make_deb(package, wanted, 1);
	refused(&rules, -E2BIG, "claims a size");
	make_deb(package, many, 3);
	refused(&rules, -E2BIG, "larger than any kernel");
	make_deb(package, unwanted, 3);
	none.want = package_symbols.want;
	refused(&none, -E2BIG, "larger than any kernel");
	none.max_bytes = 1 << 22;
	assert_int_equal(package_unpack(package, &none, root, NULL), 0);
}

static void bombs_are_refused_by_bytes_written(void **state)
{
	static const struct package_rules rules = { want_all, false, 1 << 22, 1 << 19, 100 };
	static const struct item items[] = { { "a", 'f', NULL, 1 << 18 },
					     { "b", 'f', NULL, 1 << 19 } };

	make_deb(package, items, 2);
	refused(&rules, -E2BIG, "larger than any kernel");
}

static void bombs_are_refused_by_number_of_entries(void **state)
{
	static const struct package_rules rules = { want_all, false, 1 << 22, 1 << 22, 10 };
	struct item items[11];
	char names[11][8];

	for (size_t i = 0; i < 11; i++) {
		snprintf(names[i], sizeof(names[i]), "f%zu", i);
		items[i] = (struct item){ names[i], 'f', "x" };
	}
	make_deb(package, items, 10);
	assert_int_equal(package_unpack(package, &rules, root, NULL), 10);
	make_deb(package, items, 11);
	tear_down(state);
	set_up(state);
	make_deb(package, items, 11);
	refused(&rules, -E2BIG, "more than 10 entries");
}

static void a_compression_inside_a_compression_is_refused(void **state)
{
	size_t size;
	char *data = made_files(good, ARRAY_SIZE(good), false, ARCHIVE_FILTER_GZIP, &size);
	char *twice = malloc(MADE_MAX);
	struct archive *a = archive_write_new();
	const struct item inner = { "x", 'f', data, size };
	size_t twice_size;

	archive_write_set_format_raw(a);
	made_ok(archive_write_add_filter_xz(a), a);
	made_ok(archive_write_open_memory(a, twice, MADE_MAX, &twice_size), a);
	made_item(a, &inner);
	made_ok(archive_write_close(a), a);
	archive_write_free(a);
	made_deb(package, "data.tar.xz", twice, twice_size);
	free(data);
	free(twice);
	refused(&package_image, -EINVAL, "more than once");
}

static void a_package_inside_a_package_is_no_package(void **state)
{
	char *text;
	size_t size;

	make_deb(package, good, ARRAY_SIZE(good));
	assert_int_equal(textfile_load(package, 0, &text, &size), 0);
	made_deb(package, "data.tar", text, size);
	free(text);
	refused(&package_image, -EBADMSG, "damaged");
}

static void a_size_from_the_moon_is_refused(void **state)
{
	char tar[1024] = "boot/vmlinuz-1";
	unsigned int sum = 0;

	snprintf(tar + 100, 8, "0000644");
	snprintf(tar + 108, 8, "0000000");
	snprintf(tar + 116, 8, "0000000");
	memcpy(tar + 124, "\x80\0\0\0\x40\0\0\0\0\0\0\0", 12); /* base 256: 2^62 */
	snprintf(tar + 136, 12, "00000000000");
	tar[156] = '0';
	memcpy(tar + 257, "ustar\00000", 8);
	memset(tar + 148, ' ', 8);
	for (size_t i = 0; i < 512; i++)
		sum += (unsigned char)tar[i];
	snprintf(tar + 148, 8, "%06o", sum);
	made_deb(package, "data.tar", tar, sizeof(tar));
	refused(&package_image, -E2BIG, "claims a size");
}

/* No cut of a package passes for the whole of it. */
static void a_package_cut_anywhere_is_refused(void **state)
{
	static const int filters[] = { ARCHIVE_FILTER_XZ, ARCHIVE_FILTER_GZIP,
				       ARCHIVE_FILTER_ZSTD };
	struct diag d;
	char *text;
	size_t size;

	for (size_t i = 0; i < 2 * ARRAY_SIZE(filters); i++) {
		bool rpm = i >= ARRAY_SIZE(filters);
		char *data = made_files(good, ARRAY_SIZE(good), rpm,
					filters[i % ARRAY_SIZE(filters)], &size);

		if (rpm)
			made_rpm(package, data, size);
		else
			made_deb(package, "data.tar.xz", data, size);
		free(data);
		assert_int_equal(textfile_load(package, 0, &text, &size), 0);
		for (size_t cut = 0; cut + 1 < size; cut += size / 40 + 1) {
			char path[64];
			int sub, r;

			assert_int_equal(truncate(package, (off_t)(size - 1 - cut)), 0);
			snprintf(path, sizeof(path), "cut-%zu-%zu", i, cut);
			assert_int_equal(mkdirat(root, path, 0755), 0);
			sub = openat(root, path, O_RDONLY | O_DIRECTORY);
			memset(&d, 0, sizeof(d));
			r = package_unpack(package, &package_image, sub, &d);
			close(sub);
			if (r >= 0 && !(cut < 8 && r == 3)) /* only padding was lost */
				fail_msg("%zu: cut by %zu of %zu passes: %d", i, cut + 1, size, r);
			assert_true(r >= 0 || d.message[0]);
		}
		free(text);
	}
}

static void what_is_no_package_is_told(void **state)
{
	struct diag d = { 0 };
	FILE *f = fopen(package, "we");

	fputs("#!/bin/sh\necho not a package\n", f);
	fclose(f);
	refused(&package_image, -EINVAL, "neither a .deb nor an .rpm");
	assert_int_equal(truncate(package, 0), 0);
	refused(&package_image, -EINVAL, "neither a .deb nor an .rpm");
	assert_int_equal(package_unpack("/nowhere/x.deb", &package_image, root, &d), -ENOENT);
	assert_non_null(strstr(d.message, "/nowhere/x.deb"));
	f = fopen(package, "we");
	fputs("!<arch>\n", f);
	fclose(f);
	refused(&package_image, -EINVAL, "without data.tar");
}

#define CASE(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(bombs_are_refused_by_bytes_unpacked),
		CASE(bombs_are_refused_by_bytes_written),
		CASE(bombs_are_refused_by_number_of_entries),
		CASE(a_compression_inside_a_compression_is_refused),
		CASE(a_package_inside_a_package_is_no_package),
		CASE(a_size_from_the_moon_is_refused),
		CASE(a_package_cut_anywhere_is_refused),
		CASE(what_is_no_package_is_told),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

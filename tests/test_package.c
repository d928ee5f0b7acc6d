/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Kernel packages unpacked: what is taken, and which names and links are refused. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <errno.h>
#include <ftw.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/textfile.h"
#include "package_files.h"
#include "package_maker.h"
#include "tmpdir.h"
#include "vm/kernel/package.h"
#include "vm/kernel/unpack.h"

static void has_text(const char *path, const char *text)
{
	char buf[256];

	assert_int_equal(textfile_read_at(root, path, buf, sizeof(buf)), strlen(text));
	assert_string_equal(buf, text);
}

static void refused_item(const struct package_rules *rules, const struct item *items, size_t count,
			 const char *word)
{
	make_deb(package, items, count);
	refused(rules, -EINVAL, word);
}

#define REFUSED(rules, items, word) refused_item(rules, items, ARRAY_SIZE(items), word)

static void a_kernel_is_unpacked_and_nothing_else(void)
{
	struct diag d = { 0 };
	int r = package_unpack(package, &package_image, root, &d);

	assert_string_equal(d.message, "");
	assert_int_equal(r, 3);
	has_text("boot/vmlinuz-6.1.0", "image");
	has_text("boot/config-6.1.0", "CONFIG_EXT4_FS=y\n");
	has_text(MODULES "kernel/fs/xfs/xfs.ko.xz", "module");
	assert_int_equal(files_in(root_path), 3);
}

static void deb_is_unpacked_whatever_it_is_packed_with(void **state)
{
	static const struct {
		int filter;
		const char *name;
	} rows[] = {
		{ ARCHIVE_FILTER_XZ, "data.tar.xz" },     { ARCHIVE_FILTER_GZIP, "data.tar.gz" },
		{ ARCHIVE_FILTER_ZSTD, "data.tar.zst" },  { ARCHIVE_FILTER_BZIP2, "data.tar.bz2" },
		{ ARCHIVE_FILTER_LZMA, "data.tar.lzma" }, { ARCHIVE_FILTER_NONE, "data.tar" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		size_t size;
		char *data = made_files(good, ARRAY_SIZE(good), false, rows[i].filter, &size);

		made_deb(package, rows[i].name, data, size);
		free(data);
		a_kernel_is_unpacked_and_nothing_else();
		tear_down(state);
		assert_int_equal(set_up(state), 0);
	}
}

static void rpm_is_unpacked_whatever_it_is_packed_with(void **state)
{
	static const int filters[] = { ARCHIVE_FILTER_XZ, ARCHIVE_FILTER_GZIP,
				       ARCHIVE_FILTER_ZSTD };

	for (size_t i = 0; i < ARRAY_SIZE(filters); i++) {
		size_t size;
		char *data = made_files(good, ARRAY_SIZE(good), true, filters[i], &size);

		made_rpm(package, data, size);
		free(data);
		a_kernel_is_unpacked_and_nothing_else();
		tear_down(state);
		assert_int_equal(set_up(state), 0);
	}
}

static void modules_below_usr_lib_land_below_lib(void **state)
{
	static const struct item items[] = { { "usr/" MODULES "vmlinuz", 'f', "image" } };

	make_deb(package, items, 1);
	assert_int_equal(package_unpack(package, &package_image, root, NULL), 1);
	has_text(MODULES "vmlinuz", "image");
}

static void absolute_names_are_refused(void **state)
{
	static const struct item items[] = { { "/boot/vmlinuz-1", 'f', "x" } };

	REFUSED(&package_image, items, "does not lie inside");
}

static void names_with_dots_are_refused_even_of_unwanted_files(void **state)
{
	static const struct item up[] = { { "boot/../../vmlinuz-1", 'f', "x" } };
	static const struct item unwanted[] = { { "../outside", 'f', "x" } };

	REFUSED(&package_image, up, "does not lie inside");
	REFUSED(&package_image, unwanted, "does not lie inside");
}

static void control_characters_in_names_are_refused_and_not_printed(void **state)
{
	static const struct item items[] = { { "boot/vmlinuz-\033[2J", 'f', "x" } };

	REFUSED(&package_image, items, "boot/vmlinuz-?[2J");
}

static void links_that_lead_out_are_refused(void **state)
{
	static const struct item absolute[] = { { MODULES "kernel", 'l', "/etc" } };
	static const struct item up[] = { { MODULES "kernel", 'l', "../../../../etc" } };
	static const struct item no_target[] = { { "lib/modules/a/b", 'l',
						   "../../../../../../../../x" } };

	REFUSED(&package_image, absolute, "leads out");
	REFUSED(&package_image, up, "leads out");
	REFUSED(&package_headers, ((const struct item[]){ { "usr/src/a", 'l', "../../../etc" } }),
		"leads out");
	REFUSED(&package_image, no_target, "leads out");
}

static void links_inside_are_passed_over_or_kept(void **state)
{
	static const struct item items[] = {
		{ "boot/vmlinuz-1", 'f', "image" },
		{ "boot/vmlinuz", 'l', "vmlinuz-1" },
		{ "usr/src/headers/scripts", 'l', "../../lib/linux-kbuild-6.1/scripts" },
		{ "usr/src/headers/source", 'l', "/usr/src/common" },
		{ "usr/src/common/Makefile", 'f', "all:" },
	};

	make_deb(package, items, ARRAY_SIZE(items));
	assert_int_equal(package_unpack(package, &package_image, root, NULL), 1);
	assert_int_equal(files_in(root_path), 1);
	assert_int_equal(package_unpack(package, &package_headers, root, NULL), 1);
	assert_int_equal(files_in(root_path), 4);
	has_text("usr/src/headers/source/Makefile",
		 "all:"); /* absolute, but of the package's own root */
}

static void nothing_is_written_through_a_link(void **state)
{
	static const struct item below[] = {
		{ "usr/src/a", 'l', "../lib" },
		{ "usr/src/a/file", 'f', "x" },
	};
	static const struct item instead[] = {
		{ "usr/src/b", 'l', "c" },
		{ "usr/src/b", 'f', "x" },
	};

	REFUSED(&package_headers, below, "below a link");
	REFUSED(&package_headers, instead, "below a link");
	assert_int_equal(faccessat(root, "usr/lib/file", F_OK, 0), -1);
	assert_int_equal(faccessat(root, "usr/src/c", F_OK, 0), -1);
}

static void hard_links_lead_to_files_of_the_package_alone(void **state)
{
	static const struct item fine[] = {
		{ MODULES "a.ko", 'f', "module" },
		{ MODULES "b.ko", 'h', MODULES "a.ko" },
	};
	static const struct item up[] = { { MODULES "c.ko", 'h', "../../etc/passwd" } };
	static const struct item absolute[] = { { MODULES "c.ko", 'h', "/etc/passwd" } };
	static const struct item unwanted[] = { { MODULES "c.ko", 'h', "usr/bin/tool" } };
	static const struct item nothing[] = { { MODULES "c.ko", 'h', MODULES "none.ko" } };
	static const struct item folder_[] = { { MODULES "kernel/", 'd', NULL },
					       { MODULES "c.ko", 'h', MODULES "kernel" } };

	make_deb(package, fine, ARRAY_SIZE(fine));
	assert_int_equal(package_unpack(package, &package_image, root, NULL), 2);
	has_text(MODULES "b.ko", "module");
	REFUSED(&package_image, up, "hard link");
	REFUSED(&package_image, absolute, "hard link");
	REFUSED(&package_image, unwanted, "hard link");
	REFUSED(&package_image, nothing, "hard link");
	REFUSED(&package_image, folder_, "hard link");
}

static void devices_and_pipes_are_refused_wherever_they_lie(void **state)
{
	static const char types[] = "cbp";

	for (const char *type = types; *type; type++) {
		const struct item wanted[] = { { MODULES "null", *type, NULL } };
		const struct item unwanted[] = { { "dev/null", *type, NULL } };

		REFUSED(&package_image, wanted, "device");
		REFUSED(&package_image, unwanted, "device");
	}
}

static void a_name_twice_is_refused(void **state)
{
	static const struct item items[] = { { "boot/vmlinuz-1", 'f', "a" },
					     { "./boot//vmlinuz-1", 'f', "b" } };

	REFUSED(&package_image, items, "twice");
	has_text("boot/vmlinuz-1", "a");
}

static void names_become_paths_below_the_root(void **state)
{
	static const struct {
		const char *name, *path;
	} rows[] = {
		{ "./usr/lib/x/", "usr/lib/x" },
		{ "a//b/./c", "a/b/c" },
		{ "./", "" },
		{ "..a/b..", "..a/b.." },
		{ "/a", NULL },
		{ "a/../b", NULL },
		{ "..", NULL },
		{ "", NULL },
		{ "a\nb", NULL },
		{ "a/..", NULL },
	};
	char path[64], deep[200] = "";

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		assert_int_equal(unpack_name(rows[i].name, path, sizeof(path)),
				 rows[i].path ? 0 : -EINVAL);
		if (rows[i].path)
			assert_string_equal(path, rows[i].path);
	}
	for (int i = 0; i < 40; i++)
		strcat(deep, "a/");
	assert_int_equal(unpack_name(deep, path, sizeof(path)), -ENAMETOOLONG);
	assert_int_equal(unpack_name("abcdefgh", path, 8), -ENAMETOOLONG);
	assert_int_equal(unpack_name(NULL, path, sizeof(path)), -EINVAL);
}

static void targets_stay_below_the_root(void **state)
{
	static const struct {
		const char *path, *target, *to;
	} rows[] = {
		{ "usr/src/h/scripts", "../../lib/k/scripts", "../../../usr/lib/k/scripts" },
		{ "usr/src/h/source", "/usr/src/common", "../../../usr/src/common" },
		{ "a", "b", "b" },
		{ "a/b", ".", "../a" },
		{ "a/b", "../", "../." },
		{ "a/b", "../..", NULL },
		{ "a", "..", NULL },
		{ "a/b", "c/../../../x", NULL },
		{ "a/b", "/..", NULL },
	};
	char to[64];

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		assert_int_equal(unpack_target(rows[i].path, rows[i].target, to, sizeof(to)),
				 rows[i].to ? 0 : -EXDEV);
		if (rows[i].to)
			assert_string_equal(to, rows[i].to);
	}
	assert_int_equal(unpack_target("a", "", to, sizeof(to)), -EINVAL);
}

#define CASE(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(deb_is_unpacked_whatever_it_is_packed_with),
		CASE(rpm_is_unpacked_whatever_it_is_packed_with),
		CASE(modules_below_usr_lib_land_below_lib),
		CASE(absolute_names_are_refused),
		CASE(names_with_dots_are_refused_even_of_unwanted_files),
		CASE(control_characters_in_names_are_refused_and_not_printed),
		CASE(links_that_lead_out_are_refused),
		CASE(links_inside_are_passed_over_or_kept),
		CASE(nothing_is_written_through_a_link),
		CASE(hard_links_lead_to_files_of_the_package_alone),
		CASE(devices_and_pipes_are_refused_wherever_they_lie),
		CASE(a_name_twice_is_refused),
		cmocka_unit_test(names_become_paths_below_the_root),
		cmocka_unit_test(targets_stay_below_the_root),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

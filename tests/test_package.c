/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Packages, good ones and hostile ones: what is written, and that nothing is written elsewhere. */
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
#include "package_maker.h"
#include "tmpdir.h"
#include "vm/kernel/package.h"
#include "vm/kernel/unpack.h"

#define MODULES "lib/modules/6.1.0/"

static char folder[256], package[300], root_path[300];
static int root = -1;

static int set_up(void **state)
{
	if (tmpdir_make(state) < 0)
		return -1;
	snprintf(folder, sizeof(folder), "%s", (char *)*state);
	snprintf(package, sizeof(package), "%s/package", folder);
	snprintf(root_path, sizeof(root_path), "%s/root", folder);
	if (mkdir(root_path, 0755) < 0)
		return -1;
	root = open(root_path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	return root < 0;
}

static int tear_down(void **state)
{
	root = close_fd(root);
	return tmpdir_remove(state);
}

static unsigned int seen;

static int count_one(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
	seen += type != FTW_D && type != FTW_DP;
	return 0;
}

/* Everything below the test's folder that is no folder: the package itself, and what was unpacked.
 */
static unsigned int files_in(const char *path)
{
	seen = 0;
	nftw(path, count_one, 16, FTW_PHYS);
	return seen;
}

static void has_text(const char *path, const char *text)
{
	char buf[256];

	assert_int_equal(textfile_read_at(root, path, buf, sizeof(buf)), strlen(text));
	assert_string_equal(buf, text);
}

/* Unpacking must fail with @err, a message that holds @word, and nothing outside of the root. */
static void refused(const struct package_rules *rules, int err, const char *word)
{
	struct diag d = { 0 };
	int r = package_unpack(package, rules, root, &d);

	if (r != err || !strstr(d.message, word) || !strstr(d.message, package))
		fail_msg("%d (not %d): \"%s\" (not \"%s\")", r, err, d.message, word);
	for (const char *c = d.message; *c; c++)
		assert_true((unsigned char)*c >= 0x20);
	assert_int_equal(files_in(folder), files_in(root_path) + 1);
}

static void refused_item(const struct package_rules *rules, const struct item *items, size_t count,
			 const char *word)
{
	make_deb(package, items, count);
	refused(rules, -EINVAL, word);
}

#define REFUSED(rules, items, word) refused_item(rules, items, ARRAY_SIZE(items), word)

static const struct item good[] = {
	{ "./", 'd', NULL },
	{ "./boot/", 'd', NULL },
	{ "./boot/vmlinuz-6.1.0", 'f', "image" },
	{ "./boot/config-6.1.0", 'f', "CONFIG_EXT4_FS=y\n" },
	{ "./" MODULES "kernel/fs/xfs/xfs.ko.xz", 'f', "module" },
	{ "./usr/share/doc/linux/copyright", 'f', "words" },
	{ "./" MODULES "build", 'l', "/usr/src/linux-headers-6.1.0" },
};

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
		CASE(bombs_are_refused_by_bytes_unpacked),
		CASE(bombs_are_refused_by_bytes_written),
		CASE(bombs_are_refused_by_number_of_entries),
		CASE(a_compression_inside_a_compression_is_refused),
		CASE(a_package_inside_a_package_is_no_package),
		CASE(a_size_from_the_moon_is_refused),
		CASE(a_package_cut_anywhere_is_refused),
		CASE(what_is_no_package_is_told),
		cmocka_unit_test(names_become_paths_below_the_root),
		cmocka_unit_test(targets_stay_below_the_root),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

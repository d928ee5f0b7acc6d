/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Modules in loading order, from tests/data/modules/9.9.9: fx-top needs fx-base (.xz) and likes
 * fx-pre before it; ext4 is built in. Made with depmod of kmod 30 from three objects of some
 * lines.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "tmpdir.h"
#include "vm/image/image.h"
#include "vm/libs/late_archive.h"

static struct kernel kernel;

static int use_kernel(void **state)
{
	const char *data = getenv("HANGAR_TEST_DATA");

	snprintf(kernel.release, sizeof(kernel.release), "9.9.9");
	snprintf(kernel.modules, sizeof(kernel.modules), "%s/modules/9.9.9",
		 data ? data : "tests/data");
	if (tmpdir_make(state))
		return -1;
	return setenv("HANGAR_CACHE_HOME", *state, 1);
}

/* "path;" of every file in the piece that is plain ELF */
static const char *list(const char *path)
{
	static char text[1024];
	struct archive_entry *e;
	struct archive *a;

	assert_int_equal(late_archive(NULL), 0);
	a = archive_read_new();
	archive_read_support_format_cpio(a);
	text[0] = '\0';
	assert_int_equal(archive_read_open_filename(a, path, 10240), ARCHIVE_OK);
	while (archive_read_next_header(a, &e) == ARCHIVE_OK) {
		char head[4] = "";

		if (archive_entry_filetype(e) != AE_IFREG)
			continue;
		assert_int_equal(archive_read_data(a, head, sizeof(head)), sizeof(head));
		assert_memory_equal(head, "\177ELF", 4);
		strcat(strcat(text, archive_entry_pathname(e)), ";");
	}
	archive_read_free(a);
	return text;
}

static const char *modules_of(const char *const *wanted, const char *const *optional)
{
	struct diag d = { 0 };
	char path[4096];

	if (image_modules(&kernel, wanted, optional, path, &d))
		fail_msg("%s", d.message);
	return list(path);
}

static void what_a_module_needs_comes_first(void **state)
{
	static const char *const top[] = { "fx-top", NULL };

	assert_string_equal(modules_of(top, NULL),
			    "modules/000-fx-pre.ko;modules/001-fx-base.ko;modules/002-fx-top.ko;");
}

static void a_name_may_have_either_dash_and_come_twice(void **state)
{
	static const char *const names[] = { "fx_base", "fx-base", "fx_top", NULL };

	assert_string_equal(modules_of(names, NULL),
			    "modules/000-fx-base.ko;modules/001-fx-pre.ko;modules/002-fx-top.ko;");
}

static void what_is_built_in_is_passed_over(void **state)
{
	static const char *const names[] = { "ext4", "crc32c-generic", NULL };

	assert_string_equal(modules_of(names, NULL), "");
}

static void what_is_optional_may_be_missing(void **state)
{
	static const char *const none[] = { NULL };
	static const char *const names[] = { "fx-none", "fx-base", "4", NULL };

	assert_string_equal(modules_of(none, names), "modules/000-fx-base.ko;");
}

static void of_several_names_the_first_that_there_is_will_do(void **state)
{
	static const char *const names[] = { "fx-none|fx-base|fx-top", "fx-none|ext4", NULL };
	static const char *const none[] = { "fx-none|fx-nor-this", NULL };
	struct diag d = { 0 };
	char path[4096];

	assert_string_equal(modules_of(names, NULL), "modules/000-fx-base.ko;");
	assert_int_equal(image_modules(&kernel, none, NULL, path, &d), -ENOENT);
	assert_string_equal(d.message,
			    "kernel 9.9.9 has neither module nor built-in fx-none|fx-nor-this");
}

static void what_is_wanted_and_missing_is_named(void **state)
{
	static const char *const names[] = { "fx-base", "fx-none", NULL };
	struct diag d = { 0 };
	char path[4096];

	assert_int_equal(image_modules(&kernel, names, NULL, path, &d), -ENOENT);
	assert_string_equal(d.message, "kernel 9.9.9 has neither module nor built-in fx-none");
}

static void a_kernel_without_modules_gives_an_empty_piece(void **state)
{
	static const char *const names[] = { "virtio_pci", NULL };

	kernel.modules[0] = '\0';
	assert_string_equal(modules_of(names, NULL), "");
}

#define WITH_KERNEL(test) cmocka_unit_test_setup_teardown(test, use_kernel, tmpdir_remove)

int main(void)
{
	const struct CMUnitTest tests[] = {
		WITH_KERNEL(what_a_module_needs_comes_first),
		WITH_KERNEL(a_name_may_have_either_dash_and_come_twice),
		WITH_KERNEL(what_is_built_in_is_passed_over),
		WITH_KERNEL(what_is_optional_may_be_missing),
		WITH_KERNEL(of_several_names_the_first_that_there_is_will_do),
		WITH_KERNEL(what_is_wanted_and_missing_is_named),
		WITH_KERNEL(a_kernel_without_modules_gives_an_empty_piece),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

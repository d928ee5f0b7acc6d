/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Building hangar's kernel modules: the cache, the compiler and the messages, with makefiles in the
 * place of a kernel's headers. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tmpdir.h"
#include "vm/host/module.h"
#include "vm/host/module_make.h"

#define NAME "hangar_fault"
/* A kernel's headers that make an ELF file of anything, and count how often. */
#define GOOD "modules:\n\techo x >>$(CURDIR)/count\n\tprintf '\\177ELF' >$(M)/" NAME ".ko\n"

static const struct kernel kernel = { .release = "6.1.0-test", .key = "0123456789abcdef0123" };

static const char *tmpdir;

static int begin(void **state)
{
	int r = tmpdir_make(state);

	tmpdir = *state;
	return r;
}

/* Stands for the kernel room: what module_build() asks of it. */
static char offered_headers[4096];

int kernel_headers(const struct kernel *k, kernel_say *say, void *ctx, char ret_dir[4096],
		   struct diag *d)
{
	if (!offered_headers[0])
		return diag_set(d, -ENOENT, "no headers of %s", k->release);
	snprintf(ret_dir, 4096, "%s", offered_headers);
	return 0;
}

static void write_file(const char *path, const char *text)
{
	FILE *file = fopen(path, "we");

	assert_non_null(file);
	assert_true(fputs(text, file) >= 0);
	assert_int_equal(fclose(file), 0);
}

/* A folder of headers with @makefile; cache and scenarios in the test's folder. */
static const char *lay(const char *makefile)
{
	static char headers[300];
	char path[400];

	snprintf(path, sizeof(path), "%s/cache", tmpdir);
	setenv("HANGAR_CACHE_HOME", path, 1);
	snprintf(path, sizeof(path), "%s/../../scenarios", getenv("HANGAR_TEST_DATA"));
	setenv("HANGAR_SCENARIOS", path, 1);
	snprintf(headers, sizeof(headers), "%s/headers", tmpdir);
	mkdir(headers, 0755);
	snprintf(path, sizeof(path), "%s/Makefile", headers);
	write_file(path, makefile);
	offered_headers[0] = '\0';
	return headers;
}

static unsigned int times_made(const char *headers)
{
	char path[400];
	struct stat st;

	snprintf(path, sizeof(path), "%s/count", headers);
	return stat(path, &st) == 0 ? (unsigned int)st.st_size / 2 : 0;
}

static void a_module_is_built_once_for_each_kernel(void **state)
{
	const char *headers = lay(GOOD);
	struct kernel other = { .release = "6.2.0-test", .key = "fedcba9876543210" };
	char first[4096], second[4096];
	struct diag d = { 0 };

	assert_int_equal(module_build_with(&kernel, NAME, headers, first, &d), 0);
	assert_int_equal(access(first, R_OK), 0);
	assert_int_equal(times_made(headers), 1);
	assert_int_equal(module_build_with(&kernel, NAME, headers, second, &d), 0);
	assert_string_equal(first, second);
	assert_int_equal(times_made(headers), 1);
	assert_int_equal(module_build_with(&other, NAME, headers, second, &d), 0);
	assert_string_not_equal(first, second);
	assert_int_equal(times_made(headers), 2);
}

static void a_damaged_entry_is_made_again(void **state)
{
	const char *headers = lay(GOOD);
	struct diag d = { 0 };
	char ko[4096];

	assert_int_equal(module_build_with(&kernel, NAME, headers, ko, &d), 0);
	write_file(ko, "");
	assert_int_equal(module_build_with(&kernel, NAME, headers, ko, &d), 0);
	assert_int_equal(times_made(headers), 2);
	assert_int_equal(unlink(ko), 0);
	assert_int_equal(module_build_with(&kernel, NAME, headers, ko, &d), 0);
	assert_int_equal(times_made(headers), 3);
}

static void the_first_error_is_told(void **state)
{
	const char *headers = lay("modules:\n\t@echo a.c:3:1: error: what is this\n\t@echo b.c: "
				  "error: more\n\t@false\n");
	struct diag d = { 0 };
	char ko[4096];

	assert_int_equal(module_build_with(&kernel, NAME, headers, ko, &d), -EIO);
	assert_non_null(strstr(d.message, "a.c:3:1: error: what is this"));
	assert_non_null(strstr(d.message, "6.1.0-test"));
	assert_null(strstr(d.message, "more"));
}

static void a_make_that_makes_nothing_is_no_success(void **state)
{
	const char *headers = lay("modules:\n");
	struct diag d = { 0 };
	char ko[4096];

	assert_int_equal(module_build_with(&kernel, NAME, headers, ko, &d), -EIO);
	assert_non_null(strstr(d.message, "left no " NAME ".ko"));
}

/* The compiler that the headers name is not here: plain gcc is. */
static void a_missing_compiler_is_replaced(void **state)
{
	const char *headers = lay("CC = nothing\nmodules:\n\ttest \"$(CC)\" = gcc\n"
				  "\tprintf '\\177ELF' >$(M)/" NAME ".ko\n");
	struct diag d = { 0 };
	char ko[4096], path[400];

	assert_int_equal(module_build_with(&kernel, NAME, headers, ko, &d), -EIO);
	memset(&d, 0, sizeof(d));
	snprintf(path, sizeof(path), "%s/.kernelvariables", headers);
	write_file(path, "CC = $(CCACHE) $(CROSS_COMPILE)gcc-99.9\n");
	assert_int_equal(module_build_with(&kernel, NAME, headers, ko, &d), 0);
}

static void options_that_the_compiler_lacks_are_left_out(void **state)
{
	const char *headers =
		lay("modules:\n\t@case '$(ccflags-remove-y)' in \\\n"
		    "\t*-fa=1*-fb*) printf '\\177ELF' >$(M)/" NAME ".ko;; \\\n"
		    "\t*-fa=1*) echo \"gcc: error: unrecognized command-line option '-fb'\"; "
		    "false;; \\\n"
		    "\t*) echo \"gcc: error: unrecognized command-line option '-fa=1'; did you?\"; "
		    "false;; esac\n");
	struct diag d = { 0 };
	char ko[4096];

	if (module_build_with(&kernel, NAME, headers, ko, &d))
		fail_msg("%s", d.message);
}

static void an_option_that_cannot_be_left_out_is_no_endless_loop(void **state)
{
	const char *headers =
		lay("modules:\n\t@echo x >>$(CURDIR)/count; echo \"error: unrecognized "
		    "command-line option '-fa'\"; false\n");
	struct diag d = { 0 };
	char ko[4096];

	assert_int_equal(module_build_with(&kernel, NAME, headers, ko, &d), -EIO);
	assert_non_null(strstr(d.message, "-fa"));
	assert_in_range(times_made(headers), 2, 10);
}

static void tools_of_a_newer_system_are_told(void **state)
{
	const char *headers = lay("modules:\n\t@echo \"objtool: libc.so.6: version "
				  "\\`GLIBC_2.38' not found\"; false\n");
	struct diag d = { 0 };
	char ko[4096];

	assert_int_equal(module_build_with(&kernel, NAME, headers, ko, &d), -ENOTSUP);
	assert_non_null(strstr(d.message, "newer C library"));
}

static void missing_tools_are_named(void **state)
{
	const char *headers = lay(GOOD);
	char *path = strdup(getenv("PATH")), ko[4096];
	struct diag d = { 0 };

	setenv("PATH", tmpdir, 1);
	assert_int_equal(module_build_with(&kernel, NAME, headers, ko, &d), -ENOPKG);
	setenv("PATH", path, 1);
	free(path);
	assert_non_null(strstr(d.message, "install make and gcc"));
}

static void strange_modules_are_not_ours(void **state)
{
	static const char *const names[] = { "xfs", "", "../modules/hangar_fault",
					     "hangar_fault/hangar_fault" };
	const char *headers = lay(GOOD);
	char ko[4096];

	assert_true(module_is_ours(NAME));
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		struct diag d = { 0 };

		assert_false(module_is_ours(names[i]));
		assert_int_equal(module_build_with(&kernel, names[i], headers, ko, &d), -ENOENT);
		assert_non_null(strstr(d.message, "hangar has no kernel module"));
	}
}

static unsigned int lines_said;

static void count_line(void *ctx, const char *line)
{
	lines_said++;
}

static void headers_come_from_the_kernels_package(void **state)
{
	const char *headers = lay(GOOD);
	struct diag d = { 0 };
	char ko[4096];

	assert_int_equal(module_build(&kernel, NAME, NULL, NULL, ko, &d), -ENOENT);
	assert_string_equal(d.message, "no headers of 6.1.0-test");
	memset(&d, 0, sizeof(d));
	snprintf(offered_headers, sizeof(offered_headers), "%s", headers);
	assert_int_equal(module_build(&kernel, NAME, count_line, NULL, ko, &d), 0);
	assert_int_equal(lines_said, 1);
	offered_headers[0] = '\0'; /* not asked for when it is in the cache */
	assert_int_equal(module_build(&kernel, NAME, count_line, NULL, ko, &d), 0);
	assert_int_equal(lines_said, 1);
}

#define with_folder(test) cmocka_unit_test_setup_teardown(test, begin, tmpdir_remove)

int main(void)
{
	const struct CMUnitTest tests[] = {
		with_folder(a_module_is_built_once_for_each_kernel),
		with_folder(a_damaged_entry_is_made_again),
		with_folder(the_first_error_is_told),
		with_folder(a_make_that_makes_nothing_is_no_success),
		with_folder(a_missing_compiler_is_replaced),
		with_folder(options_that_the_compiler_lacks_are_left_out),
		with_folder(an_option_that_cannot_be_left_out_is_no_endless_loop),
		with_folder(tools_of_a_newer_system_are_told),
		with_folder(missing_tools_are_named),
		with_folder(strange_modules_are_not_ours),
		with_folder(headers_come_from_the_kernels_package),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

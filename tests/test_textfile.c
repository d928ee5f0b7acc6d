/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Whole files in, whole files out, against a folder of our own, procfs and pipes. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/textfile.h"

static char folder[64];

static int make_folder(void **state)
{
	strcpy(folder, "/tmp/test_textfile.XXXXXX");
	return mkdtemp(folder) && !chdir(folder) ? 0 : -1;
}

static int remove_folder(void **state)
{
	unlink("a");
	return chdir("/") || rmdir(folder);
}

static void put(const char *name, const char *text)
{
	FILE *f = fopen(name, "we");

	assert_non_null(f);
	fputs(text, f);
	fclose(f);
}

static void read_fd_starts_over_each_time(void **state)
{
	char buf[16];
	int fd;

	put("a", "one\n");
	fd = open("a", O_RDWR | O_CLOEXEC);
	assert_int_equal(textfile_read_fd(fd, buf, sizeof(buf)), 4);
	assert_string_equal(buf, "one\n");
	assert_int_equal(pwrite(fd, "two", 3, 0), 3);
	assert_int_equal(textfile_read_fd(fd, buf, sizeof(buf)), 4);
	assert_string_equal(buf, "two\n");
	assert_int_equal(textfile_read_fd(fd, buf, 3), 2);
	assert_string_equal(buf, "tw");
	assert_int_equal(textfile_read_fd(fd, buf, 0), -EINVAL);
	close(fd);
	assert_int_equal(textfile_read_fd(fd, buf, sizeof(buf)), -EBADF);
}

static void read_at_tells_what_is_missing(void **state)
{
	char buf[16];

	put("a", "x");
	assert_int_equal(textfile_read_at(AT_FDCWD, "a", buf, sizeof(buf)), 1);
	assert_int_equal(textfile_read_at(AT_FDCWD, "none", buf, sizeof(buf)), -ENOENT);
	assert_int_equal(textfile_read_at(AT_FDCWD, ".", buf, sizeof(buf)), -EISDIR);
}

static void load_takes_files_of_any_size(void **state)
{
	static const size_t sizes[] = { 0, 1, 16382, 16383, 16384, 16385, 100000 };

	for (size_t i = 0; i < ARRAY_SIZE(sizes); i++) {
		char *text = NULL, *made = malloc(sizes[i] + 1);
		size_t size = 7;

		memset(made, 'x', sizes[i]);
		made[sizes[i]] = '\0';
		put("a", made);
		assert_int_equal(textfile_load("a", 0, &text, &size), 0);
		assert_int_equal(size, sizes[i]);
		assert_string_equal(text, made);
		free(text);
		free(made);
	}
}

static void load_refuses_what_is_larger_than_asked(void **state)
{
	char *text = NULL;
	size_t size;

	put("a", "12345");
	assert_int_equal(textfile_load("a", 5, &text, &size), 0);
	free(take_ptr(text));
	assert_int_equal(textfile_load("a", 4, &text, &size), -EFBIG);
	assert_null(text);
	assert_int_equal(textfile_load("none", 4, &text, &size), -ENOENT);
}

static void load_reads_procfs_and_pipes(void **state)
{
	char *text = NULL, path[32];
	int ends[2];
	size_t size;

	assert_int_equal(textfile_load("/proc/self/status", 0, &text, &size), 0);
	assert_non_null(strstr(text, "VmRSS"));
	free(take_ptr(text));
	assert_int_equal(pipe2(ends, O_CLOEXEC), 0);
	assert_int_equal(write(ends[1], "piped", 5), 5);
	close(ends[1]);
	snprintf(path, sizeof(path), "/dev/fd/%d", ends[0]);
	assert_int_equal(textfile_load(path, 0, &text, &size), 0);
	assert_string_equal(text, "piped");
	free(text);
	close(ends[0]);
}

static void write_changes_an_existing_file_only(void **state)
{
	char buf[16];

	put("a", "old value");
	assert_int_equal(textfile_write_at(AT_FDCWD, "a", "new"), 0);
	assert_int_equal(textfile_read_at(AT_FDCWD, "a", buf, sizeof(buf)), 3);
	assert_string_equal(buf, "new");
	assert_int_equal(textfile_write_at(AT_FDCWD, "none", "new"), -ENOENT);
	assert_int_equal(access("none", F_OK), -1);
}

static void replace_makes_or_replaces_the_whole(void **state)
{
	char buf[16];

	unlink("a");
	assert_int_equal(textfile_replace_at(AT_FDCWD, "a", "first", 5), 0);
	assert_int_equal(textfile_replace_at(AT_FDCWD, "./a", "2nd", 3), 0);
	assert_int_equal(textfile_read_at(AT_FDCWD, "a", buf, sizeof(buf)), 3);
	assert_string_equal(buf, "2nd");
	assert_int_equal(textfile_replace_at(AT_FDCWD, "none/a", "x", 1), -ENOENT);
}

static void replace_that_fails_leaves_the_old_and_no_litter(void **state)
{
	const struct rlimit small = { 4, RLIM_INFINITY }, none = { RLIM_INFINITY, RLIM_INFINITY };
	char buf[16];

	put("a", "old");
	signal(SIGXFSZ, SIG_IGN);
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &small), 0);
	assert_int_equal(textfile_replace_at(AT_FDCWD, "a", "too long for it", 15), -EFBIG);
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &none), 0);
	assert_int_equal(textfile_read_at(AT_FDCWD, "a", buf, sizeof(buf)), 3);
	assert_string_equal(buf, "old");
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(read_fd_starts_over_each_time),
		cmocka_unit_test(read_at_tells_what_is_missing),
		cmocka_unit_test(load_takes_files_of_any_size),
		cmocka_unit_test(load_refuses_what_is_larger_than_asked),
		cmocka_unit_test(load_reads_procfs_and_pipes),
		cmocka_unit_test(write_changes_an_existing_file_only),
		cmocka_unit_test(replace_makes_or_replaces_the_whole),
		cmocka_unit_test(replace_that_fails_leaves_the_old_and_no_litter),
	};

	/* remove_folder() fails, and with it the run, when a temporary file was left. */
	return cmocka_run_group_tests(tests, make_folder, remove_folder);
}

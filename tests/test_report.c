/* SPDX-License-Identifier: GPL-2.0-or-later */
/* `hangar report`: the faces written, whatever the run directory. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/textfile.h"
#include "report.h"
#include "sink.h"
#include "sink_cases.h"
#include "tmpdir.h"

static void copy_case(const char *name, const char *to)
{
	static const char *const files[] = { "manifest.json", "journal.jsonl" };
	char path[512], from[600], target[600];

	for (size_t i = 0; i < ARRAY_SIZE(files); i++) {
		_cleanup_free_ char *text = NULL;
		size_t size;

		snprintf(from, sizeof(from), "%s/%s", data_path(path, name), files[i]);
		snprintf(target, sizeof(target), "%s/%s", to, files[i]);
		assert_int_equal(textfile_load(from, 0, &text, &size), 0);
		assert_int_equal(textfile_replace_at(AT_FDCWD, target, text, size), 0);
	}
}

static int report(char *const args[], char *out, size_t size)
{
	char name[] = "hangar report";
	char *argv[6] = { name };
	char path[] = "/tmp/hangar-report.XXXXXX";
	int argc = 1, code, saved = dup(STDOUT_FILENO), fd = mkstemp(path);
	ssize_t n;

	for (; args[argc - 1]; argc++)
		argv[argc] = args[argc - 1];
	fflush(stdout);
	dup2(fd, STDOUT_FILENO);
	code = report_main(argc, argv);
	fflush(stdout);
	dup2(saved, STDOUT_FILENO);
	n = textfile_read_fd(fd, out, size);
	assert_true(n >= 0);
	close(fd);
	close(saved);
	unlink(path);
	return code;
}

static void report_writes_the_faces_and_prints_the_verdict(void **state)
{
	char *dir = *state, json[] = "--json", to_stdout[] = "--stdout", absent[] = "/absent",
	     out[8192], path[512];

	copy_case("reproduced", dir);
	assert_int_equal(report((char *const[]){ to_stdout, dir, NULL }, out, sizeof(out)), 0);
	assert_non_null(strstr(out, "Findings\n"));
	for (size_t i = 0; sinks[i]; i++) {
		snprintf(path, sizeof(path), "%s/%s", dir, sinks[i]->file);
		assert_int_equal(access(path, F_OK), -1);
	}
	assert_int_equal(report((char *const[]){ dir, NULL }, out, sizeof(out)), 0);
	assert_int_equal(strncmp(out, "REPRODUCED: ", 12), 0);
	assert_non_null(strstr(out, "/report.txt\n"));
	for (size_t i = 0; sinks[i]; i++) {
		snprintf(path, sizeof(path), "%s/%s", dir, sinks[i]->file);
		assert_int_equal(access(path, F_OK), 0);
	}
	assert_int_equal(report((char *const[]){ json, dir, NULL }, out, sizeof(out)), 0);
	assert_int_equal(out[0], '{');
	assert_int_equal(report((char *const[]){ absent, dir, NULL }, out, sizeof(out)), 128);
	assert_int_equal(strncmp(out, "REPRODUCED: ", 12), 0);
}

static void report_refuses_bad_usage_with_128(void **state)
{
	char bad[] = "--bad", help[] = "--help", out[4096];

	assert_int_equal(report((char *const[]){ NULL }, out, sizeof(out)), 128);
	assert_int_equal(report((char *const[]){ bad, NULL }, out, sizeof(out)), 128);
	assert_int_equal(report((char *const[]){ help, NULL }, out, sizeof(out)), 0);
	assert_non_null(strstr(out, "Usage:"));
}

static void a_directory_that_cannot_be_written_is_printed_instead(void **state)
{
	char *dir = *state, out[8192], path[512];

	copy_case("survived", dir);
	/* In the way of every rename: what even root cannot overwrite. */
	for (size_t i = 0; sinks[i]; i++) {
		snprintf(path, sizeof(path), "%s/%s", dir, sinks[i]->file);
		assert_int_equal(mkdir(path, 0755), 0);
	}
	assert_int_equal(report((char *const[]){ dir, NULL }, out, sizeof(out)), 0);
	assert_int_equal(strncmp(out, "SURVIVED: ", 10), 0);
	assert_non_null(strstr(out, "Stressors\n"));
}

static void write_all_names_the_first_file_that_failed(void **state)
{
	struct record r = load("survived");
	struct diag d = { 0 };
	char path[512];

	snprintf(path, sizeof(path), "%s/junit.xml", (char *)*state);
	assert_int_equal(mkdir(path, 0755), 0);
	assert_int_equal(sink_write_all(*state, &r, &d), -EISDIR);
	assert_non_null(strstr(d.message, "junit.xml"));
	snprintf(path, sizeof(path), "%s/ktap.txt", (char *)*state);
	assert_int_equal(access(path, F_OK), 0);
	assert_int_equal(sink_write_all("/absent", &r, NULL), -ENOENT);
	record_clear(&r);
}

#define in_folder(test) cmocka_unit_test_setup_teardown(test, tmpdir_make, tmpdir_remove)

int main(void)
{
	const struct CMUnitTest tests[] = {
		in_folder(report_writes_the_faces_and_prints_the_verdict),
		cmocka_unit_test(report_refuses_bad_usage_with_128),
		in_folder(a_directory_that_cannot_be_written_is_printed_instead),
		in_folder(write_all_names_the_first_file_that_failed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

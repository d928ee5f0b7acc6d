/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a guest may not do to a run directory. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>

#include "base/cleanup.h"
#include "journal.h"
#include "receive_world.h"
#include "vm/host/receive.h"
#include "vm/host/receive_file.h"

static void paths_that_leave_the_run_directory_are_refused(void **state)
{
	static const char *const hostile[] = {
		"",
		"/etc/passwd",
		"../elsewhere/x",
		"..",
		".",
		"a/../../elsewhere/x",
		"a/./b",
		"a//b",
		"a/",
		"a/b/c/d/e/f/g/h/i",
		"a\nb",
		"a\x1b[2J",
		"outside.jsonl",
		"console.log",
		"qemu.log",
		"vmcore",
		"vmcore/x",
		"vmcore.json",
		"vmcore-dmesg.txt",
		"vmcore.whole",
	};
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(hostile); i++) {
		assert_int_equal(receive_place(hostile[i]), PLACE_FORBIDDEN);
		give_file(hostile[i], 0, "x");
		assert_int_equal(r.refused, i + 1);
	}
	assert_int_equal(r.files, 0);
	assert_non_null(strstr(r.refused_why, "is not the guest's to write"));
	give_file("..a/b..", 0, "x");
	give_file("vmcore.flat", 0, "x");
	assert_int_equal(r.refused, i);
	assert_string_equal(content("..a/b.."), "x");
}

static void names_and_offsets_that_are_cut_are_refused(void **state)
{
	char long_path[RECEIVE_PATH_MAX + 20];

	memset(long_path, 'a', sizeof(long_path));
	give(RECEIVE_FILES, WIRE_FILE, "no end", 6);
	give(RECEIVE_FILES, WIRE_FILE, "x\0\0\0\0\0\0\0\0",
	     9); /* one byte of the offset is missing */
	give(RECEIVE_FILES, WIRE_FILE, "", 0);
	long_path[sizeof(long_path) - 9] = '\0';
	give(RECEIVE_FILES, WIRE_FILE, long_path, sizeof(long_path));
	assert_int_equal(r.refused, 4);
	give(RECEIVE_FILES, WIRE_FILE, "x\0\0\0\0\0\0\0\0\0", 10);
	assert_int_equal(r.refused, 4);
}

static void links_and_devices_are_not_followed(void **state)
{
	char path[600];

	assert_int_equal(symlinkat(elsewhere, r.dir_fd, "evidence"), 0);
	assert_int_equal(symlinkat("../elsewhere/made", r.dir_fd, "link"), 0);
	assert_int_equal(mkfifoat(r.dir_fd, "fifo", 0600), 0);
	snprintf(path, sizeof(path), "%s/precious", elsewhere);
	close(open(path, O_WRONLY | O_CREAT, 0600));
	assert_int_equal(linkat(AT_FDCWD, path, r.dir_fd, "hard", 0), 0);
	give_file("evidence/x", 0, "x");
	give_file("link", 0, "x");
	give_file("fifo", 0, "x");
	give_file("hard", 0, "x");
	assert_int_equal(r.refused, 4);
	assert_string_equal(content("../elsewhere/x"), "(nothing)");
	assert_string_equal(content("../elsewhere/made"), "(nothing)");
	assert_string_equal(content("../elsewhere/precious"), "");
	give_file("plain", 0, "x");
	give_file("plain/below", 0, "x");
	assert_int_equal(r.refused, 5);
}

/* `hangar clean` on the host would put back there what the guest has changed. */
static void the_undo_log_of_a_guest_is_not_written(void **state)
{
	static const char *const passed[] = { "undo.jsonl",    "lock",       "journal.jsonl",
					      "scenario.json", "report.txt", "result.json",
					      "scratch/file",  "scratch.img" };

	for (unsigned int i = 0; i < ARRAY_SIZE(passed); i++) {
		give_file(passed[i], 0, "{}");
		assert_string_equal(content(passed[i]), "(nothing)");
	}
	assert_int_equal(r.refused, 0);
}

static void bytes_and_files_have_limits(void **state)
{
	r.bytes_max = 100;
	give_file("a", 99, "x");
	assert_int_equal(r.refused, 0);
	give_file("a", 100, "x");
	give_file("a", UINT64_MAX, "x");
	give_file("a", UINT64_MAX - 50, "xyz");
	give_file("b", 0,
		  "more than one hundred bytes, all in one go, which is not what this guest "
		  "was allowed to have in this run");
	assert_int_equal(r.refused, 4);
	r.files = RECEIVE_FILES_MAX - 1;
	give_file("last", 0, "x");
	assert_int_equal(r.refused, 4);
	give_file("one/more", 0, "x");
	give_file("more", 0, "x");
	assert_int_equal(r.refused, 6);
	give_file("last", 1, "y"); /* what is there goes on */
	assert_string_equal(content("last"), "xy");
}

static void a_journal_without_end_is_cut_at_a_line(void **state)
{
	r.bytes_max = 25;
	give_text(RECEIVE_JOURNAL, WIRE_LINE, "{\"seq\":1}\n");
	give_text(RECEIVE_JOURNAL, WIRE_LINE, "{\"seq\":2}\n");
	assert_int_equal(r.refused, 0);
	give_text(RECEIVE_JOURNAL, WIRE_LINE, "{\"seq\":3}\n");
	assert_int_equal(r.refused, 1);
	assert_string_equal(content(JOURNAL_FILE), "{\"seq\":1}\n{\"seq\":2}\n");
}

static void a_full_disk_is_kept_and_leaves_whole_lines(void **state)
{
	struct rlimit old, tiny;

	signal(SIGXFSZ, SIG_IGN);
	getrlimit(RLIMIT_FSIZE, &old);
	tiny = (struct rlimit){ 25, old.rlim_max };
	setrlimit(RLIMIT_FSIZE, &tiny);
	give_text(RECEIVE_JOURNAL, WIRE_LINE, "{\"seq\":1}\n");
	give_text(RECEIVE_JOURNAL, WIRE_LINE, "{\"seq\":2}\n");
	assert_int_equal(r.file_error, 0);
	give_text(RECEIVE_JOURNAL, WIRE_LINE, "{\"seq\":3}\n");
	assert_int_equal(r.file_error, -EFBIG);
	assert_string_equal(content(JOURNAL_FILE), "{\"seq\":1}\n{\"seq\":2}\n");
	assert_string_equal(told, "{\"seq\":1}|{\"seq\":2}|{\"seq\":3}|");
	setrlimit(RLIMIT_FSIZE, &old);
	give_text(RECEIVE_JOURNAL, WIRE_LINE, "{\"seq\":4}\n");
	assert_string_equal(content(JOURNAL_FILE), "{\"seq\":1}\n{\"seq\":2}\n{\"seq\":4}\n");
	assert_int_equal(r.file_error, -EFBIG);
}

#define TEST(t) cmocka_unit_test_setup_teardown(t, begin, end)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(paths_that_leave_the_run_directory_are_refused),
		TEST(names_and_offsets_that_are_cut_are_refused),
		TEST(links_and_devices_are_not_followed),
		TEST(the_undo_log_of_a_guest_is_not_written),
		TEST(bytes_and_files_have_limits),
		TEST(a_journal_without_end_is_cut_at_a_line),
		TEST(a_full_disk_is_kept_and_leaves_whole_lines),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

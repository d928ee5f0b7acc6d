/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a line of the journal holds, when it is on disk, and what a killed writer leaves. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <dirent.h>
#include <errno.h>
#include <signal.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "journal_lines.h"

static void lines_are_on_disk_when_wait_returns(void **state)
{
	struct journal *j = open_in(*state);
	uint64_t seq = 0;
	struct count c;

	for (int i = 0; i < 100; i++) {
		struct jline *l = journal_begin(j, "exit");

		jline_int(l, "copy", i);
		seq = journal_commit(j);
		assert_int_equal(seq, i + 1);
	}
	assert_int_equal(journal_wait(j, seq, 10000000), 0);
	assert_true(journal_synced(j) >= seq);
	assert_int_equal(journal_error(j), 0);
	c = check(*state);
	assert_int_equal(c.whole, 100);
	assert_non_null(json_object_get(json_array_get(c.lines, 0), "epoch_us"));
	assert_null(json_object_get(json_array_get(c.lines, 1), "epoch_us"));
	json_decref(c.lines);
	assert_null(journal_close(j));
	assert_null(journal_close(NULL));
}

static void a_second_journal_in_the_same_folder_is_refused(void **state)
{
	_cleanup_close_ int fd = open(*state, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	struct journal *j = open_in(*state), *second = NULL;

	journal_note(j, "the %s", "first");
	assert_int_equal(journal_open(fd, 0, &second), -EEXIST);
	assert_null(second);
	journal_close(j);
	check_whole(*state, 1);
}

static void a_full_finding_fits_and_keeps_its_field_names(void **state)
{
	struct journal *j = open_in(*state);
	struct finding f;
	struct count c;
	json_t *o;

	finding_init(&f, FINDING_HUNG_TASK, "kmsg", 5000000);
	f.id = 3;
	f.more_of = 1;
	f.judged = JUDGED_EXPECTED;
	f.began_us = 3500000;
	f.kernel_us = 77;
	f.seconds = 120;
	f.pid = 42;
	f.cpu = 0;
	strcpy(f.comm, "jbd2/\"loop0\"-8");
	memset(f.text, 't', sizeof(f.text) - 1);
	for (size_t i = 0; i + 32 < sizeof(f.stack); i += 32)
		memcpy(f.stack + i, "jbd2_journal_commit+0x24f/0x19a\n", 33);
	journal_finding(j, &f);
	finding_init(&f, FINDING_STALL, "progress", 1);
	journal_finding(j, &f);
	journal_close(j);

	c = check(*state);
	o = json_array_get(c.lines, 0);
	assert_null(json_object_get(o, "cut"));
	assert_string_equal(json_string_value(json_object_get(o, "kind")), "hung-task");
	assert_string_equal(json_string_value(json_object_get(o, "judged")), "expected");
	assert_int_equal(json_integer_value(json_object_get(o, "more_of")), 1);
	assert_int_equal(json_integer_value(json_object_get(o, "noticed_us")), 5000000);
	assert_true(json_real_value(json_object_get(o, "after_seconds")) == 1.5);
	assert_true(json_is_integer(json_object_get(o, "cpu")));
	assert_int_equal(json_array_size(json_object_get(o, "stack")), 95);
	o = json_array_get(c.lines, 1);
	assert_null(json_object_get(o, "cpu"));
	assert_null(json_object_get(o, "stack"));
	assert_null(json_object_get(o, "comm"));
	json_decref(c.lines);
}

/* A task that hung for 120 s was told just now: the record is not 120 s late. */
static void latency_counts_from_when_the_kernel_said_it(void **state)
{
	struct journal *j = open_in(*state);
	struct latency_summary l;
	struct finding f;

	finding_init(&f, FINDING_HUNG_TASK, "kmsg", now_us());
	f.kernel_us = 77;
	f.seconds = 120;
	f.began_us = f.noticed_us - 120000000;
	assert_int_equal(journal_wait(j, journal_finding(j, &f), 5000000), 0);
	journal_latency(j, &l);
	assert_int_equal(l.count, 1);
	assert_true(l.worst_us < 60000000);
	journal_close(j);
}

static void a_line_too_long_is_cut_and_says_so(void **state)
{
	_cleanup_free_ char *text = malloc(2 * JOURNAL_LINE_MAX);
	struct journal *j = open_in(*state);
	struct count c;

	memset(text, '\x01', 2 * JOURNAL_LINE_MAX);
	text[2 * JOURNAL_LINE_MAX - 1] = '\0';
	jline_str(journal_begin(j, "note"), "text", text);
	journal_commit(j);
	journal_close(j);
	c = check(*state);
	assert_int_equal(c.whole, 1);
	assert_true(json_is_true(json_object_get(json_array_get(c.lines, 0), "cut")));
	json_decref(c.lines);
}

static void the_writer_takes_no_signals(void **state)
{
	struct journal *j = open_in(*state);
	_cleanup_closedir_ DIR *tasks = opendir("/proc/self/task");
	unsigned int seen = 0;
	struct dirent *e;

	while ((e = readdir(tasks))) {
		char path[64], status[4096], *mask;

		if (e->d_name[0] == '.' || atoi(e->d_name) == getpid())
			continue;
		snprintf(path, sizeof(path), "/proc/self/task/%.20s/status", e->d_name);
		assert_true(textfile_read_at(AT_FDCWD, path, status, sizeof(status)) > 0);
		mask = strstr(status, "SigBlk:\t");
		assert_non_null(mask);
		/* All but SIGKILL, SIGSTOP and the two that the C library keeps for itself. */
		assert_true((strtoull(mask + 8, NULL, 16) | 0x180040100ull) == UINT64_MAX);
		seen++;
	}
	assert_true(seen >= 1);
	journal_close(j);
}

static void a_killed_runner_leaves_readable_lines(void **state)
{
	int status;

	for (int round = 0; round < 5; round++) {
		char path[300];
		struct count c;
		pid_t pid;

		snprintf(path, sizeof(path), "%s/%d", (char *)*state, round);
		assert_int_equal(mkdir(path, 0700), 0);
		pid = fork();
		if (pid == 0) {
			struct journal *j = open_in(path);

			for (int i = 0;; i++)
				journal_wait(j, journal_note(j, "line %d", i),
					     i % 7 ? 0 : 10000000);
		}
		usleep((useconds_t)(20000 + 7000 * round));
		kill(pid, SIGKILL);
		assert_int_equal(waitpid(pid, &status, 0), pid);
		assert_true(WIFSIGNALED(status));
		c = check(path);
		assert_int_equal(c.broken, 0);
		json_decref(c.lines);
	}
}

#define in_folder(test) cmocka_unit_test_setup_teardown(test, tmpdir_make, tmpdir_remove)

int main(void)
{
	static const struct CMUnitTest tests[] = {
		in_folder(lines_are_on_disk_when_wait_returns),
		in_folder(a_second_journal_in_the_same_folder_is_refused),
		in_folder(a_full_finding_fits_and_keeps_its_field_names),
		in_folder(latency_counts_from_when_the_kernel_said_it),
		in_folder(a_line_too_long_is_cut_and_says_so),
		in_folder(the_writer_takes_no_signals),
		in_folder(a_killed_runner_leaves_readable_lines),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What is read of a task: its files in /proc, forged and broken ones too, and reads that hang. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "watch/task_read.h"

static void a_comm_that_forges_fields_does_not_mislead(void **state)
{
	struct task_stat s;

	assert_int_equal(
		task_stat_parse(
			"100 (ev) R 1 (il) S 7 0 0 0 -1 4194304 0 0 0 0 0 0 0 0 20 0 1 0 24 0", &s),
		0);
	assert_int_equal(s.pid, 100);
	assert_int_equal(s.ppid, 7);
	assert_int_equal(s.state, 'S');
	assert_string_equal(s.comm, "ev) R 1 (il");
	assert_int_equal(s.flags, 4194304);
	assert_int_equal(s.start_ticks, 24);
}

static void what_is_no_stat_is_refused(void **state)
{
	static const char *const bad[] = { "",
					   "100",
					   "100 (x",
					   "100 x) S 1",
					   "100 (x) S",
					   ")(",
					   "x (y) S 1 0 0 0 -1 1 0 0 0 0 0 0 0 0 20 0 1 0 24" };
	struct task_stat s;

	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++)
		assert_int_equal(task_stat_parse(bad[i], &s), -EINVAL);
}

static void switches_are_counted_from_either_file(void **state)
{
	uint64_t n = 0;

	assert_int_equal(task_schedstat_parse("5846829 6315013 58\n", &n), 0);
	assert_int_equal(n, 58);
	assert_int_equal(task_schedstat_parse("5846829 6315013\n", &n), -EINVAL);
	assert_int_equal(
		task_status_parse(
			"Name:\tx\nvoluntary_ctxt_switches:\t40\nnonvoluntary_ctxt_switches:\t2\n",
			&n),
		0);
	assert_int_equal(n, 42);
	assert_int_equal(task_status_parse("Name:\tx\n", &n), -EINVAL);
}

static const char *data(const char *path)
{
	static char buf[4096];
	const char *dir = getenv("HANGAR_TEST_DATA");

	snprintf(buf, sizeof(buf), "%s/%s", dir ? dir : "tests/data", path);
	return buf;
}

static void a_task_of_the_fixture_is_seen_whole(void **state)
{
	struct task_view v;
	struct prober *p = NULL;
	int fd = open(data("proc/proc"), O_PATH | O_DIRECTORY);

	assert_true(fd >= 0);
	assert_int_equal(prober_open(&p), 0);
	assert_int_equal(task_view_read(fd, 42, p, &v), 0);
	assert_int_equal(v.stat.state, 'D');
	assert_string_equal(v.wchan, "jbd2_journal_commit_transaction");
	assert_string_equal(v.stack, "jbd2_journal_commit_transaction+0x22b/"
				     "0x17d0\nkjournald2+0xa7/0x270\nkthread+0xaf/0xc0\n");
	assert_int_equal(v.stack_error, 0);
	assert_int_equal(task_view_read(fd, 4711, p, &v), -EBADF);
	prober_close(p);
	close(fd);
}

static ssize_t read_once(int fd, char *buf, size_t size)
{
	return read(fd, buf, size);
}

static void a_read_that_hangs_is_given_up_and_the_next_goes_on(void **state)
{
	struct prober *p = NULL;
	int hangs = eventfd(0, EFD_CLOEXEC); /* a read of it waits until somebody writes */
	int fd = open("/dev/null", O_RDONLY | O_CLOEXEC);
	char buf[16];

	assert_int_equal(prober_open_with(read_once, &p), 0);
	assert_int_equal(prober_read(p, hangs, buf, sizeof(buf), 20000), -ETIMEDOUT);
	assert_int_equal(prober_lost(p), 1);
	assert_int_equal(prober_read(p, fd, buf, sizeof(buf), 1000000), 0);
	for (int i = 0; i < 3; i++)
		assert_int_equal(prober_read(p, hangs, buf, sizeof(buf), 1000), -ETIMEDOUT);
	assert_int_equal(prober_read(p, fd, buf, sizeof(buf), 1000), -EBUSY);
	for (int i = 0; i < 4; i++) {
		assert_int_equal(eventfd_write(hangs, 1), 0);
		usleep(20000);
	}
	assert_int_equal(prober_lost(p), 0);
	assert_int_equal(prober_read(p, fd, buf, sizeof(buf), 1000000), 0);
	prober_close(p);
	close(hangs);
	close(fd);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_comm_that_forges_fields_does_not_mislead),
		cmocka_unit_test(what_is_no_stat_is_refused),
		cmocka_unit_test(switches_are_counted_from_either_file),
		cmocka_unit_test(a_task_of_the_fixture_is_seen_whole),
		cmocka_unit_test(a_read_that_hangs_is_given_up_and_the_next_goes_on),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

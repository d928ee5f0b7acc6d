/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The contract between the runner and a stressor, held against the built programs. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <dirent.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "stressor_rig.h"

static const char *const small_alloc[] = { "alloc", "--bytes=1M", "--chunk=64K", NULL };

static void assert_exit(int status, int code)
{
	assert_true(WIFEXITED(status));
	assert_int_equal(WEXITSTATUS(status), code);
}

static void a_stressor_waits_at_the_start_line(void **state)
{
	struct slot *slot;
	struct rig r;
	pid_t pid;

	rig_open(&r, 4);
	slot = rig_slot(&r, 2);
	pid = rig_spawn(&r, 2, small_alloc);
	assert_true(rig_wait_state(slot, SLOT_READY));
	assert_int_equal(slot->threads, 1);
	assert_int_equal(slot->steps, 0);
	assert_int_equal(slot->step_began_us, 0);
	rig_wake(&slot->go, 1);
	assert_true(rig_wait_state(slot, SLOT_RUNNING));
	assert_true(rig_wait_steps(slot, 100));
	assert_true(slot->step_began_us > 0);
	rig_wake(&slot->stop, 1);
	assert_exit(rig_wait(pid), 0);
	assert_int_equal(slot->state, SLOT_DONE);
	assert_int_equal(slot->step_began_us, 0);
	assert_int_equal(rig_slot(&r, 1)->state, SLOT_FREE); /* its neighbours are not touched */
	assert_int_equal(rig_slot(&r, 3)->state, SLOT_FREE);
	rig_close(&r);
}

static void one_flag_stops_all_copies(void **state)
{
	struct rig r;
	pid_t pids[3];

	rig_open(&r, 3);
	for (int i = 0; i < 3; i++) {
		rig_slot(&r, (uint32_t)i)->go = 1;
		pids[i] = rig_spawn(&r, i, small_alloc);
	}
	for (uint32_t i = 0; i < 3; i++)
		assert_true(rig_wait_steps(rig_slot(&r, i), 0));
	rig_wake(&r.header->stop, 1);
	for (int i = 0; i < 3; i++)
		assert_exit(rig_wait(pids[i]), 0);
	rig_close(&r);
}

static void a_copy_stopped_at_the_start_line_makes_no_step(void **state)
{
	struct slot *slot;
	struct rig r;
	pid_t pid;

	rig_open(&r, 1);
	slot = rig_slot(&r, 0);
	pid = rig_spawn(&r, 0, small_alloc);
	assert_true(rig_wait_state(slot, SLOT_READY));
	rig_wake(&slot->stop, 1);
	assert_exit(rig_wait(pid), 0);
	assert_int_equal(slot->steps, 0);
	assert_int_equal(slot->state, SLOT_DONE);
	rig_close(&r);
}

static void sigterm_and_sigint_are_a_wish_to_end(void **state)
{
	const int numbers[] = { SIGTERM, SIGINT };
	struct rig r;

	rig_open(&r, 2);
	for (int i = 0; i < 2; i++) {
		struct slot *slot = rig_slot(&r, (uint32_t)i);
		pid_t pid;

		slot->go = 1;
		pid = rig_spawn(&r, i, small_alloc);
		assert_true(rig_wait_steps(slot, 0));
		assert_int_equal(kill(pid, numbers[i]), 0);
		assert_exit(rig_wait(pid), 0);
		assert_int_equal(slot->state, SLOT_DONE);
	}
	rig_close(&r);
}

/* Start a stressor from a process between, which ends as soon as it runs. Returns the orphan. */
static pid_t orphan(const struct rig *r)
{
	pid_t *shared = (pid_t *)&rig_slot(r, 1)->seed; /* a free slot carries the pid */
	pid_t middle = fork();

	assert_true(middle >= 0);
	if (middle == 0) {
		*shared = rig_spawn(r, 0, small_alloc);
		_exit(rig_wait_steps(rig_slot(r, 0), 0) ? 0 : 1);
	}
	assert_exit(rig_wait(middle), 0);
	return *shared;
}

static void a_stressor_dies_with_its_parent(void **state)
{
	struct rig r;
	int status;

	rig_open(&r, 2);
	assert_int_equal(prctl(PR_SET_CHILD_SUBREAPER, 1), 0); /* its end comes to us */
	rig_slot(&r, 0)->go = 1;
	status = rig_wait(orphan(&r));
	assert_int_equal(prctl(PR_SET_CHILD_SUBREAPER, 0), 0);
	assert_true(WIFSIGNALED(status));
	assert_int_equal(WTERMSIG(status), SIGKILL);
	rig_close(&r);
}

static void a_stressor_whose_parent_is_already_dead_does_not_begin(void **state)
{
	struct rig r;
	int status;
	pid_t pid;

	rig_open(&r, 1);
	rig_slot(&r, 0)->go = 1;
	pid = fork();
	assert_true(pid >= 0);
	if (pid == 0) {
		rig_enter_slot(&r, 0, 1); /* of a runner that is gone */
		rig_exec(small_alloc);
	}
	status = rig_wait(pid);
	assert_true(WIFSIGNALED(status));
	assert_int_equal(WTERMSIG(status), SIGKILL);
	assert_int_equal(rig_slot(&r, 0)->state, SLOT_FREE);
	rig_close(&r);
}

static void a_page_of_another_build_is_refused(void **state)
{
	static const struct {
		uint32_t magic, version, count;
		int index;
	} cases[] = {
		{ SLOTS_MAGIC + 1, SLOTS_VERSION, 2, 0 },
		{ SLOTS_MAGIC, SLOTS_VERSION + 1, 2, 0 },
		{ SLOTS_MAGIC, SLOTS_VERSION, 2, 2 },
		{ SLOTS_MAGIC, SLOTS_VERSION, 2000, 0 },
	};
	struct rig r;

	rig_open(&r, 2);
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		r.header->magic = cases[i].magic;
		r.header->version = cases[i].version;
		r.header->count = cases[i].count;
		assert_exit(rig_wait(rig_spawn(&r, cases[i].index, small_alloc)), 1);
	}
	r.header->count = 2;
	rig_close(&r);
}

static void a_restarted_copy_goes_on_counting(void **state)
{
	const char *const argv[] = { "alloc", "--bytes=1M", "--chunk=64K", "--steps=10", NULL };
	struct slot *slot;
	struct rig r;

	rig_open(&r, 1);
	slot = rig_slot(&r, 0);
	slot->go = 1;
	slot->steps = 1000;
	slot->step_began_us = 12345; /* of the copy that was killed */
	assert_exit(rig_wait(rig_spawn(&r, 0, argv)), 0);
	assert_int_equal(slot->steps, 1010);
	assert_int_equal(slot->step_began_us, 0);
	rig_close(&r);
}

static void a_limit_of_steps_is_kept_exactly_by_all_threads(void **state)
{
	const char *const argv[] = { "itimer", "--mix=alarm:1", "--threads=4", "--steps=100003",
				     NULL };
	char out[4096];

	assert_exit(rig_run(argv, false, out, sizeof(out)), 0);
	assert_non_null(strstr(out, "itimer: 100003 steps in "));
}

static int count_entries(const char *dir)
{
	DIR *d = opendir(dir);
	int n = 0;

	assert_non_null(d);
	while (readdir(d))
		n++;
	closedir(d);
	return n - 2;
}

static void what_a_killed_copy_left_is_removed_by_the_next_in_its_slot(void **state)
{
	char dir[96];
	const char *const argv[] = { "alloc-and-write", dir, "--bytes=1M", "--sync=none", NULL };
	pid_t pids[2];
	struct rig r;

	rig_open(&r, 2);
	snprintf(dir, sizeof(dir), "--dir=%s", r.dir);
	for (int i = 0; i < 2; i++) {
		rig_slot(&r, (uint32_t)i)->go = 1;
		pids[i] = rig_spawn(&r, i, argv);
		assert_true(rig_wait_steps(rig_slot(&r, (uint32_t)i), 100));
	}
	assert_int_equal(count_entries(r.dir), 2);
	kill(pids[0], SIGKILL);
	rig_wait(pids[0]);
	assert_int_equal(count_entries(r.dir), 2); /* its files lie there */
	pids[0] = rig_spawn(&r, 0, argv);
	assert_true(rig_wait_steps(rig_slot(&r, 0), rig_slot(&r, 0)->steps + 100));
	assert_int_equal(count_entries(r.dir), 2); /* the new folder, and that of the other slot */
	rig_wake(&r.header->stop, 1);
	assert_exit(rig_wait(pids[0]), 0);
	assert_exit(rig_wait(pids[1]), 0);
	assert_int_equal(count_entries(r.dir), 0);
	rig_close(&r);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_stressor_waits_at_the_start_line),
		cmocka_unit_test(one_flag_stops_all_copies),
		cmocka_unit_test(a_copy_stopped_at_the_start_line_makes_no_step),
		cmocka_unit_test(sigterm_and_sigint_are_a_wish_to_end),
		cmocka_unit_test(a_stressor_dies_with_its_parent),
		cmocka_unit_test(a_stressor_whose_parent_is_already_dead_does_not_begin),
		cmocka_unit_test(a_page_of_another_build_is_refused),
		cmocka_unit_test(a_restarted_copy_goes_on_counting),
		cmocka_unit_test(a_limit_of_steps_is_kept_exactly_by_all_threads),
		cmocka_unit_test(what_a_killed_copy_left_is_removed_by_the_next_in_its_slot),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

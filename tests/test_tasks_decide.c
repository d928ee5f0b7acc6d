/* SPDX-License-Identifier: GPL-2.0-or-later */
/* When a task is stuck: its looks one after the other, what is kept of it between them, and how
 * much of the time they speak for. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "watch/pace.h"
#include "watch/task_decide.h"

#define S 1000000ull
#define LIMIT (10 * S)

/* A look a second at a task with this state and switch count; what is said in which second. */
struct step {
	char state;
	uint64_t switches;
	enum task_event event;
};

static void walk(const struct step *steps, size_t n)
{
	struct task t = { .tid = 1 };
	uint64_t stuck;

	for (size_t i = 0; i < n; i++) {
		enum task_event e = task_decide(&t, steps[i].state, steps[i].switches,
						(100 + 5 * i) * S, LIMIT, &stuck);

		if (e != steps[i].event)
			fail_msg("look %zu: %d instead of %d", i, e, steps[i].event);
		if (e == TASK_SUSPECT)
			t.suspected = true;
		if (e == TASK_STUCK)
			t.told = true;
		if (e == TASK_RECOVERED)
			assert_int_equal(stuck, 15 * S);
	}
}

static void a_task_in_d_without_a_switch_is_told_once_and_cleared_once(void **state)
{
	static const struct step steps[] = {
		{ 'D', 7, TASK_NOTHING },   { 'D', 7, TASK_SUSPECT }, { 'D', 7, TASK_STUCK },
		{ 'S', 8, TASK_RECOVERED }, { 'S', 8, TASK_NOTHING },
	};
	static const struct step longer[] = { { 'D', 7, TASK_NOTHING },
					      { 'D', 7, TASK_SUSPECT },
					      { 'D', 7, TASK_STUCK },
					      { 'D', 7, TASK_NOTHING },
					      { 'D', 7, TASK_NOTHING } };

	walk(steps, 5);
	walk(longer, 5);
}

static void a_task_that_switches_in_d_is_busy_not_stuck(void **state)
{
	static const struct step steps[] = {
		{ 'D', 7, TASK_NOTHING },  { 'D', 8, TASK_NOTHING },  { 'D', 9, TASK_NOTHING },
		{ 'D', 10, TASK_NOTHING }, { 'D', 11, TASK_NOTHING },
	};
	static const struct step told[] = { { 'D', 7, TASK_NOTHING }, { 'D', 7, TASK_SUSPECT },
					    { 'D', 7, TASK_STUCK },   { 'D', 8, TASK_RECOVERED },
					    { 'D', 8, TASK_SUSPECT }, { 'D', 8, TASK_STUCK } };

	walk(steps, 5);
	walk(told, 6);
}

static void sleepers_idlers_and_runners_are_not_stuck(void **state)
{
	static const char states[] = "SRTIPtZ";

	for (const char *s = states; *s; s++) {
		const struct step steps[] = { { *s, 7, TASK_NOTHING },
					      { *s, 7, TASK_NOTHING },
					      { *s, 7, TASK_NOTHING },
					      { *s, 7, TASK_NOTHING } };

		walk(steps, 4);
	}
}

static void the_state_is_read_again_only_when_it_can_have_changed(void **state)
{
	struct task t = { .tid = 1 };
	uint64_t ignored;

	assert_true(task_needs_stat(&t, 7)); /* never looked at */
	task_decide(&t, 'S', 7, S, LIMIT, &ignored);
	assert_false(task_needs_stat(&t, 7));
	assert_true(task_needs_stat(&t, 8)); /* it ran */
	task_decide(&t, 'R', 8, 2 * S, LIMIT, &ignored);
	assert_true(task_needs_stat(&t, 8)); /* it was running, and may have gone to sleep since */
}

static void another_stack_begins_the_wait_anew(void **state)
{
	struct task t = { .tid = 1 };
	uint64_t ignored;

	task_decide(&t, 'D', 7, S, LIMIT, &ignored);
	t.suspected = true;
	t.stack_hash = task_stack_hash("foo+0x1/0x2\n");
	assert_true(task_stack_holds(&t, task_stack_hash("foo+0x1/0x2\n"), 11 * S));
	assert_true(task_stack_holds(&t, task_stack_hash(""), 11 * S)); /* unreadable */
	assert_int_equal(t.d_since_us, S);
	assert_false(task_stack_holds(&t, task_stack_hash("bar+0x1/0x2\n"), 11 * S));
	assert_int_equal(t.d_since_us, 11 * S);
}

static void known_resting_places_of_kernel_threads_are_excused(void **state)
{
	assert_true(task_idles_in_d("kworker/u9:1", "kthread"));
	assert_true(task_idles_in_d("cpuhp/3", "kthread_parkme"));
	assert_false(task_idles_in_d("jbd2/vda-8", "jbd2_journal_commit_transaction"));
	assert_false(task_idles_in_d("kworker/u9:1", ""));
}

static void the_table_finds_drops_and_refuses_when_full(void **state)
{
	struct task_table t;

	assert_int_equal(task_table_open(&t), 0);
	for (pid_t i = 1; i <= TASKS_MAX; i++)
		assert_non_null(task_table_add(&t, i * 3));
	assert_null(task_table_add(&t, 1));
	assert_int_equal(t.full, 1);
	assert_null(task_table_find(&t, 1));
	for (pid_t i = 1; i <= TASKS_MAX; i += 2)
		task_table_drop(&t, task_table_find(&t, i * 3));
	for (pid_t i = 1; i <= TASKS_MAX; i++)
		assert_true(!task_table_find(&t, i * 3) == (i % 2 == 1));
	assert_int_equal(t.used, TASKS_MAX / 2);
	assert_non_null(task_table_add(&t, 1));
	task_table_close(&t);
}

static void work_that_takes_longer_than_it_can_tells_how_much_time_is_missing(void **state)
{
	const struct unseen then = { 3 * S, 1 * S }, now = { 5 * S, 2 * S };

	assert_int_equal(pace_unseen(10 * S, 50, 50 * 300, 300), 0);
	assert_int_equal(pace_unseen(10 * S, 50, 100 * 300, 300), 0); /* twice as slow is usual */
	assert_int_equal(pace_unseen(10 * S, 50, 200 * 300, 300), 10 * S * 3 / 4);
	assert_int_equal(pace_unseen(10 * S, 50, 1000 * 300, 300), 10 * S * 19 / 20);
	assert_int_equal(pace_unseen(10 * S, 0, 0, 300), 0);
	assert_int_equal(pace_unseen(10 * S, 50, 200, 0), 0); /* no clock that fine */
	assert_int_equal(unseen_since(&now, &then), 2 * S);
	assert_int_equal(unseen_since(NULL, &then), 0);
}

static void what_was_unseen_is_asked_for_later(void **state)
{
	static struct unseen_log log;
	struct unseen now = { 0 };

	unseen_log_put(&log, NULL, 1 * S);
	assert_int_equal(unseen_log_since(&log, &now, 0), 0); /* nothing is known */
	for (unsigned int t = 1; t <= 200; t++) {
		now.slow_us = t * S / 2;
		unseen_log_put(&log, &now, t * S);
	}
	assert_int_equal(unseen_log_since(&log, &now, 200 * S), 0);
	assert_int_equal(unseen_log_since(&log, &now, 190 * S + 1), 5 * S);
	assert_int_equal(unseen_log_since(&log, &now, 0), (UNSEEN_LOOKS - 1) * S / 2);
	assert_int_equal(unseen_log_since(&log, NULL, 190 * S), 0);
}

static void a_look_speaks_for_a_tenth_of_the_limit_or_two_turns(void **state)
{
	assert_int_equal(task_unseen_us(1 * S, 1 * S, 30 * S), 0);
	assert_int_equal(task_unseen_us(3 * S, 1 * S, 30 * S), 0);
	assert_int_equal(task_unseen_us(31 * S, 1 * S, 30 * S), 28 * S);
	assert_int_equal(task_unseen_us(2 * S, 1 * S, 5 * S), 0);
	assert_int_equal(task_unseen_us(3 * S, 1 * S, 5 * S), 1 * S);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_was_unseen_is_asked_for_later),
		cmocka_unit_test(a_task_in_d_without_a_switch_is_told_once_and_cleared_once),
		cmocka_unit_test(a_task_that_switches_in_d_is_busy_not_stuck),
		cmocka_unit_test(sleepers_idlers_and_runners_are_not_stuck),
		cmocka_unit_test(the_state_is_read_again_only_when_it_can_have_changed),
		cmocka_unit_test(another_stack_begins_the_wait_anew),
		cmocka_unit_test(known_resting_places_of_kernel_threads_are_excused),
		cmocka_unit_test(the_table_finds_drops_and_refuses_when_full),
		cmocka_unit_test(work_that_takes_longer_than_it_can_tells_how_much_time_is_missing),
		cmocka_unit_test(a_look_speaks_for_a_tenth_of_the_limit_or_two_turns),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <unistd.h>

#include "watch/progress_decide.h"
#include "watch_world.h"

#define S 1000000ull

static void a_copy_without_steps_is_told_once_at_its_limit(void **state)
{
	struct progress p = { 0 };
	uint64_t quiet;

	assert_int_equal(progress_decide(&p, true, 5, 100 * S, 5 * S, &quiet), PROGRESS_NOTHING);
	assert_int_equal(progress_decide(&p, true, 5, 104 * S, 5 * S, &quiet), PROGRESS_NOTHING);
	assert_int_equal(progress_decide(&p, true, 5, 105 * S, 5 * S, &quiet), PROGRESS_STALLED);
	assert_int_equal(quiet, 5 * S);
	assert_int_equal(progress_decide(&p, true, 5, 115 * S, 5 * S, &quiet), PROGRESS_NOTHING);
	assert_int_equal(progress_decide(&p, true, 6, 116 * S, 5 * S, &quiet), PROGRESS_MOVES);
	assert_int_equal(quiet, 16 * S);
	assert_int_equal(progress_decide(&p, true, 6, 121 * S, 5 * S, &quiet), PROGRESS_STALLED);
}

static void a_copy_that_steps_or_is_not_running_is_never_told(void **state)
{
	struct progress moving = { 0 }, waiting = { 0 };
	uint64_t quiet;

	for (uint64_t t = 100; t < 200; t++) {
		assert_int_equal(progress_decide(&moving, true, t / 4, t * S, 5 * S, &quiet),
				 PROGRESS_NOTHING);
		assert_int_equal(progress_decide(&waiting, false, 0, t * S, 5 * S, &quiet),
				 PROGRESS_NOTHING);
	}
	/* the clock starts when it is past the start line */
	assert_int_equal(progress_decide(&waiting, true, 0, 200 * S, 5 * S, &quiet),
			 PROGRESS_NOTHING);
	assert_int_equal(progress_decide(&waiting, true, 0, 204 * S, 5 * S, &quiet),
			 PROGRESS_NOTHING);
	assert_int_equal(progress_decide(&waiting, true, 0, 205 * S, 5 * S, &quiet),
			 PROGRESS_STALLED);
}

static void a_restart_that_counts_from_zero_is_movement(void **state)
{
	struct progress p = { 0 };
	uint64_t quiet;

	progress_decide(&p, true, 50, 100 * S, 5 * S, &quiet);
	assert_int_equal(progress_decide(&p, true, 0, 104 * S, 5 * S, &quiet), PROGRESS_NOTHING);
	assert_int_equal(progress_decide(&p, true, 0, 108 * S, 5 * S, &quiet), PROGRESS_NOTHING);
}

static void the_watcher_names_copy_group_and_pid_and_leaves_fio_alone(void **state)
{
	static struct world w;
	struct watcher *watcher = NULL;
	struct diag d = { 0 };

	world_init(&w, "");
	for (unsigned int i = 0; i < WORLD_COPIES; i++) {
		w.copies[i] = (struct copy){ .state = COPY_ALIVE, .pid = getpid() };
		slots_at(w.launcher.slots, i)->state = SLOT_RUNNING;
	}
	w.launches[1].is_fio = true;
	assert_int_equal(watch_progress.open(&w.ctx, &watcher, &d), 0);
	for (uint64_t ms = 100000; ms <= 106000; ms += 250)
		watch_progress.tick(watcher, ms * 1000);
	assert_int_equal(w.count, 1);
	assert_int_equal(w.told[0].kind, FINDING_STALL);
	assert_int_equal(w.told[0].pid, getpid());
	assert_string_equal(w.told[0].group, "victims.0");
	assert_non_null(strstr(w.told[0].text, "alloc#0 in victims.0 made no step for 5.0 s"));
	assert_int_equal(w.told[0].began_us, 100 * S);
	slots_at(w.launcher.slots, 0)->steps = 1;
	watch_progress.tick(watcher, 107 * S);
	w.copies[0].stopping = true; /* asked to end: its silence is no stall */
	for (uint64_t t = 108; t < 130; t++)
		watch_progress.tick(watcher, t * S);
	assert_int_equal(w.count, 1);
	watch_progress.close(watcher);
	world_clear(&w);
}

static void time_in_which_the_observer_had_no_cpu_is_no_stall(void **state)
{
	static struct world w;
	struct watcher *watcher = NULL;
	struct diag d = { 0 };
	struct unseen unseen = { 0 };

	world_init(&w, "");
	w.ctx.unseen = &unseen;
	w.copies[0] = (struct copy){ .state = COPY_ALIVE, .pid = getpid() };
	slots_at(w.launcher.slots, 0)->state = SLOT_RUNNING;
	assert_int_equal(watch_progress.open(&w.ctx, &watcher, &d), 0);
	watch_progress.tick(watcher, 100 * S);
	unseen = (struct unseen){ .late_us = 5 * S, .slow_us = 7 * S }; /* they overlap */
	for (uint64_t ms = 100250; ms < 112000; ms += 250)
		watch_progress.tick(watcher, ms * 1000);
	assert_int_equal(w.count, 0);
	watch_progress.tick(watcher, 112 * S);
	assert_int_equal(w.count, 1);
	assert_int_equal(w.told[0].began_us, 100 * S);
	slots_at(w.launcher.slots, 0)->steps = 1; /* what was unseen before a step is past */
	watch_progress.tick(watcher, 113 * S);
	watch_progress.tick(watcher, 118 * S);
	assert_int_equal(w.count, 2);
	watch_progress.close(watcher);
	world_clear(&w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_copy_without_steps_is_told_once_at_its_limit),
		cmocka_unit_test(a_copy_that_steps_or_is_not_running_is_never_told),
		cmocka_unit_test(a_restart_that_counts_from_zero_is_movement),
		cmocka_unit_test(the_watcher_names_copy_group_and_pid_and_leaves_fio_alone),
		cmocka_unit_test(time_in_which_the_observer_had_no_cpu_is_no_stall),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

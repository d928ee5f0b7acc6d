/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The conductor's stages on a clock that the test turns, with a launcher that the test plays. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/cleanup.h"
#include "base/clock.h"
#include "run/conductor.h"
#include "tmpdir.h"

#define SECOND 1000000u

static bool cloned, ready, gone;
static unsigned int spawned, went, stopped, lined_up;
static uint64_t steps;
static struct copy copies[2];
static struct launcher launcher = { .copies = copies };
static struct plan_launch launches[2] = { { .phase = 0 }, { .phase = 1 } };
static char names[2][4] = { "one", "two" };
static struct phase_spec phases[2];
static struct scenario scenario = { .phases = phases, .n_phases = 2, .for_us = UNSET };
static struct plan plan = { .scenario = &scenario, .launches = launches, .n_launches = 2 };
static struct host host;
static struct journal *journal;
static struct conductor conductor;

int launcher_ask_phase(struct launcher *l, unsigned int phase, struct diag *d)
{
	(void)d;
	spawned++;
	l->copies[phase].state = COPY_ALIVE;
	return 0;
}

int launcher_await_phase(struct launcher *l, unsigned int phase, uint64_t for_us, struct diag *d)
{
	(void)l, (void)phase, (void)d;
	assert_true(for_us <= SECOND / 10); /* or the loop is deaf meanwhile */
	return !cloned;
}

int launcher_not_cloned(const struct launcher *l, unsigned int phase, struct diag *d)
{
	(void)l, (void)phase, (void)d;
	return -ETIMEDOUT;
}

bool launcher_phase_ready(const struct launcher *l, unsigned int phase)
{
	(void)l, (void)phase;
	return ready;
}

void launcher_go(struct launcher *l, unsigned int phase, uint64_t now)
{
	(void)l, (void)phase, (void)now;
	went++;
}

void launcher_tick(struct launcher *l, uint64_t now)
{
	(void)l, (void)now;
}

void launcher_stop(struct launcher *l, int phase)
{
	(void)l, (void)phase;
	stopped++;
}

bool launcher_escalate(struct launcher *l, int phase, uint64_t asked_us, uint64_t now)
{
	(void)l, (void)phase, (void)asked_us, (void)now;
	return gone;
}

uint64_t launcher_steps(const struct launcher *l, const char *use)
{
	(void)l, (void)use;
	return steps;
}

uint64_t cgroup_usage(const struct cgroup_node *n)
{
	(void)n;
	return UNSET;
}

uint64_t cgroup_oom_kills(const struct cgroup_node *n)
{
	(void)n;
	return UNSET;
}

static void on_lined_up(void *ctx)
{
	(void)ctx;
	lined_up++;
}

static int setup(void **state)
{
	_cleanup_close_ int fd = -1;

	cloned = ready = gone = true;
	spawned = went = stopped = lined_up = 0;
	steps = 0;
	memset(copies, 0, sizeof(copies));
	for (int i = 0; i < 2; i++)
		phases[i] = (struct phase_spec){ .name = names[i], .for_us = 10 * SECOND };
	if (tmpdir_make(state) < 0)
		return -1;
	fd = open(*state, O_RDONLY | O_DIRECTORY);
	if (journal_open(fd, now_us(), &journal) < 0)
		return -1;
	conductor_init(&conductor, &launcher, &plan, &host, NULL, journal, 1, UINT64_MAX);
	conductor.lined_up = on_lined_up;
	return 0;
}

static int teardown(void **state)
{
	conductor_clear(&conductor);
	journal = journal_close(journal);
	return tmpdir_remove(state);
}

/* Tick until @stage or @ticks have passed, a second each from @now; returns the time. */
static uint64_t run_to(enum stage stage, uint64_t now, unsigned int ticks)
{
	while (ticks-- && conductor.stage != stage) {
		assert_int_equal(conductor_tick(&conductor, now, NULL), 0);
		now += SECOND;
	}
	assert_int_equal(conductor.stage, stage);
	return now;
}

static void phases_follow_each_other_by_time(void **state)
{
	uint64_t end = run_to(STAGE_OVER, SECOND, 60);

	(void)state;
	assert_int_equal(spawned, 2);
	assert_int_equal(went, 2);
	assert_int_equal(lined_up, 1); /* armed once, before the first storm */
	assert_false(conductor.stopped_early);
	assert_string_equal(conductor.why, "the time is up");
	assert_true(end >= 21 * SECOND && end <= 32 * SECOND);
}

static void nobody_runs_before_all_are_at_the_start_line(void **state)
{
	uint64_t now;

	(void)state;
	ready = false;
	now = run_to(STAGE_LINE_UP, SECOND, 5);
	for (int i = 0; i < 10; i++, now += SECOND)
		conductor_tick(&conductor, now, NULL);
	assert_int_equal(went, 0);
	ready = true;
	run_to(STAGE_RUN, now, 2);
	assert_int_equal(went, 1);
}

static void a_copy_that_never_lines_up_does_not_hold_the_storm_for_ever(void **state)
{
	(void)state;
	ready = false;
	run_to(STAGE_RUN, SECOND, 40);
	assert_int_equal(went, 1);
}

static void a_spawner_that_hangs_does_not_keep_a_stop_from_being_heard(void **state)
{
	uint64_t now = SECOND;

	(void)state;
	cloned = false;
	for (int i = 0; i < 5; i++, now += SECOND)
		assert_int_equal(conductor_tick(&conductor, now, NULL), 0);
	assert_int_equal(spawned, 1);
	assert_int_equal(conductor.stage, STAGE_SPAWN);
	conductor_stop(&conductor, now, true, "stopped by a signal");
	run_to(STAGE_OVER, now, 3);
	assert_int_equal(went, 0);
}

static void a_spawner_that_hangs_for_long_ends_the_run(void **state)
{
	int err = 0;

	(void)state;
	cloned = false;
	for (uint64_t now = SECOND; !err && now < 60 * SECOND; now += SECOND)
		err = conductor_tick(&conductor, now, NULL);
	assert_int_equal(err, -ETIMEDOUT);
	assert_int_equal(conductor.stage, STAGE_OVER);
}

static void a_spawner_that_is_slow_but_gets_on_is_waited_for(void **state)
{
	uint64_t now = SECOND;
	int err = 0;

	(void)state;
	cloned = false;
	conductor_tick(&conductor, now, NULL);
	for (; now < 40 * SECOND; now += SECOND) {
		conductor.launcher->copies[0].pid = now >= 25 * SECOND ? 7 : 0;
		assert_int_equal(conductor_tick(&conductor, now, NULL), 0);
	}
	for (; !err && now < 60 * SECOND; now += SECOND) /* and then hangs */
		err = conductor_tick(&conductor, now, NULL);
	assert_int_equal(err, -ETIMEDOUT);
	assert_in_range(now, 55 * SECOND, 57 * SECOND);
	conductor.launcher->copies[0].pid = 0;
}

static void a_condition_ends_its_phase_early(void **state)
{
	struct condition until = { .kind = COND_STEPS, .value = 100 };
	uint64_t now;

	(void)state;
	phases[0].until = &until;
	now = run_to(STAGE_RUN, SECOND, 5);
	conductor_tick(&conductor, now, NULL);
	assert_int_equal(conductor.stage, STAGE_RUN);
	steps = 100;
	conductor_tick(&conductor, now + SECOND, NULL);
	assert_int_equal(conductor.stage, STAGE_STOP);
	run_to(STAGE_OVER, now + 2 * SECOND, 40);
	assert_false(conductor.stopped_early);
	assert_string_equal(conductor.why, "the time is up"); /* in the second phase */
}

static void a_run_says_what_ended_it(void **state)
{
	struct condition until = { .kind = COND_STEPS, .value = 0 };

	(void)state;
	phases[1].until = &until;
	run_to(STAGE_OVER, SECOND, 60);
	assert_string_equal(conductor.why, "the condition of the last phase holds");
}

static void a_run_says_that_nobody_was_left(void **state)
{
	(void)state;
	run_to(STAGE_RUN, SECOND, 5);
	for (uint64_t now = 10 * SECOND; conductor.stage != STAGE_OVER; now += SECOND) {
		copies[conductor.phase].state = COPY_ENDED;
		conductor_tick(&conductor, now, NULL);
	}
	assert_string_equal(conductor.why, "every copy of the last phase has ended");
}

static void a_needed_condition_that_is_missed_ends_the_run(void **state)
{
	struct condition until = { .kind = COND_STEPS, .value = 100 };

	(void)state;
	phases[0].until = &until;
	phases[0].until_is_needed = true;
	run_to(STAGE_OVER, SECOND, 60);
	assert_true(conductor.stopped_early);
	assert_int_equal(spawned, 1);
}

static void a_phase_ends_when_every_copy_has_ended(void **state)
{
	uint64_t now = run_to(STAGE_RUN, SECOND, 5);

	(void)state;
	copies[0].state = COPY_ENDED;
	conductor_tick(&conductor, now, NULL);
	assert_int_equal(conductor.stage, STAGE_STOP);
}

static void the_whole_time_ends_the_run_within_a_phase(void **state)
{
	(void)state;
	conductor.run_until_us = 5 * SECOND;
	run_to(STAGE_OVER, SECOND, 12);
	assert_int_equal(spawned, 1);
	assert_false(conductor.stopped_early);
}

static void rounds_repeat_all_phases(void **state)
{
	(void)state;
	conductor.repeat = 3;
	run_to(STAGE_OVER, SECOND, 200);
	assert_int_equal(spawned, 6);
	assert_int_equal(lined_up, 1);
}

static void a_stop_ends_everything_and_keeps_its_first_reason(void **state)
{
	uint64_t now = run_to(STAGE_RUN, SECOND, 5);

	(void)state;
	conductor_stop(&conductor, now, true, "stopped by a signal");
	conductor_stop(&conductor, now, false, "something else");
	run_to(STAGE_OVER, now, 3);
	assert_true(conductor.stopped_early);
	assert_string_equal(conductor.why, "stopped by a signal");
	assert_int_equal(spawned, 1);
}

static void what_cannot_be_killed_does_not_hold_the_verdict(void **state)
{
	uint64_t now = run_to(STAGE_RUN, SECOND, 5);

	(void)state;
	gone = false;
	conductor_stop(&conductor, now, false, "a match");
	run_to(STAGE_OVER, now, 20);
	assert_true(conductor.wedged);
	assert_false(conductor.stopped_early);
	assert_string_equal(conductor.why, "a match");
}

/* At the end of a phase that nothing was found in. */
static void who_cannot_be_killed_is_watched_until_it_is_called_stuck(void **state)
{
	uint64_t now = run_to(STAGE_RUN, SECOND, 5);

	(void)state;
	gone = false;
	scenario.watch.tasks = true;
	scenario.watch.stuck_for_us = 40 * SECOND;
	now = run_to(STAGE_STOP, now, 20);
	for (uint64_t end = now + 50 * SECOND; now < end; now += SECOND)
		conductor_tick(&conductor, now, NULL);
	assert_int_equal(conductor.stage, STAGE_STOP);
	run_to(STAGE_OVER, now, 20);
	scenario.watch.tasks = false;
	assert_true(conductor.wedged);
	assert_true(conductor.stopped_early); /* and what nobody told of has not survived */
	assert_string_equal(conductor.why, "some processes could not be killed");
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(phases_follow_each_other_by_time),
		CASE(nobody_runs_before_all_are_at_the_start_line),
		CASE(a_copy_that_never_lines_up_does_not_hold_the_storm_for_ever),
		CASE(a_spawner_that_hangs_does_not_keep_a_stop_from_being_heard),
		CASE(a_spawner_that_hangs_for_long_ends_the_run),
		CASE(a_spawner_that_is_slow_but_gets_on_is_waited_for),
		CASE(a_condition_ends_its_phase_early),
		CASE(a_run_says_what_ended_it),
		CASE(a_run_says_that_nobody_was_left),
		CASE(a_needed_condition_that_is_missed_ends_the_run),
		CASE(a_phase_ends_when_every_copy_has_ended),
		CASE(the_whole_time_ends_the_run_within_a_phase),
		CASE(rounds_repeat_all_phases),
		CASE(a_stop_ends_everything_and_keeps_its_first_reason),
		CASE(what_cannot_be_killed_does_not_hold_the_verdict),
		CASE(who_cannot_be_killed_is_watched_until_it_is_called_stuck),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

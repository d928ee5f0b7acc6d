/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Who waits for a CPU in vain, by what /proc says of it; and who only looks like it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/textfile.h"
#include "run/escape.h"

/* One look: a thread of this state, CPU time and switches, on this CPU. */
static bool look(struct escape_look *l, char state, unsigned int ticks, unsigned int switches,
		 unsigned int cpu)
{
	char stat[512], status[512];

	snprintf(stat, sizeof(stat),
		 "77 (a) R (b) %c 1 77 77 0 -1 1077936384 350 0 0 0 %u 3 0 0 -2 0 5 0 1234 1 2 3 4 "
		 "5 6 7 8 9 10 11 12 13 14 15 17 %u 1 1 0 0 0\n",
		 state, ticks, cpu);
	snprintf(status, sizeof(status),
		 "Name:\ta\nState:\tR\nvoluntary_ctxt_switches:\t%u\n"
		 "nonvoluntary_ctxt_switches:\t2\n",
		 switches);
	return escape_waits(l, stat, status);
}

static void who_is_runnable_and_never_runs_waits_in_vain(void **state)
{
	struct escape_look l = { 0 };

	assert_false(look(&l, 'S', 5, 9, 1));
	assert_false(look(&l, 'R', 5, 9, 1));
	assert_int_equal(l.cpu, 1);
	assert_int_equal(l.cpu_ticks, 8);
	assert_int_equal(l.switches, 11);
	assert_false(look(&l, 'R', 5, 9, 1));
	assert_false(look(&l, 'R', 5, 9, 1));
	assert_true(look(&l, 'R', 5, 9, 1)); /* ESCAPE_LOOKS without a turn */
}

static void who_runs_switches_moves_or_sleeps_does_not(void **state)
{
	static const struct {
		char state;
		unsigned int ticks, switches, cpu;
	} turns[] = {
		{ 'R', 6, 9, 1 }, { 'R', 5, 10, 1 }, { 'R', 5, 9, 0 },
		{ 'S', 5, 9, 1 }, { 'D', 5, 9, 1 },
	};

	for (size_t i = 0; i < ARRAY_SIZE(turns); i++) {
		struct escape_look l = { 0 };

		for (int n = 0; n < 3; n++)
			assert_false(look(&l, 'R', 5, 9, 1));
		assert_false(
			look(&l, turns[i].state, turns[i].ticks, turns[i].switches, turns[i].cpu));
		assert_int_equal(l.waited, 0);
	}
}

static void what_is_no_stat_tells_nothing(void **state)
{
	struct escape_look l = { .state = 'R', .waited = 2 };

	assert_false(escape_waits(&l, "", ""));
	assert_false(escape_waits(&l, "77 (a", ""));
	assert_false(escape_waits(&l, "77 (a) R 1 2 3", ""));
}

/* The live format: we run, and where we are bound to. */
static void this_process_is_read(void **state)
{
	struct escape_look l = { 0 };
	char stat[512], status[4096];
	cpu_set_t before, one;
	unsigned int cpu = CPU_SETSIZE - 1;

	assert_int_equal(sched_getaffinity(0, sizeof(before), &before), 0);
	while (cpu && !CPU_ISSET(cpu, &before))
		cpu--;
	CPU_ZERO(&one);
	CPU_SET(cpu, &one);
	assert_int_equal(sched_setaffinity(0, sizeof(one), &one), 0);
	assert_true(textfile_read_at(AT_FDCWD, "/proc/self/stat", stat, sizeof(stat)) > 0);
	assert_true(textfile_read_at(AT_FDCWD, "/proc/self/status", status, sizeof(status)) > 0);
	escape_waits(&l, stat, status);
	assert_int_equal(l.state, 'R');
	assert_int_equal(l.cpu, cpu);
	sched_setaffinity(0, sizeof(before), &before);
}

static void it_ends_at_once_when_nobody_was_locked(void **state)
{
	assert_null(escape_close(NULL));
	assert_null(escape_close(escape_open()));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(who_is_runnable_and_never_runs_waits_in_vain),
		cmocka_unit_test(who_runs_switches_moves_or_sleeps_does_not),
		cmocka_unit_test(what_is_no_stat_tells_nothing),
		cmocka_unit_test(this_process_is_read),
		cmocka_unit_test(it_ends_at_once_when_nobody_was_locked),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

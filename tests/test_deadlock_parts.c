/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the deadlock watcher reads beside the stacks: who is to die, and which disks stand. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <errno.h>
#include <stdio.h>

#include "watch/disks.h"
#include "watch/task_death.h"

#define MIB (1024 * 1024ull)

static void a_status_tells_who_is_to_die_and_what_it_keeps(void **state)
{
	struct task_death d;

	assert_int_equal(task_death_parse("Name:\tx\nVmRSS:\t  4096 kB\nRssAnon:\t  2048 kB\n"
					  "SigPnd:\t0000000000000100\nShdPnd:\t0000000000000000\n",
					  &d),
			 0);
	assert_true(d.killed);
	assert_int_equal(d.kept_bytes, 2 * MIB);
	assert_int_equal(task_death_parse("Name:\tx\nVmRSS:\t  4096 kB\nSigPnd:\t0000000000000000\n"
					  "ShdPnd:\t0000000000000100\n",
					  &d),
			 0);
	assert_true(d.killed);
	assert_int_equal(d.kept_bytes, 4 * MIB);
	assert_int_equal(task_death_parse("Name:\tx\nSigPnd:\t0000000000004000\n"
					  "ShdPnd:\t0000000000000000\n",
					  &d),
			 0);
	assert_false(d.killed);
	assert_int_equal(d.kept_bytes, 0);
	assert_int_equal(task_death_parse("", &d), -EINVAL);
}

static void a_disk_that_never_lets_go_of_a_request_stands(void **state)
{
	static struct disks d;
	static const char busy[] =
		" 8 0 sda 1 2 3 4 5 6 7 8 1 10 11\n 8 1 sdb 1 2 3 4 5 6 7 8 0 10\n";
	static const char idle[] =
		" 8 0 sda 1 2 3 4 5 6 7 8 0 10 11\n 8 1 sdb 1 2 3 4 5 6 7 8 9 10\n";

	assert_false(disks_moved_since(&d, 0)); /* nothing was read */
	disks_look(&d, busy, 10);
	assert_false(disks_moved_since(&d, 5));
	disks_look(&d, idle, 11);
	assert_true(disks_moved_since(&d, 10));
	assert_false(disks_moved_since(&d, 11)); /* sdb was last quiet at 10 */
	disks_look(&d, "nonsense\n", 12);
	assert_int_equal(d.count, 2);
	for (int i = 0; i < DISKS_MAX; i++) {
		char line[64];

		snprintf(line, sizeof(line), " 9 %d sd 1 2 3 4 5 6 7 8 0 10 11", i);
		disks_look(&d, line, 13);
	}
	assert_false(disks_moved_since(&d, 0)); /* more than fit: nothing is known of those */
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_status_tells_who_is_to_die_and_what_it_keeps),
		cmocka_unit_test(a_disk_that_never_lets_go_of_a_request_stands),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

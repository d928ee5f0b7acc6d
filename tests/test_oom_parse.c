/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <errno.h>

#include "watch/oom_read.h"

static void oom_control_of_each_era_is_read(void **state)
{
	struct oom_state s;

	assert_int_equal(oom_state_parse("oom_kill_disable 1\nunder_oom 1\n", &s), 0); /* 3.10 */
	assert_true(s.kill_disabled);
	assert_true(s.under_oom);
	assert_false(s.kills_known);
	assert_int_equal(oom_state_parse("oom_kill_disable 0\nunder_oom 0\noom_kill 17\n", &s),
			 0); /* 4.19 */
	assert_false(s.under_oom);
	assert_true(s.kills_known);
	assert_int_equal(s.kills, 17);
}

static void memory_events_is_read_with_keys_that_are_new(void **state)
{
	struct oom_state s;

	assert_int_equal(oom_state_parse("low 0\nhigh 3\nmax 12\noom 4\noom_kill 2\noom_group_kill "
					 "1\nsock_throttled 0\n",
					 &s),
			 0);
	assert_int_equal(s.ooms, 4);
	assert_int_equal(s.kills, 2);
	assert_true(s.kills_known);
}

static void what_is_neither_is_refused(void **state)
{
	static const char *const bad[] = {
		"", "\n", "oom_kill", "oom_kills 3\n", "nonsense 1\n", "oom_kill x\n"
	};
	struct oom_state s;

	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++)
		assert_int_equal(oom_state_parse(bad[i], &s), -EINVAL);
}

static void a_group_and_its_leaf_add_up(void **state)
{
	struct oom_state group, leaf;

	assert_int_equal(oom_state_parse("max 9\noom 2\noom_kill 0\n", &group), 0);
	assert_int_equal(oom_state_parse("max 0\noom 0\noom_kill 3\n", &leaf), 0);
	oom_state_add(&group, &leaf);
	assert_int_equal(group.ooms, 2);
	assert_int_equal(group.kills, 3);
	assert_true(group.kills_known && !group.under_oom);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(oom_control_of_each_era_is_read),
		cmocka_unit_test(memory_events_is_read_with_keys_that_are_new),
		cmocka_unit_test(a_group_and_its_leaf_add_up),
		cmocka_unit_test(what_is_neither_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>

#include "base/cleanup.h"
#include "kmsg/wait_cycle.h"

#define HOLDS(claim) (1u << CLAIM_##claim)

/* The people of the freeze by OOM. */
#define JOURNAL                                                                                    \
	{                                                                                          \
		.pid = 1, .wants = CLAIM_HANDLES, .holds = HOLDS(COMMIT), .group = -1,             \
		.since_us = 5                                                                      \
	}
#define HOLDER                                                                                     \
	{                                                                                          \
		.pid = 2, .wants = CLAIM_MEMORY, .holds = HOLDS(HANDLES), .group = 0,              \
		.since_us = 7                                                                      \
	}
#define VICTIM                                                                                     \
	{                                                                                          \
		.pid = 3, .wants = CLAIM_COMMIT, .holds = HOLDS(MEMORY), .group = 0, .since_us = 6 \
	}

static bool find(struct wait_actor *a, unsigned int n, struct wait_cycle *ret)
{
	const struct wait_world w = { a, n, NULL };

	return wait_cycle_find(&w, ret);
}

static void journal_holder_and_victim_are_a_circle_that_begins_with_the_journal(void **state)
{
	struct wait_actor a[] = { VICTIM, HOLDER, JOURNAL };
	struct wait_cycle c;

	assert_true(find(a, 3, &c));
	assert_int_equal(c.count, 3);
	assert_int_equal(c.stuck, 3);
	assert_int_equal(a[c.members[0]].pid, 1);
	assert_int_equal(a[c.members[1]].pid, 2);
	assert_int_equal(a[c.members[2]].pid, 3);
	assert_int_equal(c.since_us, 7);
}

static void bystanders_that_wait_for_the_circle_are_stuck_but_not_in_it(void **state)
{
	struct wait_actor a[] = {
		{ .pid = 9, .wants = CLAIM_COMMIT, .group = 0, .since_us = 9 },
		{ .pid = 8, .wants = CLAIM_DIR, .group = 0 },
		{ .pid = 7, .wants = CLAIM_COMMIT, .holds = HOLDS(DIR), .group = 0 },
		JOURNAL,
		HOLDER,
		VICTIM,
		{ .pid = 6, .wants = CLAIM_NONE, .group = -1 },
	};
	struct wait_cycle c;

	assert_true(find(a, ARRAY_SIZE(a), &c));
	assert_int_equal(c.stuck, 6);
	assert_int_equal(c.count, 3);
	assert_int_equal(c.since_us, 7);
	assert_false(a[6].stuck);
}

/* Each differs from the circle in one point. */
static void who_may_be_freed_from_outside_is_not_stuck(void **state)
{
	struct wait_actor dies[] = { JOURNAL, HOLDER, VICTIM, VICTIM };
	struct wait_actor elsewhere[] = { JOURNAL, HOLDER, VICTIM };
	struct wait_actor device[] = { JOURNAL, HOLDER, VICTIM };
	struct wait_actor nobody_killed[] = { JOURNAL, HOLDER, VICTIM };
	struct wait_actor gets_memory[] = { JOURNAL, HOLDER, VICTIM };
	struct wait_cycle c;

	assert_true(find(dies, 3, &c));
	dies[3].wants = CLAIM_NONE; /* another victim, that can die */
	assert_false(find(dies, 4, &c));
	elsewhere[2].group = 1;
	assert_false(find(elsewhere, 3, &c));
	device[0].wants = CLAIM_NONE; /* the commit waits for its disk */
	assert_false(find(device, 3, &c));
	nobody_killed[2].holds = 0;
	assert_false(find(nobody_killed, 3, &c));
	gets_memory[1].wants = CLAIM_NONE;
	assert_false(find(gets_memory, 3, &c));
	assert_false(find(NULL, 0, &c));
}

static void a_victim_in_a_group_below_keeps_the_memory_of_the_one_above(void **state)
{
	static const int parents[] = { -1, 0, -1 };
	struct wait_actor a[] = { JOURNAL, HOLDER, VICTIM };
	const struct wait_world w = { a, 3, parents };
	struct wait_cycle c;

	a[2].group = 1;
	assert_true(wait_cycle_find(&w, &c));
	a[2].group = 2;
	assert_false(wait_cycle_find(&w, &c));
	a[1].group = 1; /* the limit is in the inner one, the victim outside */
	a[2].group = 0;
	assert_false(wait_cycle_find(&w, &c));
}

static void the_looping_task_may_itself_be_the_victim(void **state)
{
	struct wait_actor a[] = { JOURNAL, HOLDER };
	struct wait_cycle c;

	a[1].holds |= HOLDS(MEMORY);
	assert_true(find(a, 2, &c));
	assert_int_equal(c.count, 1);
	assert_int_equal(a[c.members[0]].pid, 2);
	assert_int_equal(c.stuck, 2);
}

static void one_stuck_handle_is_enough_whatever_the_others_do(void **state)
{
	struct wait_actor a[] = {
		JOURNAL, HOLDER, VICTIM, { .pid = 4, .holds = HOLDS(HANDLES), .group = -1 }
	};
	struct wait_cycle c;

	assert_true(find(a, 4, &c));
	assert_int_equal(c.count, 3);
}

static void two_that_lock_in_opposite_order_are_a_circle_unless_a_third_may_hold_it(void **state)
{
	struct wait_actor a[] = {
		{ .pid = 1, .wants = CLAIM_MMAP, .holds = HOLDS(FILE), .group = -1 },
		{ .pid = 2, .wants = CLAIM_FILE, .holds = HOLDS(MMAP), .group = -1 },
		{ .pid = 3, .wants = CLAIM_NONE, .holds = HOLDS(FILE), .group = -1 },
	};
	struct wait_cycle c;

	assert_true(find(a, 2, &c));
	assert_int_equal(c.count, 2);
	assert_false(find(a, 3, &c));
	a[2].holds = 0;
	assert_true(find(a, 3, &c));
	a[2].blurred = true; /* stands, nobody knows where, and may have any lock */
	assert_false(find(a, 3, &c));
}

static void owners_that_the_kernel_named_are_followed(void **state)
{
	struct wait_actor a[] = {
		{ .pid = 1, .owner_pid = 2, .wants = CLAIM_OWNER, .group = -1 },
		{ .pid = 2, .owner_pid = 3, .wants = CLAIM_OWNER, .group = -1 },
		{ .pid = 3, .owner_pid = 1, .wants = CLAIM_OWNER, .group = -1 },
	};
	struct wait_cycle c;

	assert_true(find(a, 3, &c));
	assert_int_equal(c.count, 3);
	a[2].owner_pid = 4;
	assert_false(find(a, 3, &c));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
			journal_holder_and_victim_are_a_circle_that_begins_with_the_journal),
		cmocka_unit_test(bystanders_that_wait_for_the_circle_are_stuck_but_not_in_it),
		cmocka_unit_test(who_may_be_freed_from_outside_is_not_stuck),
		cmocka_unit_test(a_victim_in_a_group_below_keeps_the_memory_of_the_one_above),
		cmocka_unit_test(the_looping_task_may_itself_be_the_victim),
		cmocka_unit_test(one_stuck_handle_is_enough_whatever_the_others_do),
		cmocka_unit_test(
			two_that_lock_in_opposite_order_are_a_circle_unless_a_third_may_hold_it),
		cmocka_unit_test(owners_that_the_kernel_named_are_followed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

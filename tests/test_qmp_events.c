/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What QEMU tells unasked: QMP's events around an answer, too many, and at its end. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>

#include "qmp_line.h"

static void events_around_an_answer_keep_their_order(void **state)
{
	struct line *l = *state;
	json_t *event;

	assert_int_equal(qmp_event(l->q, &event), 0);
	assert_false(qmp_pending(l->q));
	say(l, "{\"event\": \"STOP\", \"data\": 1}\n{\"event\": \"WATCHDOG\", \"data\": 2}\n"
	       "{\"id\": 2, \"return\": {}}\n{\"event\": \"RESUME\", \"data\": 3}\n");
	assert_int_equal(qmp_call(l->q, "stop", NULL, SURELY_US, NULL, NULL, 0), 0);
	assert_true(qmp_pending(l->q));
	is_event(l, "STOP", 1);
	is_event(l, "WATCHDOG", 2);
	is_event(l, "RESUME", 3);
	assert_int_equal(qmp_event(l->q, &event), 0);
	assert_false(qmp_pending(l->q));
}

static void events_that_nobody_takes_are_bounded_and_the_oldest_go(void **state)
{
	const int sent = QMP_EVENTS_MAX + 50;
	struct line *l = *state;
	char text[64 * (QMP_EVENTS_MAX + 50)];
	json_t *event;
	int n = 0;

	for (int i = 0; i < sent; i++)
		n += snprintf(text + n, sizeof(text) - (size_t)n,
			      "{\"event\": \"RTC_CHANGE\", \"data\": %d}\n", i);
	say(l, text);
	for (int i = 50; i < sent; i++)
		is_event(l, "RTC_CHANGE", i);
	assert_int_equal(qmp_event(l->q, &event), 0);
	assert_int_equal(qmp_events_lost(l->q), 50);
}

static void events_before_the_end_are_handed_out_first(void **state)
{
	struct line *l = *state;
	json_t *event;

	say(l, "{\"event\": \"GUEST_PANICKED\"}\n{\"event\": \"SHUTDOWN\"}\n{\"event\": \"half");
	hang_up(l);
	is_event(l, "GUEST_PANICKED", -1);
	is_event(l, "SHUTDOWN", -1);
	assert_int_equal(qmp_event(l->q, &event), -EPIPE);
	assert_true(qmp_pending(l->q));
}

static void call_collects_the_last_events_of_a_qemu_that_is_gone(void **state)
{
	struct line *l = *state;
	json_t *event;
	char why[128];

	say(l, "{\"event\": \"SHUTDOWN\"}\n");
	hang_up(l);
	assert_int_equal(qmp_call(l->q, "cont", NULL, SURELY_US, NULL, why, sizeof(why)), -EPIPE);
	assert_string_equal(why, "QEMU ended before it answered cont");
	is_event(l, "SHUTDOWN", -1);
	assert_int_equal(qmp_event(l->q, &event), -EPIPE);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		ON_A_LINE(events_around_an_answer_keep_their_order),
		ON_A_LINE(events_that_nobody_takes_are_bounded_and_the_oldest_go),
		ON_A_LINE(events_before_the_end_are_handed_out_first),
		ON_A_LINE(call_collects_the_last_events_of_a_qemu_that_is_gone),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

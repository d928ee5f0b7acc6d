/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A guest's journal, followed line by line from outside. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "vm/host/story.h"

static enum story_step tell(struct story *s, const char *line, char say[256])
{
	return story_line(s, line, strlen(line), say, 256);
}

static void findings_that_count_are_said_and_counted(void **state)
{
	struct story s = { 0 };
	char say[256];

	assert_int_equal(
		tell(&s,
		     "{\"seq\":3,\"t\":12.5,\"event\":\"finding\",\"judged\":\"expected\","
		     "\"kind\":\"hung-task\",\"watcher\":\"kmsg\",\"text\":\"INFO: task\"}",
		     say),
		STORY_FINDING);
	assert_string_equal(say, "expected hung-task, noticed by kmsg: INFO: task");
	assert_int_equal(s.faults, 1);
	assert_true(s.t > 12.4 && s.t < 12.6);
}

static void the_kernels_time_of_what_was_told_is_kept(void **state)
{
	struct story s = { 0 };
	char say[256];

	tell(&s, "{\"event\":\"finding\",\"judged\":\"note\",\"kernel_us\":12000000}", say);
	tell(&s, "{\"event\":\"finding\",\"judged\":\"other\",\"kernel_us\":9000000}", say);
	tell(&s, "{\"event\":\"finding\",\"judged\":\"other\",\"kernel_us\":-1}", say);
	tell(&s, "{\"event\":\"finding\",\"judged\":\"other\"}", say);
	assert_int_equal(s.told_us, 12000000);
}

static void noise_and_repeats_are_passed_over(void **state)
{
	static const char *const lines[] = {
		"{\"event\":\"finding\",\"judged\":\"allowed\",\"kind\":\"oom-kill\"}",
		"{\"event\":\"finding\",\"judged\":\"note\",\"kind\":\"pressure\"}",
		"{\"event\":\"finding\",\"judged\":\"other\",\"kind\":\"oops\",\"more_of\":1}",
		"{\"event\":\"finding\",\"judged\":7}",
		"{\"event\":\"finding\"}",
	};
	struct story s = { 0 };
	char say[256];

	for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++)
		assert_int_equal(tell(&s, lines[i], say), STORY_QUIET);
	assert_int_equal(s.faults, 0);
}

static void the_trigger_asks_until_it_is_answered(void **state)
{
	struct story s = { 0 };
	char say[256];

	assert_int_equal(
		tell(&s, "{\"event\":\"trigger\",\"name\":\"none\",\"result\":\"done\"}", say),
		STORY_QUIET);
	assert_false(s.asked);
	assert_int_equal(
		tell(&s, "{\"event\":\"trigger\",\"name\":\"vm\",\"result\":\"asked\"}", say),
		STORY_ASKED);
	assert_true(s.asked);
	assert_int_equal(
		tell(&s, "{\"event\":\"trigger\",\"name\":\"vm\",\"result\":\"done\"}", say),
		STORY_QUIET);
	assert_false(s.asked);
}

static void copies_alive_are_starts_less_exits(void **state)
{
	struct story s = { 0 };
	char say[256];

	tell(&s, "{\"event\":\"exit\",\"copy\":0}", say);
	assert_int_equal(s.alive, 0);
	tell(&s, "{\"event\":\"spawn\",\"copy\":0}", say);
	tell(&s, "{\"event\":\"spawn\",\"copy\":1}", say);
	tell(&s, "{\"event\":\"exit\",\"copy\":0}", say);
	assert_int_equal(s.alive, 1);
}

static void the_verdict_is_kept_with_its_reason(void **state)
{
	struct story s = { 0 };
	char say[256];

	assert_int_equal(tell(&s, "{\"event\":\"verdict\",\"verdict\":\"MAYBE\"}", say),
			 STORY_QUIET);
	assert_false(s.ended);
	assert_int_equal(tell(&s,
			      "{\"event\":\"verdict\",\"verdict\":\"REPRODUCED\",\"reason\":\"r\"}",
			      say),
			 STORY_ENDED);
	assert_true(s.ended);
	assert_int_equal(s.verdict, VERDICT_REPRODUCED);
	assert_string_equal(s.reason, "r");
}

static void what_is_no_object_is_passed_over(void **state)
{
	static const char *const lines[] = { "",        "[]",          "7",
					     "{",       "{\"event\":", "{\"event\":{}}",
					     "\xff\xfe" };
	struct story s = { 0 };
	char say[256];

	for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++)
		assert_int_equal(tell(&s, lines[i], say), STORY_QUIET);
	assert_int_equal(s.lines, sizeof(lines) / sizeof(lines[0]));
	assert_false(s.began || s.asked || s.ended);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(findings_that_count_are_said_and_counted),
		cmocka_unit_test(the_kernels_time_of_what_was_told_is_kept),
		cmocka_unit_test(noise_and_repeats_are_passed_over),
		cmocka_unit_test(the_trigger_asks_until_it_is_answered),
		cmocka_unit_test(copies_alive_are_starts_less_exits),
		cmocka_unit_test(the_verdict_is_kept_with_its_reason),
		cmocka_unit_test(what_is_no_object_is_passed_over),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a tally comes to, and what each face shows of it: exit codes that git bisect reads rightly
 * above all.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <errno.h>
#include <string.h>

#include "base/cleanup.h"
#include "verdict.h"

static void worse_news_outrank_better(void **state)
{
	static const struct {
		struct tally tally;
		enum verdict want;
	} cases[] = {
		{ { .expected = 0 }, VERDICT_SURVIVED },
		{ { .stopped_early = true }, VERDICT_INCONCLUSIVE },
		{ { .skipped = true, .stopped_early = true }, VERDICT_SKIPPED },
		{ { .broken = 1, .skipped = true, .stopped_early = true }, VERDICT_BROKEN },
		{ { .other = 1, .broken = 1, .skipped = true, .stopped_early = true },
		  VERDICT_OTHER_FAULT },
		{ { .record_lost = true, .other = 1 }, VERDICT_BROKEN },
		{ { .expected = 1,
		    .record_lost = true,
		    .other = 1,
		    .broken = 1,
		    .stopped_early = true },
		  VERDICT_REPRODUCED },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++)
		assert_int_equal(verdict_decide(&cases[i].tally), cases[i].want);
}

static void each_face_shows_the_verdict_as_the_table_says(void **state)
{
	static const struct {
		enum verdict verdict;
		const char *name;
		int code, code_any;
		bool ok;
		const char *directive, *junit, *kcidb;
	} cases[] = {
		{ VERDICT_SURVIVED, "SURVIVED", 0, 0, true, NULL, NULL, "PASS" },
		{ VERDICT_REPRODUCED, "REPRODUCED", 1, 1, false, NULL, "failure", "FAIL" },
		{ VERDICT_OTHER_FAULT, "OTHER_FAULT", 125, 1, false, "ERROR", "error", "FAIL" },
		{ VERDICT_SKIPPED, "SKIPPED", 125, 125, true, "SKIP", "skipped", "SKIP" },
		{ VERDICT_INCONCLUSIVE, "INCONCLUSIVE", 125, 125, true, "SKIP", "skipped", "DONE" },
		{ VERDICT_BROKEN, "BROKEN", 128, 128, false, "ERROR", "error", "ERROR" },
	};

	assert_int_equal(ARRAY_SIZE(cases), VERDICT_COUNT);
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		enum verdict v = cases[i].verdict, back;
		const char *directive;
		bool ok;

		assert_string_equal(verdict_name(v), cases[i].name);
		assert_int_equal(verdict_parse(cases[i].name, &back), 0);
		assert_int_equal(back, v);
		assert_int_equal(verdict_exit_code(v, false), cases[i].code);
		assert_int_equal(verdict_exit_code(v, true), cases[i].code_any);
		verdict_ktap(v, false, &ok, &directive);
		assert_int_equal(ok, cases[i].ok);
		assert_true(!directive == !cases[i].directive);
		if (directive)
			assert_string_equal(directive, cases[i].directive);
		assert_true(!verdict_junit(v, false) == !cases[i].junit);
		if (cases[i].junit)
			assert_string_equal(verdict_junit(v, false), cases[i].junit);
		assert_string_equal(verdict_kcidb(v), cases[i].kcidb);
	}
}

static void a_positive_control_turns_the_first_two_around(void **state)
{
	const char *directive;
	bool ok;

	verdict_ktap(VERDICT_REPRODUCED, true, &ok, &directive);
	assert_true(ok);
	assert_null(directive);
	assert_null(verdict_junit(VERDICT_REPRODUCED, true));
	verdict_ktap(VERDICT_SURVIVED, true, &ok, &directive);
	assert_false(ok);
	assert_null(directive);
	assert_string_equal(verdict_junit(VERDICT_SURVIVED, true), "failure");
	verdict_ktap(VERDICT_SKIPPED, true, &ok, &directive);
	assert_true(ok);
	assert_string_equal(directive, "SKIP");
	assert_string_equal(verdict_junit(VERDICT_OTHER_FAULT, true), "error");
}

static void what_is_no_verdict_is_refused_or_broken(void **state)
{
	enum verdict v = VERDICT_SKIPPED;

	assert_int_equal(verdict_parse("survived", &v), -EINVAL);
	assert_int_equal(verdict_parse("", &v), -EINVAL);
	assert_int_equal(v, VERDICT_SKIPPED);
	assert_string_equal(verdict_name((enum verdict)99), "BROKEN");
	assert_int_equal(verdict_exit_code((enum verdict) - 1, true), 128);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(worse_news_outrank_better),
		cmocka_unit_test(each_face_shows_the_verdict_as_the_table_says),
		cmocka_unit_test(a_positive_control_turns_the_first_two_around),
		cmocka_unit_test(what_is_no_verdict_is_refused_or_broken),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>

#include "scenario/suggest.h"

static const char *const keys[] = { "memory", "high", "swap", "pids", "cpu",
				    "cpuset", "min",  "max",  NULL };

static void distance_counts_edits(void **state)
{
	static const struct {
		const char *a, *b;
		size_t distance;
	} cases[] = {
		{ "", "", 0 },
		{ "memory", "memory", 0 },
		{ "memory", "memroy", 1 },
		{ "memory", "memor", 1 },
		{ "memory", "memoryy", 1 },
		{ "memory", "mamory", 1 },
		{ "", "abc", 3 },
		{ "abc", "", 3 },
		{ "kitten", "sitting", 3 },
		{ "ca", "abc", 3 },
		{ "abcd", "badc", 2 },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		assert_int_equal(suggest_distance(cases[i].a, cases[i].b), cases[i].distance);
		assert_int_equal(suggest_distance(cases[i].b, cases[i].a), cases[i].distance);
	}
}

static void words_too_long_are_never_near(void **state)
{
	char longest[SUGGEST_WORD_MAX + 1], longer[SUGGEST_WORD_MAX + 2];

	memset(longest, 'a', SUGGEST_WORD_MAX);
	longest[SUGGEST_WORD_MAX] = '\0';
	memset(longer, 'a', SUGGEST_WORD_MAX + 1);
	longer[SUGGEST_WORD_MAX + 1] = '\0';
	assert_int_equal(suggest_distance(longest, longest), 0);
	assert_int_equal(suggest_distance(longer, longer), SUGGEST_WORD_MAX);
}

static void nearest_word_is_found(void **state)
{
	assert_string_equal(suggest_nearest("memroy", keys), "memory");
	assert_string_equal(suggest_nearest("pid", keys), "pids");
	assert_string_equal(suggest_nearest("cpusets", keys), "cpuset");
	assert_string_equal(suggest_nearest("hgih", keys), "high");
}

static void words_near_nothing_get_no_suggestion(void **state)
{
	assert_null(suggest_nearest("zebra", keys));
	assert_null(suggest_nearest("", keys));
	assert_null(suggest_nearest("low", keys));
	assert_null(suggest_nearest("mem", keys)); /* three letters away */
}

static void list_names_all_words(void **state)
{
	static const char *const one[] = { "loop", NULL };
	static const char *const none[] = { NULL };
	char buf[128];

	assert_string_equal(suggest_list(one, 8, buf, sizeof(buf)), "allowed: \"loop\"");
	assert_string_equal(suggest_list(keys + 5, 8, buf, sizeof(buf)),
			    "allowed: \"cpuset\", \"min\" or \"max\"");
	assert_string_equal(suggest_list(none, 8, buf, sizeof(buf)), "");
	assert_string_equal(suggest_list(keys, 7, buf, sizeof(buf)), "");
}

static void list_is_cut_at_a_word(void **state)
{
	char buf[36];

	assert_string_equal(suggest_list(keys, 8, buf, sizeof(buf)),
			    "allowed: \"memory\", \"high\", ...");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(distance_counts_edits),
		cmocka_unit_test(words_too_long_are_never_near),
		cmocka_unit_test(nearest_word_is_found),
		cmocka_unit_test(words_near_nothing_get_no_suggestion),
		cmocka_unit_test(list_names_all_words),
		cmocka_unit_test(list_is_cut_at_a_word),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

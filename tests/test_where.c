/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>

#include "scenario/where.h"

static const char text[] =
	"{\n"
	"\t\"name\": \"x\",\n"
	"  \"a \\\"quoted\\\" key\": [1, {\"in\": null}, [ ], \"]}\\\"\" , -2.5e3],\n"
	"  \"m\\u0065m\": {\"deep\": {\"deeper\": true}}, \"caf\xc3\xa9\": 1, \"last\": 2\n"
	"}\n";

static void check(const struct where_step *steps, size_t n, enum where_what what, unsigned int line,
		  unsigned int column)
{
	unsigned int is_line = 0, is_column = 0;

	assert_true(where_find(text, strlen(text), steps, n, what, &is_line, &is_column));
	assert_int_equal(is_line, line);
	assert_int_equal(is_column, column);
}

static void members_are_found_by_key_and_value(void **state)
{
	const struct where_step name[] = { { "name", 0 } }, last[] = { { "last", 0 } };

	check(name, 1, WHERE_KEY, 2, 2);
	check(name, 1, WHERE_VALUE, 2, 10);
	check(last, 1, WHERE_KEY, 4, 55);
	check(NULL, 0, WHERE_VALUE, 1, 1);
}

static void elements_are_found_behind_every_kind_of_value(void **state)
{
	const char *key = "a \"quoted\" key";
	const struct where_step first[] = { { key, 0 }, { NULL, 0 } };
	const struct where_step inner[] = { { key, 0 }, { NULL, 1 }, { "in", 0 } };
	const struct where_step last[] = { { key, 0 }, { NULL, 4 } };

	check(first, 2, WHERE_VALUE, 3, 24);
	check(inner, 3, WHERE_KEY, 3, 28);
	check(last, 2, WHERE_VALUE, 3, 55);
	check(last, 2, WHERE_KEY, 3, 55); /* an element has no key */
}

static void escaped_keys_are_compared_as_decoded(void **state)
{
	const struct where_step deeper[] = { { "mem", 0 }, { "deep", 0 }, { "deeper", 0 } };

	check(deeper, 3, WHERE_KEY, 4, 25);
}

static void columns_count_bytes(void **state)
{
	const struct where_step cafe[] = { { "caf\xc3\xa9", 0 } };

	check(cafe, 1, WHERE_VALUE, 4, 52);
}

static void steps_that_lead_nowhere_are_refused(void **state)
{
	const struct where_step unknown[] = { { "nothing", 0 } },
				into_text[] = { { "name", 0 }, { "x", 0 } };
	const struct where_step past_end[] = { { "a \"quoted\" key", 0 }, { NULL, 5 } };
	const struct where_step of_empty[] = { { "a \"quoted\" key", 0 },
					       { NULL, 2 },
					       { NULL, 0 } };
	unsigned int line = 7, column = 8;

	assert_false(where_find(text, strlen(text), unknown, 1, WHERE_KEY, &line, &column));
	assert_false(where_find(text, strlen(text), into_text, 2, WHERE_KEY, &line, &column));
	assert_false(where_find(text, strlen(text), past_end, 2, WHERE_VALUE, &line, &column));
	assert_false(where_find(text, strlen(text), of_empty, 3, WHERE_VALUE, &line, &column));
	assert_int_equal(line, 7);
	assert_int_equal(column, 8);
}

/* No promise is made for text that is not valid, but it must not be read past its end. */
static void cut_text_is_never_overrun(void **state)
{
	const struct where_step steps[] = { { "a \"quoted\" key", 0 }, { NULL, 4 } };
	unsigned int line, column;

	for (size_t size = 0; size < strlen(text); size++) {
		char *cut = test_malloc(size + 1);

		memcpy(cut, text, size);
		where_find(cut, size, steps, 2, WHERE_VALUE, &line, &column);
		test_free(cut);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(members_are_found_by_key_and_value),
		cmocka_unit_test(elements_are_found_behind_every_kind_of_value),
		cmocka_unit_test(escaped_keys_are_compared_as_decoded),
		cmocka_unit_test(columns_count_bytes),
		cmocka_unit_test(steps_that_lead_nowhere_are_refused),
		cmocka_unit_test(cut_text_is_never_overrun),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

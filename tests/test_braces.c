/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Words in braces found and replaced. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <errno.h>
#include <string.h>

#include "base/braces.h"
#include "base/cleanup.h"

static const struct find {
	const char *text, *opening;
	int returns;
	const char *name, *rest;
} finds[] = {
	{ "a{group:v}b", "{group:", 1, "v", "b" },
	{ "{group:o/i},{group:v}", "{group:", 1, "o/i", ",{group:v}" },
	{ "{group:}", "{group:", 1, "", "" },
	{ "{group:a{group:b}", "{group:", 1, "a{group:b", "" },
	{ "a{scratch}b", "{scratch}", 1, "", "b" },
	{ "{scratch}}", "{scratch}", 1, "", "}" },
	{ "", "{group:", 0, NULL, NULL },
	{ "{group}{Group:v}", "{group:", 0, NULL, NULL },
	{ "{scratch", "{scratch}", 0, NULL, NULL },
	{ "{group:v", "{group:", -EINVAL, NULL, NULL },
	{ "}{group:", "{group:", -EINVAL, NULL, NULL },
};

static void words_are_found_with_their_names(void **state)
{
	for (size_t i = 0; i < ARRAY_SIZE(finds); i++) {
		struct brace_word word;

		assert_int_equal(braces_find(finds[i].text, finds[i].opening, &word),
				 finds[i].returns);
		if (finds[i].returns <= 0)
			continue;
		assert_string_equal(word.name, finds[i].name);
		assert_string_equal(word.end, finds[i].rest);
		assert_memory_equal(word.begin, finds[i].opening, strlen(finds[i].opening));
	}
}

static void a_long_name_is_cut_but_the_word_is_whole(void **state)
{
	char text[1024] = "{group:";
	struct brace_word word;

	memset(text + 7, 'n', 900);
	strcpy(text + 907, "}x");
	assert_int_equal(braces_find(text, "{group:", &word), 1);
	assert_int_equal(strlen(word.name), sizeof(word.name) - 1);
	assert_string_equal(word.end, "x");
}

/* Each word becomes @ctx, its name and ">"; "self" stays itself and "bad" is refused. */
static int say(FILE *to, const struct brace_word *word, const void *ctx)
{
	if (!strcmp(word->name, "bad"))
		return -EXDEV;
	if (!strcmp(word->name, "self"))
		fprintf(to, "%.*s", (int)(word->end - word->begin), word->begin);
	else
		fprintf(to, "%s%s>", (const char *)ctx, word->name);
	return 0;
}

static const struct expansion {
	const char *text, *opening;
	int returns;
	const char *becomes;
} expansions[] = {
	{ "nothing", "{group:", 0, "nothing" },
	{ "", "{group:", 0, "" },
	{ "{group:a}", "{group:", 0, "<a>" },
	{ "x{group:a},{group:b}y", "{group:", 0, "x<a>,<b>y" },
	{ "{scratch}/a{scratch}", "{scratch}", 0, "<>/a<>" },
	{ "{scratch}{group:a}", "{scratch}", 0, "<>{group:a}" },
	{ "{group:self}{group:a}", "{group:", 0, "{group:self}<a>" },
	{ "{group:a}{group:b", "{group:", 0, "<a>{group:b" },
	{ "{group:a}{group:bad}", "{group:", -EXDEV, NULL },
};

static void each_word_is_replaced_once(void **state)
{
	for (size_t i = 0; i < ARRAY_SIZE(expansions); i++) {
		_cleanup_free_ char *out = NULL;

		assert_int_equal(
			braces_expand(expansions[i].text, expansions[i].opening, say, "<", &out),
			expansions[i].returns);
		if (expansions[i].becomes)
			assert_string_equal(out, expansions[i].becomes);
		else
			assert_null(out);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(words_are_found_with_their_names),
		cmocka_unit_test(a_long_name_is_cut_but_the_word_is_whole),
		cmocka_unit_test(each_word_is_replaced_once),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

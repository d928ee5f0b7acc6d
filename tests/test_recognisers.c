/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdbool.h>

#include "kmsg/noise.h"
#include "kmsg/recognisers.h"
#include "kmsg_log.h"

/* One row of headlines.txt at a time: "row TAB origin TAB line". */
static char *next_fixture(char **text, char **name, char **line)
{
	char *p;

	while ((p = strsep(text, "\n"))) {
		if (!*p || *p == '#')
			continue;
		*name = strsep(&p, "\t");
		strsep(&p, "\t");
		*line = p;
		if (p)
			return p;
		fail_msg("no tabs in '%s'", *name);
	}
	return NULL;
}

static const char *bare(const char *line)
{
	struct kmsg_record r;

	kmsg_line_parse(line, &r);
	return r.text;
}

static bool form_has_a_line(const struct recogniser *row, unsigned int form)
{
	char *text = test_data("kmsg/headlines.txt"), *p = text, *name, *line;
	bool found = false;

	assert_non_null(text);
	while (!found && next_fixture(&p, &name, &line)) {
		struct kmsg_fields k = { .cpu = -1 };

		found = !strcmp(name, row->name) && pattern_match(row->forms[form], bare(line), &k);
	}
	free(text);
	return found;
}

#define for_each_row(row)                                                                          \
	for (unsigned int fam_ = 0; recogniser_families[fam_]; fam_++)                             \
		for (const struct recogniser *row = recogniser_families[fam_]->rows;               \
		     row < recogniser_families[fam_]->rows + recogniser_families[fam_]->count;     \
		     row++)

static void every_form_of_every_row_has_a_line_of_log(void **state)
{
	for_each_row(row)
	{
		assert_non_null(row->forms[0]);
		assert_non_null(row->eras);
		for (unsigned int i = 0; i < RECOGNISER_FORMS && row->forms[i]; i++)
			if (!form_has_a_line(row, i))
				fail_msg("%s: no line in headlines.txt for '%s'", row->name,
					 row->forms[i]);
	}
}

static void a_row_without_its_line_would_be_noticed(void **state)
{
	const struct recogniser row = { "hung-task",
					FINDING_HUNG_TASK,
					ROLE_REPORT,
					"none",
					{ "INFO: nobody ever said this" } };

	assert_false(form_has_a_line(&row, 0));
}

static void every_line_is_recognised_by_its_row_and_no_other(void **state)
{
	char *text = test_data("kmsg/headlines.txt"), *p = text, *name, *line;
	unsigned int lines = 0;

	assert_non_null(text);
	while (next_fixture(&p, &name, &line)) {
		const char *words = bare(line);
		struct kmsg_fields k;
		unsigned int form;

		for_each_row(row) if (recogniser_matches(row, words, &k, &form) !=
				      !strcmp(row->name, name))
			fail_msg("row %s and the line of %s: %s", row->name, name, words);
		assert_non_null(recognise(words, &k));
		lines++;
	}
	assert_true(lines > 150);
	free(text);
}

static void names_of_rows_are_unique(void **state)
{
	for_each_row(a)
	{
		unsigned int same = 0;

		for (unsigned int f = 0; recogniser_families[f]; f++)
			for (unsigned int i = 0; i < recogniser_families[f]->count; i++)
				same += !strcmp(recogniser_families[f]->rows[i].name, a->name);
		assert_int_equal(same, 1);
	}
}

static void a_symptom_in_the_middle_of_a_line_is_none(void **state)
{
	char *text = test_data("kmsg/headlines.txt"), *p = text, *name, *line;
	char moved[1200];
	struct kmsg_fields k;

	while (next_fixture(&p, &name, &line)) {
		snprintf(moved, sizeof(moved), "a driver says %s", bare(line));
		/* a page allocation failure begins with any comm, even one with spaces; and a
		 * network device's name with its driver's */
		if (recognise(moved, &k) && !strstr(moved, "page alloc") &&
		    !strstr(moved, "vmalloc") && !strstr(moved, "vmemmap alloc") &&
		    !strstr(moved, "oom-killer") && !strstr(moved, "NETDEV WATCHDOG: CPU"))
			fail_msg("%s", moved);
	}
	free(text);
}

static void noise_is_noise_and_each_row_of_it_has_its_line(void **state)
{
	char *text = test_data("kmsg/noise.txt"), *p = text, *line;
	bool named = true, used[128] = { false };
	struct kmsg_fields k;

	assert_non_null(text);
	assert_true(noise_count < 128);
	while ((line = strsep(&p, "\n"))) {
		if (!*line || *line == '#')
			continue;
		if (!strncmp(line, "-----", 5)) {
			named = false;
			continue;
		}
		if (named && !noise_is(bare(line)))
			fail_msg("not known as noise: %s", line);
		for (unsigned int i = 0; i < noise_count; i++)
			used[i] = used[i] || pattern_match(noise_rows[i].form, bare(line), &k);
		if (recognise(bare(line), &k))
			fail_msg("taken for a fault: %s", line);
	}
	for (unsigned int i = 0; i < noise_count; i++)
		if (!used[i])
			fail_msg("no line for '%s'", noise_rows[i].form);
	free(text);
}

static void fields_are_taken_from_where_they_stand(void **state)
{
	struct kmsg_fields k;

	assert_non_null(
		recognise("INFO: task a:b c:12:345 blocked for more than 122 seconds.", &k));
	assert_string_equal(k.comm, "a:b c:12");
	assert_int_equal(k.pid, 345);
	assert_float_equal(k.seconds, 122, 0.01);
	assert_non_null(recognise(
		"watchdog: BUG: soft lockup - CPU#58 stuck for 23s! [ksoftirqd/58:302]", &k));
	assert_int_equal(k.cpu, 58);
	assert_string_equal(k.comm, "ksoftirqd/58");
	assert_int_equal(k.pid, 302);
	assert_non_null(recognise("Task in /a b/c killed as a result of limit of /a b", &k));
	assert_string_equal(k.group, "/a b");
}

static void a_pattern_is_anchored_in_front_and_open_behind(void **state)
{
	struct kmsg_fields k;

	assert_true(pattern_match("abc", "abcdef", &k));
	assert_false(pattern_match("abc", "xabc", &k));
	assert_true(pattern_match("a{*}c{*}e", "a-c-c-e", &k));
	assert_false(pattern_match("a{n}c", "axc", &k));
	assert_true(pattern_match("{x} [#", "0000 [#1]", &k));
	assert_true(pattern_match("{what}", "", &k));
	assert_true(pattern_match("{comm}/{pid}{end}", "kworker/1:2/1204", &k));
	assert_string_equal(k.comm, "kworker/1:2");
	assert_int_equal(k.pid, 1204);
	assert_false(pattern_match("{comm}/{pid}{end}", "kworker/1:2", &k));
	assert_true(pattern_match("{n}{end}", "12", &k));
	assert_false(pattern_match("{n}{end}", "12 ", &k));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_form_of_every_row_has_a_line_of_log),
		cmocka_unit_test(a_row_without_its_line_would_be_noticed),
		cmocka_unit_test(every_line_is_recognised_by_its_row_and_no_other),
		cmocka_unit_test(names_of_rows_are_unique),
		cmocka_unit_test(a_symptom_in_the_middle_of_a_line_is_none),
		cmocka_unit_test(noise_is_noise_and_each_row_of_it_has_its_line),
		cmocka_unit_test(fields_are_taken_from_where_they_stand),
		cmocka_unit_test(a_pattern_is_anchored_in_front_and_open_behind),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

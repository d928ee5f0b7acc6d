/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The key table against what rests on it: the schema in the tree, the manual page, the shipped
 * scenarios. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/textfile.h"
#include "finding.h"
#include "scenario/keys.h"
#include "scenario/schema.h"
#include "tracing/sets.h"

/* A file of the source tree, whole; the caller's to free. */
static char *source(const char *name)
{
	_cleanup_free_ char *path = NULL;
	char *text = NULL;
	size_t size;

	assert_true(asprintf(&path, "%s/../../%s", getenv("HANGAR_TEST_DATA"), name) > 0);
	if (textfile_load(path, 0, &text, &size) < 0)
		fail_msg("%s cannot be read", path);
	return text;
}

static void every_row_is_complete(void **state)
{
	for (const struct object *const *o = all_objects; *o; o++)
		for (const struct key *k = (*o)->keys; k->name; k++) {
			if (!k->help || !k->help[0])
				fail_msg("%s.%s has no help", (*o)->name, k->name);
			if (!k->required && k->type != KEY_BOOL && !k->fallback == !k->absent)
				fail_msg("%s.%s does not say what it is when it is absent",
					 (*o)->name, k->name);
			if (k->max && k->min > k->max)
				fail_msg("%s.%s allows nothing", (*o)->name, k->name);
			if ((k->type == KEY_OBJECT || k->type == KEY_OBJECTS) && !k->object)
				fail_msg("%s.%s has no object", (*o)->name, k->name);
			if (k->type == KEY_OWN && (!k->read || !k->schema))
				fail_msg("%s.%s has no reader or schema", (*o)->name, k->name);
			if ((k->type == KEY_WORD || k->type == KEY_CHOICE ||
			     k->type == KEY_EITHER || k->type == KEY_WORDS) &&
			    !k->words)
				fail_msg("%s.%s has no words", (*o)->name, k->name);
			assert_ptr_equal(key_find(*o, k->name), k); /* no name twice */
		}
}

static bool is_listed(const struct object *object)
{
	for (const struct object *const *o = all_objects; *o; o++)
		if (*o == object)
			return true;
	return false;
}

static void every_object_is_listed_once(void **state)
{
	for (const struct object *const *o = all_objects; *o; o++) {
		assert_ptr_equal(object_named((*o)->name), *o);
		for (const struct key *k = (*o)->keys; k->name; k++)
			if (k->object)
				assert_true(is_listed(k->object));
	}
	assert_null(object_named("nothing"));
}

static void schema_in_the_tree_is_that_of_the_table(void **state)
{
	_cleanup_free_ char *text = source("scenarios/schema.json");
	json_t *in_tree = json_loads(text, 0, NULL), *made = schema_make();

	assert_non_null(in_tree);
	assert_non_null(made);
	if (!json_equal(in_tree, made))
		fail_msg("hangar check --schema > scenarios/schema.json");
	json_decref(in_tree);
	json_decref(made);
}

/* In the page a key is an item: ".It Cm memory", with its value behind it or not. */
static bool is_item(const char *page, const char *word)
{
	_cleanup_free_ char *item = NULL;
	size_t length;

	assert_true(asprintf(&item, "\n.It Cm %s", word) > 0);
	length = strlen(item);
	for (const char *p = page; (p = strstr(p, item)); p++)
		if (strchr(" \n", p[length]))
			return true;
	return false;
}

/* The part of the page that begins with ".\" object NAME". */
static char *part_of(const char *page, const char *object)
{
	_cleanup_free_ char *mark = NULL;
	const char *start, *end;

	assert_true(asprintf(&mark, "\n.\\\" object %s\n", object) > 0);
	start = strstr(page, mark);
	if (!start)
		return NULL;
	end = strstr(start + strlen(mark), "\n.\\\" object ");
	return end ? strndup(start, (size_t)(end - start) + 1) : strdup(start);
}

static void every_key_is_in_the_manual_page(void **state)
{
	_cleanup_free_ char *page = source("runner/man/hangar-scenario.5");

	for (const struct object *const *o = all_objects; *o; o++) {
		_cleanup_free_ char *part = part_of(page, (*o)->name);

		if (!part) {
			fail_msg("the page has no part on object %s", (*o)->name);
			return;
		}
		for (const struct key *k = (*o)->keys; k->name; k++)
			if (!is_item(part, k->name))
				fail_msg("the page does not tell of %s in %s", k->name, (*o)->name);
	}
}

static void every_word_and_default_is_in_the_manual_page(void **state)
{
	_cleanup_free_ char *page = source("runner/man/hangar-scenario.5");

	for (const struct object *const *o = all_objects; *o; o++) {
		_cleanup_free_ char *part = part_of(page, (*o)->name);

		for (const struct key *k = (*o)->keys; part && k->name; k++) {
			for (const char *const *w = k->words; w && *w; w++)
				if (!strstr(part, *w))
					fail_msg("%s of %s: %s is missing", k->name, (*o)->name,
						 *w);
			if (k->fallback && !strstr(part, k->fallback))
				fail_msg("%s of %s: default %s is missing", k->name, (*o)->name,
					 k->fallback);
		}
	}
}

static void every_kind_of_finding_is_in_the_manual_page(void **state)
{
	_cleanup_free_ char *page = source("runner/man/hangar-scenario.5");

	for (int k = FINDING_NONE + 1; k < FINDING_KIND_COUNT; k++)
		if (!is_item(page, finding_kind_name((enum finding_kind)k)))
			fail_msg("the page does not tell of %s",
				 finding_kind_name((enum finding_kind)k));
}

static void every_set_of_events_is_in_the_manual_page(void **state)
{
	_cleanup_free_ char *page = source("runner/man/hangar-scenario.5");
	_cleanup_free_ char *part = part_of(page, "trace");

	assert_non_null(part);
	for (const struct trace_set *s = trace_sets; part && s->name; s++) {
		_cleanup_free_ char *item = NULL;

		assert_true(asprintf(&item, "\n.It Ql %s\n", s->name) > 0);
		if (!strstr(part, item))
			fail_msg("the page does not tell of the events %s", s->name);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_row_is_complete),
		cmocka_unit_test(every_object_is_listed_once),
		cmocka_unit_test(schema_in_the_tree_is_that_of_the_table),
		cmocka_unit_test(every_key_is_in_the_manual_page),
		cmocka_unit_test(every_word_and_default_is_in_the_manual_page),
		cmocka_unit_test(every_kind_of_finding_is_in_the_manual_page),
		cmocka_unit_test(every_set_of_events_is_in_the_manual_page),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

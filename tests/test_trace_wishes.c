/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a scenario wants traced: sets of events, and how each is had on this kernel. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "trace_tree.h"
#include "tracing/late_tracefs.h"
#include "tracing/sets.h"
#include "tracing/wishes.h"

static void take(const char *file)
{
	char path[512];

	snprintf(path, sizeof(path), "%s/%s", root, file);
	assert_int_equal(unlink(path), 0);
}

static void every_row_is_of_a_set_and_spelled_right(void **state)
{
	for (const struct trace_row *r = trace_rows; r->set; r++) {
		assert_true(trace_set_known(r->set));
		assert_true(r->event || r->probe);
		assert_true(!r->event || trace_event_spelled(r->event));
		for (const char *at = r->probe; at && *at; at += strspn(at, " ")) {
			char function[128];

			snprintf(function, sizeof(function), "%.*s", (int)strcspn(at, " "), at);
			assert_true(trace_function_spelled(function));
			at += strlen(function);
		}
	}
	for (const struct trace_set *s = trace_sets; s->name; s++) {
		unsigned int rows = 0;

		for (const struct trace_row *r = trace_rows; r->set; r++)
			rows += !strcmp(r->set, s->name);
		assert_true(rows > 0);
		assert_false(trace_event_spelled(s->name)); /* a word is one or the other */
	}
}

static void names_that_lead_out_of_tracefs_are_no_events(void **state)
{
	static const char *const bad[] = { "",     "/",     "a/",    "/b",   "a/b/c", "../x",
					   "a/..", "a b/c", "a/b\n", "a/*b", "*/a" };

	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		assert_false(trace_event_spelled(bad[i]));
	assert_true(trace_event_spelled("sched/sched_switch"));
	assert_true(trace_event_spelled("ext4/*"));
	assert_false(trace_function_spelled("a b"));
	assert_false(trace_function_spelled("*"));
	assert_true(trace_function_spelled("compact_zone.isra.0"));
}

static void an_event_is_turned_on_where_the_kernel_has_it(void **state)
{
	struct trace_spec spec = { .events = compaction };
	struct trace_outcome o;
	struct trace_home h;

	make_tree();
	take(TOP "/kprobe_events");
	take(OURS "/set_ftrace_filter");
	h = home_at(OURS, "hangar-run");
	trace_wishes(&h, &spec, NULL, &o);
	assert_string_equal(get(OURS "/events/compaction/mm_compaction_begin/enable"), "1");
	assert_int_equal(o.events, 1);
	/* try_to_compact_pages and the event of the end; what only ever helps is not missed */
	assert_int_equal(o.lacking, 2);
	assert_string_equal(o.missing, "try_to_compact_pages\ncompaction/mm_compaction_end\n");
}

static void a_missing_event_becomes_a_probe(void **state)
{
	struct trace_spec spec = { .events = compaction };
	struct trace_outcome o;
	struct trace_home h;

	make_tree();
	put(OURS "/events/hangar_t/__alloc_pages_direct_compact/x", "");
	put(OURS "/events/hangar_t/compact_zone_return/x", "");
	put(OURS "/events/hangar_t/try_to_compact_pages_return/x", "");
	h = home_at(OURS, "hangar-run");
	trace_wishes(&h, &spec, NULL, &o);
	/* the fake kernel does not make the files of a probe's event */
	assert_int_equal(o.probed, 0);
	put(OURS "/events/hangar_t/__alloc_pages_direct_compact/enable", "0");
	put(OURS "/events/hangar_t/compact_zone_return/enable", "0");
	put(OURS "/events/hangar_t/try_to_compact_pages_return/enable", "0");
	trace_wishes(&h, &spec, NULL, &o);
	assert_int_equal(o.probed, 3);
	assert_int_equal(o.lacking, 0);
	assert_string_equal(get(OURS "/events/hangar_t/compact_zone_return/enable"), "1");
	assert_non_null(strstr(o.probes, "compact_zone for compaction/mm_compaction_end\n"));
	assert_non_null(strstr(o.probes, "__alloc_pages_direct_compact\n"));
}

static void a_probe_is_asked_for_in_the_words_of_kprobe_events(void **state)
{
	struct trace_home h;

	make_tree();
	h = home_at(OURS, "hangar-run");
	assert_int_equal(h.ops->probe(&h, "f", "f", "gfp=$arg1:x32", false), 0);
	assert_int_equal(h.ops->probe(&h, "f_return", "f", "ret=$retval", true), 0);
	assert_string_equal(get(TOP "/kprobe_events"),
			    "p:hangar_t/f f gfp=$arg1:x32\nr:hangar_t/f_return f ret=$retval\n");
}

static void without_probes_the_function_tracer_is_filtered(void **state)
{
	struct trace_spec spec = { .functions = functions };
	struct trace_outcome o;
	struct trace_home h;

	make_tree();
	take(TOP "/kprobe_events");
	h = home_at(OURS, "hangar-run");
	trace_wishes(&h, &spec, NULL, &o);
	assert_int_equal(o.filtered, 1);
	assert_string_equal(get(OURS "/set_ftrace_filter"), "vfs_fsync_range");
	assert_string_equal(get(OURS "/current_tracer"), "function");
	assert_string_equal(o.functions, "vfs_fsync_range\n");
}

static void the_function_tracer_is_never_started_without_a_filter(void **state)
{
	struct trace_spec spec = { .functions = functions };
	struct trace_outcome o;
	struct trace_home h;

	make_tree();
	take(TOP "/kprobe_events");
	take(OURS "/set_ftrace_filter");
	h = home_at(OURS, "hangar-run");
	trace_wishes(&h, &spec, NULL, &o);
	assert_int_equal(o.lacking, 1);
	assert_string_equal(get(OURS "/current_tracer"), "");
}

#define FACT(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_row_is_of_a_set_and_spelled_right),
		cmocka_unit_test(names_that_lead_out_of_tracefs_are_no_events),
		FACT(an_event_is_turned_on_where_the_kernel_has_it),
		FACT(a_missing_event_becomes_a_probe),
		FACT(a_probe_is_asked_for_in_the_words_of_kprobe_events),
		FACT(without_probes_the_function_tracer_is_filtered),
		FACT(the_function_tracer_is_never_started_without_a_filter),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

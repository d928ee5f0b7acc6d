/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The tracer: where it works, and what it leaves alone. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/paths.h"
#include "setup/undo_step.h"
#include "trace_tree.h"
#include "tracing/late_tracefs.h"
#include "tracing/tracer.h"
#include "tracing/wishes.h"

static void no_tracefs_is_told_and_fatal_only_when_required(void **state)
{
	struct trace_spec spec = { .events = compaction, .buffer_bytes = 1 << 20 };
	struct journal *j = new_journal();
	struct diag d = { 0 };
	struct tracer *t;

	assert_int_equal(tracer_open(&spec, &host, "run", NULL, -1, j, 0, &t, &d), 0);
	assert_null(t);
	assert_false(d.message[0]);
	spec.required = true;
	assert_int_equal(tracer_open(&spec, &host, "run", NULL, -1, j, 0, &t, &d), 1);
	assert_non_null(strstr(d.message, "mount -t tracefs"));
	journal_close(j);
	assert_non_null(strstr(get("journal.jsonl"), "\"result\":\"off\""));
}

static void anothers_tracer_is_left_alone(void **state)
{
	struct trace_spec spec = { .events = compaction, .buffer_bytes = 1 << 20 };
	struct journal *j;
	struct diag d = { 0 };
	struct tracer *t;

	make_tree();
	put(TOP "/current_tracer", "function_graph\n");
	j = new_journal();
	assert_int_equal(tracer_open(&spec, &host, "run", NULL, -1, j, 0, &t, &d), 0);
	assert_non_null(t); /* beside it */
	tracer_close(t);
	journal_close(j);
	assert_string_equal(get(TOP "/current_tracer"), "function_graph\n");
	assert_non_null(strstr(get("journal.jsonl"), "function_graph\\\" is on; it is left alone"));
}

static void without_instances_a_busy_top_is_left_alone(void **state)
{
	struct trace_spec spec = { .events = compaction, .required = true };
	struct journal *j;
	struct diag d = { 0 };
	struct tracer *t;

	put(TOP "/trace_marker", "");
	put(TOP "/current_tracer", "nop\n");
	put(TOP "/set_event", "sched:sched_switch\n");
	j = new_journal();
	assert_int_equal(tracer_open(&spec, &host, "run", NULL, -1, j, 0, &t, &d), 1);
	assert_non_null(strstr(d.message, "somebody traces the event sched:sched_switch"));
	journal_close(j);
}

static void without_instances_the_top_is_used_and_noted_for_undo(void **state)
{
	struct trace_spec spec = { .events = compaction, .buffer_bytes = 1 << 20 };
	struct rundir dir = { .fd = open(root, O_RDONLY | O_DIRECTORY | O_CLOEXEC) };
	struct journal *j;
	struct diag d = { 0 };
	struct undo *undo;
	struct tracer *t;

	put("sys/kernel/debug/tracing/trace_marker", ""); /* inside debugfs, as then */
	put("sys/kernel/debug/tracing/tracing_on", "1");
	put("sys/kernel/debug/tracing/trace_pipe", "");
	put("sys/kernel/debug/tracing/buffer_size_kb", "7\n");
	put("sys/kernel/debug/tracing/current_tracer", "nop\n");
	put("sys/kernel/debug/tracing/set_event", "");
	put("sys/kernel/debug/tracing/events/compaction/mm_compaction_begin/enable", "0\n");
	j = new_journal();
	assert_int_equal(undo_open(&dir, &undo), 0);
	assert_int_equal(tracer_open(&spec, &host, "run", undo, -1, j, 0, &t, &d), 0);
	assert_non_null(t);
	tracer_close(t);
	journal_close(j);
	assert_string_equal(
		get("sys/kernel/debug/tracing/events/compaction/mm_compaction_begin/enable"),
		"1\n");
	assert_int_equal(undo_all(undo, NULL), 0);
	undo_close(undo);
	close(dir.fd);
	assert_string_equal(
		get("sys/kernel/debug/tracing/events/compaction/mm_compaction_begin/enable"),
		"0\n");
	assert_string_equal(get("sys/kernel/debug/tracing/buffer_size_kb"), "7\n");
	assert_non_null(strstr(get("journal.jsonl"), "no instances"));
}

static void libtracefs_writes_the_same(void **state)
{
	struct trace_spec spec = { .events = compaction, .functions = functions };
	struct trace_outcome o;
	struct trace_home h;
	struct diag d = { 0 };

	make_tree();
	put(TOP "/events/compaction/enable", "");
	put(TOP "/events/compaction/mm_compaction_begin/enable", "");
	put(OURS "/events/compaction/enable", ""); /* the library looks for it */
	put(TOP "/dynamic_events", "");            /* and for this, on the machine itself */
	h = home_at(OURS, "hangar-run");
	if (late_tracefs(&h.library, &d))
		skip();
	h.ops = &trace_by_library;
	assert_int_equal(h.ops->make(&h), 0);
	assert_int_equal(h.ops->write(&h, "buffer_size_kb", "64"), 0);
	assert_string_equal(get(OURS "/buffer_size_kb"), "64");
	assert_int_equal(h.ops->probe(&h, "f", "f", "gfp=$arg1:x32", false), 0);
	assert_true(strstr(get(TOP "/kprobe_events"), "hangar_t/f f gfp=$arg1:x32") ||
		    strstr(get(TOP "/dynamic_events"), "hangar_t/f f gfp=$arg1:x32"));
	trace_wishes(&h, &spec, NULL, &o);
	assert_string_equal(get(OURS "/events/compaction/mm_compaction_begin/enable"), "1");
	assert_int_equal(o.events, 1);
	h.ops->close(&h);
}

static int undo_one(const char *kind, const char *path, const char *value)
{
	const struct undo_step s = { .kind = kind, .path = path, .value = value };
	const struct undo_say say = { NULL };

	return undo_step(&s, &say);
}

static void undo_takes_away_only_what_is_ours(void **state)
{
	char path[256];

	snprintf(path, sizeof(path), "%s/" TOP "/instances/hangar-x", root);
	assert_int_equal(undo_one("trace-instance", path, NULL), UNDO_NOTHING);
	path_make(path);
	assert_int_equal(undo_one("trace-instance", path, NULL), UNDO_DONE);
	assert_int_equal(access(path, F_OK), -1);
	snprintf(path, sizeof(path), "%s/" TOP "/instances/mine", root);
	path_make(path);
	assert_int_equal(undo_one("trace-instance", path, NULL), -EPERM);
	assert_int_equal(undo_one("trace-instance", "/", NULL), -EPERM);
	snprintf(path, sizeof(path), "%s/" TOP "/kprobe_events", root);
	assert_int_equal(undo_one("trace-probes", path, "hangar_7"), UNDO_NOTHING);
	put(TOP "/kprobe_events", "p:hangar_77/f f\np:hangar_7/compact_zone compact_zone\n"
				  "r8:hangar_7/g g r=$retval\np:others/f f\nodd\n");
	assert_int_equal(undo_one("trace-probes", path, "hangar_7"), UNDO_DONE);
	assert_non_null(
		strstr(get(TOP "/kprobe_events"), "odd\n-:hangar_7/compact_zone\n-:hangar_7/g\n"));
	assert_int_equal(undo_one("trace-probes", path, "others"), -EPERM);
	assert_int_equal(undo_one("trace-probes", path, NULL), -EPERM);
}

#define FACT(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		FACT(no_tracefs_is_told_and_fatal_only_when_required),
		FACT(anothers_tracer_is_left_alone),
		FACT(without_instances_a_busy_top_is_left_alone),
		FACT(without_instances_the_top_is_used_and_noted_for_undo),
		FACT(libtracefs_writes_the_same),
		FACT(undo_takes_away_only_what_is_ours),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

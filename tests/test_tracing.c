/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The run's tracer on fake trees of tracefs: what is written where, and what is told of it. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/paths.h"
#include "base/textfile.h"
#include "setup/undo_step.h"
#include "tmpdir.h"
#include "tracing/buffer.h"
#include "tracing/late_tracefs.h"
#include "tracing/sets.h"
#include "tracing/tracer.h"
#include "tracing/wishes.h"

#define TOP "sys/kernel/tracing"
#define OURS TOP "/instances/hangar-run"

static const char *root;
static struct host host;
static char *compaction[] = { (char[]){ "compaction" }, NULL };
static char *functions[] = { (char[]){ "vfs_fsync_range" }, NULL };

static void put(const char *file, const char *text)
{
	char path[512], *slash;
	int fd;

	snprintf(path, sizeof(path), "%s/%s", root, file);
	slash = strrchr(path, '/');
	*slash = '\0';
	path_make(path);
	*slash = '/';
	fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	assert_true(fd >= 0);
	assert_int_equal(write(fd, text, strlen(text)), (ssize_t)strlen(text));
	close(fd);
}

static char *get(const char *file)
{
	static char text[8192];
	char path[512];

	snprintf(path, sizeof(path), "%s/%s", root, file);
	if (textfile_read_at(AT_FDCWD, path, text, sizeof(text)) < 0)
		text[0] = '\0';
	return text;
}

static void take(const char *file)
{
	char path[512];

	snprintf(path, sizeof(path), "%s/%s", root, file);
	assert_int_equal(unlink(path), 0);
}

/* An instance as the kernel would fill it, with one event of compaction. */
static void make_tree(void)
{
	static const char *const files[] = {
		TOP "/trace_marker",    TOP "/set_event",
		TOP "/kprobe_events",   OURS "/trace_marker",
		OURS "/buffer_size_kb", OURS "/tracing_on",
		OURS "/trace_pipe",     OURS "/set_ftrace_filter",
		OURS "/current_tracer", OURS "/events/compaction/mm_compaction_begin/enable",
	};

	for (size_t i = 0; i < sizeof(files) / sizeof(files[0]); i++)
		put(files[i], "");
	put(TOP "/current_tracer", "nop\n");
}

static int setup(void **state)
{
	int err = tmpdir_make(state);

	root = *state;
	host = (struct host){ .cpus = 2 };
	snprintf(host.root, sizeof(host.root), "%s", root);
	return err;
}

static int teardown(void **state)
{
	return tmpdir_remove(state);
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

static struct trace_home home_at(const char *path, const char *name)
{
	struct trace_home h = { .ops = &trace_by_files, .group = "hangar_t" };

	snprintf(h.top, sizeof(h.top), "%s/" TOP, root);
	snprintf(h.path, sizeof(h.path), "%s/%s", root, path);
	snprintf(h.name, sizeof(h.name), "%s", name);
	return h;
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

static struct journal *new_journal(void)
{
	int fd = open(root, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	struct journal *j;

	assert_int_equal(journal_open(fd, now_us(), &j), 0);
	close(fd);
	return j;
}

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

static void what_the_buffer_held_and_lost_is_kept_and_told(void **state)
{
	static const char stats[] = "entries: 12\noverrun: 300\ncommit overrun: 4\nbytes: 999\n"
				    "oldest event ts:    12.3\nnow ts: 99.1\ndropped events: 5\n"
				    "read events: 7\n";
	struct trace_spec spec = { .events = compaction, .buffer_bytes = 1 << 20 };
	struct journal *j;
	struct diag d = { 0 };
	struct tracer *t;
	char path[256];
	int fd;

	make_tree();
	put(OURS "/per_cpu/cpu0/stats", stats);
	put(OURS "/per_cpu/cpu1/stats", stats);
	put(OURS "/trace_pipe", " kworker/0:1-7 [000] ..... 12.300000: mm_compaction_begin: x\n");
	j = new_journal();
	assert_int_equal(tracer_open(&spec, &host, "run", NULL, -1, j, 1000000, &t, &d), 0);
	assert_string_equal(get(OURS "/buffer_size_kb"), "512"); /* 1 MiB on two CPUs */
	tracer_mark(t, 3500000, "phase %s begins", "storm");
	assert_string_equal(get(OURS "/trace_marker"), "hangar: t=2.500000 phase storm begins");
	tracer_freeze(t, true);
	tracer_mark(t, 3500000, "too late");
	tracer_poll(t); /* nothing is kept yet */
	snprintf(path, sizeof(path), "%s/kept", root);
	fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
	assert_int_equal(tracer_keep(t, fd), 0);
	close(fd);
	tracer_poll(t);
	tracer_poll(t);
	tracer_close(t);
	journal_close(j);
	assert_string_equal(get(OURS "/tracing_on"), "0");
	assert_non_null(strstr(get("kept"), "24 events; 608 older ones were overrun, 10 dropped"));
	assert_non_null(strstr(get("kept"), "mm_compaction_begin: x\n"));
	assert_non_null(strstr(
		get("journal.jsonl"),
		"\"result\":\"kept\",\"detail\":\"all that the buffer held\","
		"\"file\":\"evidence/trace.txt\",\"entries\":24,\"overrun\":608,\"dropped\":10"));
	assert_null(strstr(get("journal.jsonl"), "\"over\""));
}

static void another_fault_does_not_take_the_trace_of_the_scenarios_own(void **state)
{
	struct trace_spec spec = { .events = compaction, .buffer_bytes = 1 << 20 };
	struct journal *j;
	struct diag d = { 0 };
	struct tracer *t;
	int dir_fd, fd;

	make_tree();
	put(OURS "/per_cpu/cpu0/stats", "entries: 3\noverrun: 0\n");
	put(OURS "/trace_pipe", " x-7 [000] ..... 12.300000: first: x\n");
	j = new_journal();
	dir_fd = open(root, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	assert_int_equal(tracer_open(&spec, &host, "run", NULL, dir_fd, j, 0, &t, &d), 0);
	tracer_freeze(t, false);
	fd = openat(dir_fd, "evidence/trace.txt", O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
	assert_int_equal(tracer_keep(t, fd), 0);
	close(fd);
	tracer_poll(t);
	put(OURS "/tracing_on", "1"); /* as it left it, whoever of the two threads was faster */
	fd = openat(dir_fd, OURS "/trace_pipe", O_WRONLY | O_APPEND | O_CLOEXEC);
	assert_true(write(fd, " x-7 [000] ..... 13.300000: second: x\n", 38) == 38);
	close(fd);
	tracer_freeze(t, false); /* one more of those changes nothing */
	tracer_freeze(t, true);
	tracer_freeze(t, true);
	tracer_close(t);
	journal_close(j);
	close(dir_fd);
	assert_string_equal(get(OURS "/tracing_on"), "0");
	assert_non_null(strstr(get("evidence/trace.txt"), "first: x"));
	assert_null(strstr(get("evidence/trace.txt"), "second: x"));
	assert_non_null(strstr(get("evidence/trace-expected.txt"), "second: x"));
	assert_non_null(strstr(get("journal.jsonl"), "\"counted\":[\"first 1\"]"));
	assert_non_null(strstr(get("journal.jsonl"), "\"file\":\"evidence/trace-expected.txt\""));
	assert_non_null(strstr(get("journal.jsonl"), "\"counted\":[\"second 1\"]"));
}

static void the_scenarios_own_is_kept_once(void **state)
{
	struct trace_spec spec = { .events = compaction, .buffer_bytes = 1 << 20 };
	struct journal *j;
	struct diag d = { 0 };
	struct tracer *t;
	int dir_fd, fd;

	make_tree();
	j = new_journal();
	dir_fd = open(root, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	assert_int_equal(tracer_open(&spec, &host, "run", NULL, dir_fd, j, 0, &t, &d), 0);
	tracer_freeze(t, true);
	fd = openat(dir_fd, "evidence/trace.txt", O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
	assert_int_equal(tracer_keep(t, fd), 0);
	close(fd);
	tracer_poll(t);
	tracer_freeze(t, true);
	tracer_close(t);
	journal_close(j);
	assert_string_equal(get(OURS "/tracing_on"), "0");
	assert_int_equal(faccessat(dir_fd, "evidence/trace-expected.txt", F_OK, 0), -1);
	close(dir_fd);
}

static void a_run_without_a_finding_tells_what_was_not_asked_for(void **state)
{
	struct trace_spec spec = { .events = compaction, .buffer_bytes = 1 << 20 };
	struct journal *j;
	struct diag d = { 0 };
	struct tracer *t;

	make_tree();
	put(OURS "/per_cpu/cpu0/stats", "entries: 3\noverrun: 0\n");
	j = new_journal();
	assert_int_equal(tracer_open(&spec, &host, "run", NULL, -1, j, 0, &t, &d), 0);
	tracer_close(t);
	journal_close(j);
	assert_non_null(strstr(get("journal.jsonl"), "\"result\":\"over\""));
	assert_non_null(strstr(get("journal.jsonl"), "\"entries\":3"));
}

static void all_takes_a_run_that_traces_nothing(void **state)
{
	struct trace_spec spec = { 0 };
	struct diag d = { 0 };
	struct tracer *t;

	assert_int_equal(tracer_open(&spec, &host, "run", NULL, -1, NULL, 0, &t, &d), 0);
	assert_null(t);
	tracer_mark(t, 0, "x");
	tracer_freeze(t, true);
	tracer_poll(t);
	assert_null(tracer_close(t));
}

static void odd_statistics_count_for_nothing(void **state)
{
	static const char *const odd[] = {
		"",        "entries",    "entries:",    ":",
		"\n\n:\n", "entries: x", "overrun:-1x", "commit overrun\n5"
	};
	struct trace_counts c = { 0 };

	for (size_t i = 0; i < 6; i++)
		trace_counts_add(&c, odd[i]);
	assert_int_equal(c.entries + c.overrun + c.dropped, 0);
	trace_counts_add(&c, "entries: 2");
	assert_int_equal(c.entries, 2);
	trace_counts_add(&c, odd[6]);
	trace_counts_add(&c, odd[7]);
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

static void events_are_counted_by_name(void **state)
{
	static const char text[] =
		" kworker/0:1-7  [000] d..1.   12.300000: mm_compaction_begin: zone_start=0x1\n"
		"     a: b-7     [000] .....   12.300000: compact_zone: (compact_zone+0x0/0x900)\n"
		" x-7 [001] ..... 12.4: sys_alarm(seconds: 1)\n"
		" x-7 [001] ..... 12.5: sys_alarm(seconds: 2)\n"
		" x-7 [001] ..... 12.5: vfs_fsync_range <-do_fsync\n"
		" x-7 [001] ..... 12.5: tracing_mark_write: hangar: t=1\n"
		"CPU:1 [LOST 12 EVENTS]\n# a comment: x\n[]: \n : \n [\n";
	struct trace_tally t = { 0 };
	char buf[256], many[64];

	trace_tally_add(&t, text, sizeof(text) - 1);
	assert_string_equal(trace_tally_lines(&t, buf, sizeof(buf)),
			    "sys_alarm 2\nmm_compaction_begin 1\ncompact_zone 1\n"
			    "vfs_fsync_range 1\n");
	assert_string_equal(trace_tally_lines(&t, buf, 20), "sys_alarm 2\n");
	for (unsigned int i = 0; i < 100; i++) {
		int n = snprintf(many, sizeof(many), " x [000] 1: event_%u: y\n", i);

		trace_tally_add(&t, many, (size_t)n);
	}
	assert_int_equal(t.count, TALLY_NAMES);
	assert_int_equal(t.others, 100 - (TALLY_NAMES - 4));
}

/* From a run of scenarios/order5-nofs.json, with one who asks as he should beside the kworker. */
static const char asking[] =
	"     kworker/0:0-7       [000] .....    22.730465: __alloc_pages_direct_compact: "
	"(__alloc_pages_direct_compact+0x0/0x300) gfp=0x40c40 order=5\n"
	"      high-order-101     [001] .N...    22.730466: __alloc_pages_direct_compact: "
	"(__alloc_pages_direct_compact+0x0/0x300) gfp=0x52dc0 order=5\n"
	"      high-order-101     [001] .N...    22.730467: mm_compaction_try_to_compact_pages: "
	"order=5 gfp_mask=GFP_KERNEL|__GFP_NOWARN|__GFP_NORETRY|__GFP_COMP|__GFP_ZERO priority=2\n"
	"     kworker/0:0-7       [000] .....    22.730475: try_to_compact_pages_return: "
	"(__alloc_pages_direct_compact+0x85/0x300 <- try_to_compact_pages) ret=0x1\n"
	"      kcompactd0-31      [001] .....    22.730476: mm_compaction_begin: zone_start=0x1\n"
	"      high-order-101     [001] .N...    22.742898: try_to_compact_pages_return: "
	"(__alloc_pages_direct_compact+0x85/0x300 <- try_to_compact_pages) ret=0x8\n"
	"     kworker/0:0-7       [000] .....    22.743465: __alloc_pages_direct_compact: "
	"(__alloc_pages_direct_compact+0x0/0x300) gfp=0x40c40 order=5\n";
static const char answered[] =
	"     kworker/0:0-7       [000] .....    22.743475: try_to_compact_pages_return: "
	"(__alloc_pages_direct_compact+0x85/0x300 <- try_to_compact_pages) ret=0x1\n";
#define REFUSED(times)                                                                             \
	"order 5 with mask 0x40c40 (kworker/0:0) was asked for " times " times and begun never: "  \
	"compaction was refused for this mask\n"
#define GRANTED "order 5 with mask 0x52dc0 (high-order) was asked for 1 times and begun 1 times\n"

static void a_mask_that_compaction_refused_is_told_though_others_compact(void **state)
{
	struct trace_tally t = { 0 };
	char buf[1024];

	assert_string_equal(trace_asked_lines(&t.asked, buf, sizeof(buf)), "");
	trace_tally_add(&t, asking, sizeof(asking) - 1);
	trace_tally_add(&t, answered, sizeof(answered) - 1);
	assert_string_equal(trace_asked_lines(&t.asked, buf, sizeof(buf)), REFUSED("2") GRANTED);
	assert_string_equal(trace_asked_lines(&t.asked, buf, 130), REFUSED("2"));
}

static void what_was_lost_in_the_trace_is_no_refusal(void **state)
{
	static const char lost[] = "CPU:0 [LOST 2242 EVENTS]\n";
	struct trace_tally t = { 0 };
	char buf[1024];

	trace_tally_add(&t, asking, sizeof(asking) - 1);
	trace_tally_add(&t, lost, sizeof(lost) - 1);
	trace_tally_add(&t, answered, sizeof(answered) - 1);
	assert_string_equal(trace_asked_lines(&t.asked, buf, sizeof(buf)), REFUSED("1") GRANTED);
}

static void odd_questions_overrun_nothing(void **state)
{
	struct trace_tally t = { 0 };
	char line[256], buf[4096];

	for (unsigned int i = 0; i < 300; i++) {
		int n = snprintf(line, sizeof(line),
				 "%.*s-%u [000] 1: __alloc_pages_direct_compact: x gfp=%u order=%u",
				 (int)(i % 60),
				 "a-very-long-name-of-a-task-that-no-kernel-would-have", i, i / 20,
				 i % 7);

		line[n] = '\n';
		trace_tally_add(&t, line, (size_t)n + 1 - (i % 3 ? 0 : i % 40));
		n = snprintf(line, sizeof(line), "x-%u [000] 1: try_to_compact_pages_return: \n",
			     i & ~1u);
		trace_tally_add(&t, line, (size_t)n);
	}
	assert_int_equal(t.asked.rows, ASKED_ROWS);
	assert_true(t.asked.tasks <= ASKED_TASKS);
	trace_asked_lines(&t.asked, buf, sizeof(buf));
	for (size_t size = 1; size < 300; size++)
		assert_true(strlen(trace_asked_lines(&t.asked, buf, size)) < size);
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
		cmocka_unit_test(every_row_is_of_a_set_and_spelled_right),
		cmocka_unit_test(names_that_lead_out_of_tracefs_are_no_events),
		FACT(an_event_is_turned_on_where_the_kernel_has_it),
		FACT(a_missing_event_becomes_a_probe),
		FACT(a_probe_is_asked_for_in_the_words_of_kprobe_events),
		FACT(without_probes_the_function_tracer_is_filtered),
		FACT(the_function_tracer_is_never_started_without_a_filter),
		FACT(no_tracefs_is_told_and_fatal_only_when_required),
		FACT(anothers_tracer_is_left_alone),
		FACT(without_instances_a_busy_top_is_left_alone),
		FACT(without_instances_the_top_is_used_and_noted_for_undo),
		FACT(what_the_buffer_held_and_lost_is_kept_and_told),
		FACT(another_fault_does_not_take_the_trace_of_the_scenarios_own),
		FACT(the_scenarios_own_is_kept_once),
		FACT(a_run_without_a_finding_tells_what_was_not_asked_for),
		FACT(all_takes_a_run_that_traces_nothing),
		cmocka_unit_test(odd_statistics_count_for_nothing),
		cmocka_unit_test(events_are_counted_by_name),
		cmocka_unit_test(a_mask_that_compaction_refused_is_told_though_others_compact),
		cmocka_unit_test(what_was_lost_in_the_trace_is_no_refusal),
		cmocka_unit_test(odd_questions_overrun_nothing),
		FACT(libtracefs_writes_the_same),
		FACT(undo_takes_away_only_what_is_ours),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the tracer keeps at a finding, and what it tells of it. */
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

#include "trace_tree.h"
#include "tracing/buffer.h"
#include "tracing/tracer.h"

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

#define FACT(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
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
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

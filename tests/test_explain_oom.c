/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <errno.h>

#include "base/cleanup.h"
#include "explain_log.h"
#include "triage/oom_story.h"
#include "triage/scan_text.h"
#include "triage/words.h"

/* The lines of @text as a report. */
static void story(const char *text, struct oom_story *s)
{
	static const char *lines[64];
	static uint64_t numbers[64];
	static char copy[8192];
	struct triage_case c = { .text = { lines, numbers, 0, false } };
	char *p = copy, *line;

	snprintf(copy, sizeof(copy), "%s", text);
	while ((line = strsep(&p, "\n")) && c.text.count < ARRAY_SIZE(lines))
		lines[c.text.count++] = line;
	oom_story_read(&c, s);
}

static void a_group_of_version_1_on_3_10_is_told(void **state)
{
	struct explanation e;

	(void)state;
	assert_int_equal(explain_file(&explain_oom, 0, "kmsg/el7-memcg-oom.log", &e), 0);
	assert_string_equal(
		e.conclusion,
		"The memory cgroup /g1 was at its limit (32 MiB of 32 MiB used, 56 failed "
		"charges) when extoom[53] asked for 1 page; extoom[53] was killed (16.6 MiB "
		"anonymous).");
	assert_true(says(&e, "The kernel had chosen extoom[58]"));
	assert_true(says(&e, "Largest that stayed: extoom[52], rss 3833 pages"));
	assert_string_equal(detail(&e, "memory_back"), "not-said");
	assert_int_equal(json_integer_value(json_object_get(e.details, "candidates")), 5);
	explanation_clear(&e);
}

static void a_group_on_6_18_is_told(void **state)
{
	struct explanation e;
	json_t *killed;

	(void)state;
	assert_int_equal(explain_file(&explain_oom, 0, "kmsg/6.18-memcg-oom.log", &e), 0);
	killed = json_array_get(json_object_get(e.details, "killed"), 0);
	assert_int_equal(json_integer_value(json_object_get(killed, "pid")), 5491);
	assert_int_equal(json_integer_value(json_object_get(killed, "pgtables_kb")), 96);
	assert_string_equal(detail(&e, "limit_memcg"), "/g1");
	assert_true(says(&e, "gfp_mask 0xcc0(GFP_KERNEL), oom_score_adj 0, in a page fault"));
	explanation_clear(&e);
}

/* One line of each era; what stands in it. */
static void kill_lines_of_every_era_are_read(void **state)
{
	static const struct {
		const char *line, *comm;
		int pid;
		uint64_t anon_kb, pgtables_kb;
		enum oom_scope scope;
	} kills[] = {
		{ "Killed process 23195, UID 40001, (java) total-vm:81176732kB, "
		  "anon-rss:64507900kB, "
		  "file-rss:2604kB",
		  "java", 23195, 64507900, OOM_NO_NUMBER, OOM_SCOPE_UNKNOWN },
		{ "Killed process 28438 (java) total-vm:20255636kB, anon-rss:466160kB, "
		  "file-rss:13684kB",
		  "java", 28438, 466160, OOM_NO_NUMBER, OOM_SCOPE_UNKNOWN },
		{ "Killed process 53 (extoom), UID 0, total-vm:34860kB, anon-rss:17040kB, "
		  "file-rss:0kB, shmem-rss:140kB",
		  "extoom", 53, 17040, OOM_NO_NUMBER, OOM_SCOPE_UNKNOWN },
		{ "Memory cgroup out of memory: Killed process 19289 (memcg_process) "
		  "total-vm:2676kB, "
		  "anon-rss:84kB, file-rss:1468kB, shmem-rss:4kB, UID:0 pgtables:40kB "
		  "oom_score_adj:0",
		  "memcg_process", 19289, 84, 40, OOM_MEMCG },
		{ "Out of memory: Killed process 15925 ((resolved)) total-vm:168424kB, "
		  "anon-rss:4064kB, file-rss:3584kB, shmem-rss:0kB",
		  "(resolved)", 15925, 4064, OOM_NO_NUMBER, OOM_MACHINE },
		{ "Out of memory: Killed process 7 (a) b) total-vm:1kB, "
		  "anon-rss:99999999999999999999kB",
		  "a) b", 7, UINT64_MAX, OOM_NO_NUMBER, OOM_MACHINE },
		{ "Killed process 12 (x)", "x", 12, OOM_NO_NUMBER, OOM_NO_NUMBER,
		  OOM_SCOPE_UNKNOWN },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(kills); i++) {
		struct oom_story s;

		story(kills[i].line, &s);
		assert_int_equal(s.killed_count, 1);
		assert_string_equal(s.killed[0].comm, kills[i].comm);
		assert_int_equal(s.killed[0].pid, kills[i].pid);
		assert_true(s.killed[0].anon_kb == kills[i].anon_kb);
		assert_true(s.killed[0].pgtables_kb == kills[i].pgtables_kb);
		assert_int_equal(s.scope, kills[i].scope);
	}
}

static void tables_of_every_era_are_read_by_their_header(void **state)
{
	static const struct {
		const char *header, *row;
		int pid, tgid, adj;
		uint64_t rss, tables;
		bool spared;
		const char *name;
	} tables[] = {
		{ "[ pid ]   uid  tgid total_vm      rss cpu oom_adj oom_score_adj name",
		  "[  600]     0   600     2767      182   0     -17         -1000 udevd", 600, 600,
		  -1000, 182, OOM_NO_NUMBER, true, "udevd" },
		{ "[ pid ]   uid  tgid total_vm      rss nr_ptes swapents oom_score_adj name",
		  "[   52]     0    52     8203     3833      14        0             0 extoom", 52,
		  52, 0, 3833, 14 * 4096, false, "extoom" },
		{ "[ pid ]   uid  tgid total_vm      rss nr_ptes nr_pmds swapents oom_score_adj "
		  "name",
		  "[21034]     0 21034  8500909     3458     130       6        0             0 "
		  "chrome",
		  21034, 21034, 0, 3458, 130 * 4096, false, "chrome" },
		{ "[  pid  ]   uid  tgid total_vm      rss pgtables_bytes swapents oom_score_adj "
		  "name",
		  "[  19331]  1000 19331   226026    29603  1314816        0           999 npm "
		  "start",
		  19331, 19331, 999, 29603, 1314816, false, "npm start" },
		{ "[  pid  ]   uid  tgid total_vm      rss rss_anon rss_file rss_shmem "
		  "pgtables_bytes swapents oom_score_adj name",
		  "[   5491]     0  5491    20526     5640     4032     1608         0    98304    "
		  "    "
		  "0             0 python3",
		  5491, 5491, 0, 5640, 98304, false, "python3" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(tables); i++) {
		struct oom_columns columns = { 0 };
		struct oom_row row;

		assert_true(oom_columns_parse(tables[i].header, &columns));
		assert_true(oom_row_parse(tables[i].row, &columns, &row));
		assert_int_equal(row.pid, tables[i].pid);
		assert_int_equal(row.tgid, tables[i].tgid);
		assert_int_equal(row.adj, tables[i].adj);
		assert_true(row.rss == tables[i].rss);
		assert_true(row.pgtables_bytes == tables[i].tables);
		assert_int_equal(row.spared, tables[i].spared);
		assert_string_equal(row.name, tables[i].name);
		assert_false(oom_row_parse(tables[i].header, &columns, &row));
		assert_false(oom_row_parse("[   52]     0    52     8203", &columns, &row));
	}
}

static void limits_usage_and_stats_are_read(void **state)
{
	struct oom_story s;

	(void)state;
	story("Task in /leaker killed as a result of limit of /parent\n"
	      "memory: usage 524288kB, limit 524288kB, failcnt 158965\n"
	      "memory+swap: usage 0kB, limit 9007199254740988kB, failcnt 0\n"
	      "kmem: usage 2016kB, limit 9007199254740988kB, failcnt 0\n"
	      "Memory cgroup stats for /leaker: cache:844KB rss:521136KB rss_huge:0KB shmem:0KB",
	      &s);
	assert_int_equal(s.scope, OOM_MEMCG);
	assert_string_equal(s.limit_memcg, "/parent");
	assert_string_equal(s.victim_memcg, "/leaker");
	assert_true(s.memory.failcnt == 158965 && !s.memory.unlimited);
	assert_true(s.memsw.unlimited && s.kmem.usage_kb == 2016);
	assert_int_equal(s.stat_count, 2);
	assert_string_equal(s.stats[1].name, "rss");
	assert_true(s.stats[1].kb == 521136);
}

static void constraints_are_told_apart_even_with_commas_in_values(void **state)
{
	struct oom_story s;

	(void)state;
	story("oom-kill:constraint=CONSTRAINT_CPUSET,nodemask=0-1,3,cpuset=a,b,mems_allowed=0,"
	      "global_oom,task_memcg=/x,y,task=a,pid,pid=9,uid=0",
	      &s);
	assert_int_equal(s.scope, OOM_CPUSET);
	assert_string_equal(s.nodemask, "0-1,3");
	assert_string_equal(s.cpuset, "a,b");
	assert_string_equal(s.victim_memcg, "/x,y");
	story("oom-kill:constraint=CONSTRAINT_MEMORY_POLICY,nodemask=1,cpuset=/,mems_allowed=0-1,"
	      "global_oom,task_memcg=/,task=a,pid=9,uid=0",
	      &s);
	assert_int_equal(s.scope, OOM_MEMPOLICY);
}

static void reapers_and_exiting_victims_are_told(void **state)
{
	struct oom_story s;

	(void)state;
	story("Memory cgroup out of memory: Killed process 1 (a) total-vm:1kB, anon-rss:1kB\n"
	      "oom_reaper: reaped process 2746 (leaker), now anon-rss:12kB, file-rss:0kB, "
	      "shmem-rss:0kB",
	      &s);
	assert_int_equal(s.reaped, 1);
	assert_true(s.reaped_left_kb == 12);
	story("oom_reaper: unable to reap pid:5 (big)", &s);
	assert_string_equal(s.unreaped, "big[5]");
	story("a: OOM victim 77 (slow one) is already exiting. Skip killing the task", &s);
	assert_string_equal(s.exiting, "slow one[77]");
	assert_int_equal(s.killed_count, 0);
}

static void what_the_reaper_says_later_belongs_to_its_victim(void **state)
{
	char text[] =
		"[  100.000000] leaker invoked oom-killer: gfp_mask=0x600040(GFP_NOFS), "
		"nodemask=(null), order=0, oom_score_adj=0\n"
		"[  100.000000] Task in /leaker killed as a result of limit of /leaker\n"
		"[  100.000000] memory: usage 524288kB, limit 524288kB, failcnt 158965\n"
		"[  100.000000] Memory cgroup out of memory: Kill process 2746 (leaker) score 998 "
		"or "
		"sacrifice child\n"
		"[  100.000000] Killed process 2746 (leaker) total-vm:536704kB, anon-rss:521176kB, "
		"file-rss:1208kB, shmem-rss:0kB\n"
		"[  100.500000] something else\n"
		"[  104.010000] oom_reaper: reaped process 2746 (leaker), now anon-rss:0kB, "
		"file-rss:0kB, shmem-rss:0kB\n";
	struct explanation e;

	(void)state;
	assert_int_equal(explain_text(&explain_oom, 0, text, &e), 0);
	assert_string_equal(detail(&e, "memory_back"), "reaped");
	assert_true(says(&e, "The memory came back: the reaper took it, 0 kB anonymous left."));
	assert_true(says(&e, "Who asked: leaker, order 0"));
	explanation_clear(&e);
}

static void the_largest_that_may_not_be_killed_is_named(void **state)
{
	char text[] =
		"a invoked oom-killer: gfp_mask=0x140cca(GFP_HIGHUSER_MOVABLE|__GFP_COMP), "
		"order=0, "
		"oom_score_adj=0\n"
		"CPU: 2 PID: 604 Comm: a Not tainted 6.2.0-20-generic #20-Ubuntu\n"
		"Mem-Info:\n"
		"Node 0 DMA32 free:249524kB min:2384kB low:4696kB\n"
		"Node 0 Normal free:65140kB min:65180kB low:128456kB\n"
		"Free swap  = 0kB\n"
		"Total swap = 0kB\n"
		"Tasks state (memory values in pages):\n"
		"[  pid  ]   uid  tgid total_vm      rss pgtables_bytes swapents oom_score_adj "
		"name\n"
		"[    900]     0   900   100000    90000    65536        0         -1000 keeper\n"
		"[    901]     0   901   200000     1000    65536        0             0 small\n"
		"oom-kill:constraint=CONSTRAINT_NONE,nodemask=(null),cpuset=/,mems_allowed=0,"
		"global_oom,task_memcg=/,task=small,pid=901,uid=0\n"
		"Out of memory: Killed process 901 (small) total-vm:800000kB, anon-rss:3000kB, "
		"file-rss:1000kB, shmem-rss:0kB, UID:0 pgtables:64kB oom_score_adj:0\n";
	struct explanation e;

	(void)state;
	assert_int_equal(explain_text(&explain_oom, 0, text, &e), 0);
	assert_string_equal(
		e.conclusion,
		"The machine ran out of memory when a[604] asked for 1 page; small[901] was "
		"killed (2.9 MiB anonymous).");
	assert_true(says(&e, "Largest that may not be killed: keeper[900], rss 90000 pages"));
	assert_true(says(&e,
			 "Machine: 307 MiB free in all zones shown, free swap 0 kB (there is no "
			 "swap)."));
	explanation_clear(&e);
}

/* The same victim is chosen twice: it does not die. */
static void kills_at_one_limit_are_told_together(void **state)
{
	char text[4096], *copy;
	struct explanation e = { .details = NULL };
	static const char one[] =
		"[%5d.000000] a invoked oom-killer: gfp_mask=0xd0, order=0, oom_score_adj=0\n"
		"[%5d.000000] Task in /g killed as a result of limit of /g\n"
		"[%5d.000000] memory: usage 1024kB, limit 1024kB, failcnt 5\n"
		"[%5d.000000] Memory cgroup out of memory: Kill process 9 (a) score 1 or sacrifice "
		"child\n"
		"[%5d.000000] Killed process 9 (a) total-vm:1kB, anon-rss:1kB, file-rss:0kB\n";
	size_t used = 0;

	(void)state;
	for (int t = 10; t < 40; t += 10)
		used += (size_t)snprintf(text + used, sizeof(text) - used, one, t, t, t, t, t);
	copy = strdup(text);
	assert_int_equal(explain_text(&explain_oom, TOGETHER, copy, &e), 0);
	assert_string_equal(e.conclusion, "/g ran out of memory 3 times: a victim does not die.");
	assert_true(says(&e, "/g: 3 kills in 20.0 s, the closest two 10.000 s apart."));
	explanation_clear(&e);
	free(copy);
	*strstr(text, "[   20") = '\0';
	assert_int_equal(explain_text(&explain_oom, TOGETHER, text, &e), -ENODATA);
}

static void numbers_saturate(void **state)
{
	uint64_t value;
	int number;

	(void)state;
	assert_non_null(scan_u64("18446744073709551615", &value));
	assert_true(value == UINT64_MAX);
	assert_non_null(scan_u64("18446744073709551616", &value));
	assert_true(value == UINT64_MAX);
	assert_non_null(scan_hex("0xfffffffffffffffff", &value));
	assert_true(value == UINT64_MAX);
	assert_null(scan_int("2147483648", &number));
	assert_null(scan_int("-", &number));
	assert_non_null(scan_int("-1000", &number));
	assert_int_equal(number, -1000);
	assert_null(scan_hex("x", &value));
}

static void words_are_wrapped_and_harmless(void **state)
{
	struct words w;
	char *text, *line, *p, kb[32];

	(void)state;
	words_open(&w);
	words_say(&w, "  %s\x1b[2J",
		  "one two three four five six seven eight nine ten eleven twelve "
		  "thirteen fourteen fifteen sixteen seventeen eighteen");
	words_say(&w, "%0300d", 7);
	p = text = words_close(&w);
	assert_null(strchr(text, '\x1b'));
	while ((line = strsep(&p, "\n")))
		assert_true(strlen(line) <= WORDS_COLUMNS + 2);
	free(text);
	assert_string_equal(words_kb(1023, kb, sizeof(kb)), "1023 kB");
	assert_string_equal(words_kb(1536, kb, sizeof(kb)), "1.5 MiB");
	assert_string_equal(words_kb(UINT64_MAX, kb, sizeof(kb)), "16777216 PiB");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_group_of_version_1_on_3_10_is_told),
		cmocka_unit_test(a_group_on_6_18_is_told),
		cmocka_unit_test(kill_lines_of_every_era_are_read),
		cmocka_unit_test(tables_of_every_era_are_read_by_their_header),
		cmocka_unit_test(limits_usage_and_stats_are_read),
		cmocka_unit_test(constraints_are_told_apart_even_with_commas_in_values),
		cmocka_unit_test(reapers_and_exiting_victims_are_told),
		cmocka_unit_test(what_the_reaper_says_later_belongs_to_its_victim),
		cmocka_unit_test(the_largest_that_may_not_be_killed_is_named),
		cmocka_unit_test(kills_at_one_limit_are_told_together),
		cmocka_unit_test(numbers_saturate),
		cmocka_unit_test(words_are_wrapped_and_harmless),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

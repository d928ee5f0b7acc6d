/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Facts as the scripts read them from dumps, of kernels that were well and of such that were not.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <errno.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "event.h"
#include "vmcore/subject.h"

static char says[SUBJECT_SENTENCE];

/* @facts with ' for " */
static json_t *facts_of(const char *text)
{
	char *quoted = strdup(text);
	json_error_t error;
	json_t *facts;

	for (char *p = quoted; *p; p++)
		if (*p == '\'')
			*p = '"';
	facts = json_loads(quoted, 0, &error);
	if (!facts)
		fail_msg("%s at %d of %s", error.text, error.position, quoted);
	free(quoted);
	return facts;
}

static bool judge_with(const struct subject_ops *ops, const char *text, const char *log)
{
	json_t *facts = facts_of(text);
	const struct subject_dump dump = { facts, "6.1.192", log };
	bool explained;

	says[0] = '\0';
	explained = ops->judge(&dump, says);
	json_decref(facts);
	return explained;
}

static void explained(const struct subject_ops *ops, const char *text, const char *log,
		      const char *sentence)
{
	assert_true(judge_with(ops, text, log));
	assert_string_equal(says, sentence);
}

static void nothing(const struct subject_ops *ops, const char *text, const char *log,
		    const char *why)
{
	if (judge_with(ops, text, log))
		fail_msg("a false sentence: %s", says);
	assert_string_equal(says, why);
}

#define JOURNAL_THREAD "'thread':{'pid':95,'comm':'jbd2/vdb-8'}"
#define GROUP(usage)                                                                               \
	"{'address':'0x10','path':'/v.2','usage_bytes':" usage ",'limit_bytes':33554432}"
#define OWNER(usage, function)                                                                     \
	"{'pid':312,'comm':'creator','stack':['" function "','ext4_create (fs/ext4/namei.c:2)'],"  \
	"'memcgs':[" GROUP(usage) ",{'address':'0x1','path':'/','usage_bytes':7}]}"
#define HANDLE(age, usage, function)                                                               \
	"{'address':'0xffff1','age_ms':" age ",'owner':" OWNER(usage, function) "}"
#define VICTIM(group, marks)                                                                       \
	"{'for':'done_commit','who':{'pid':290,'comm':'hog'," marks "'memcgs':[{'address':'" group \
	"'}]}}"
#define JOURNALS(state, handles, updates, waiters)                                                 \
	"{'page_bytes':4096,'journals':[{" JOURNAL_THREAD ",'running':{'tid':7,'state':'" state    \
	"','updates':1,'handles':[" handles "]},'committing':null,'waiting':{'updates':[" updates  \
	"]},'waiters':[" waiters "]}]}"
#define TRY "try_charge_memcg (mm/memcontrol.c:2700)"
#define STALLED                                                                                    \
	"Journal thread jbd2/vdb-8 (95) waits, in the commit of transaction 7 (T_LOCKED, "         \
	"t_updates 1), for the handle 0xffff1 of creator (312), open for 42 s; its owner "

static void a_circle_is_named_when_it_is_closed(void **state)
{
	explained(&subject_jbd2,
		  JOURNALS("T_LOCKED", HANDLE("42000", "33550336", TRY), "95",
			   VICTIM("0x20", "'oom':{},") "," VICTIM("0x10", "'oom':{},")),
		  "",
		  STALLED
		  "asks for memory (try_charge_memcg) in /v.2, which is at its limit (32.0 "
		  "MiB of 32.0 MiB); that group's OOM victim hog (290) cannot die because it "
		  "waits for this commit (j_wait_done_commit)");
}

static void a_circle_that_is_open_is_told_as_far_as_it_goes(void **state)
{
	/* the waiter is no victim; or one of another group */
	explained(&subject_jbd2,
		  JOURNALS("T_LOCKED", HANDLE("42000", "33554432", TRY), "95",
			   VICTIM("0x10", "") "," VICTIM("0x20", "'oom':{},")),
		  "",
		  STALLED
		  "asks for memory (try_charge_memcg) in /v.2, which is at its limit (32.0 "
		  "MiB of 32.0 MiB); none of that group's OOM victims waits for this journal");
	/* its group has room */
	explained(&subject_jbd2, JOURNALS("T_LOCKED", HANDLE("42000", "1048576", TRY), "95", ""),
		  "", STALLED "asks for memory (try_charge_memcg)");
}

static void a_journal_that_works_has_nothing_to_say(void **state)
{
	static const char no_wait[] = "no commit of its 1 journal waits for an open handle";

	nothing(&subject_jbd2, "{'journals':[]}", "",
		"no ext4 file system with a journal is mounted");
	nothing(&subject_jbd2, "{'journals':[{'running':null}]}", "", no_wait);
	/* nobody commits yet */
	nothing(&subject_jbd2, JOURNALS("T_RUNNING", HANDLE("42000", "33554432", TRY), "95", ""),
		"", no_wait);
	/* the thread is not on the queue of those who wait for handles */
	nothing(&subject_jbd2, JOURNALS("T_LOCKED", HANDLE("42000", "33554432", TRY), "", ""), "",
		no_wait);
	/* a moment of any busy file system */
	nothing(&subject_jbd2,
		JOURNALS("T_LOCKED", HANDLE("9999", "33554432", TRY), "95",
			 VICTIM("0x10", "'oom':{},")),
		"", "a commit waits for a handle that is open for 9.999 s only");
}

#define NODE(length, rest)                                                                         \
	"{'of':'node','name':'0','address':'0xa','length':" length ",'entries':0" rest "}"
#define CHURN(rest) "{'of':'memcg','name':'/churn','address':'0xb','length':2,'entries':2" rest "}"
#define QUEUES(queues, crash) "{'queues_walked':9,'queues':[" queues "],'crash':[" crash "]}"

static void whole_queues_have_nothing_to_say(void **state)
{
	nothing(&subject_thp, QUEUES(NODE("0", "") "," CHURN(""), ""), "",
		"all 9 split queues with their 2 huge pages are whole");
	/* somebody is adding to it, and holds the lock */
	nothing(&subject_thp,
		QUEUES(CHURN(",'locked':true,'broken':[{'entry':'0x1','member':'prev','value':"
			     "'0x2','what':'one-sided'}]"),
		       ""),
		"", "all 9 split queues with their 2 huge pages are whole");
	/* at work on a list that is whole */
	nothing(&subject_thp,
		QUEUES(CHURN(""), "{'function':'deferred_split_scan','list':{'broken':[]}}"), "",
		"all 9 split queues with their 2 huge pages are whole");
}

static void a_count_below_zero_tells_of_the_wrong_lock(void **state)
{
	explained(&subject_thp, QUEUES(NODE("-37", "") "," CHURN(""), ""), "",
		  "The split queue of node 0 (0xa) counts -37: 37 huge pages that hung on another "
		  "queue were taken off under its lock");
	explained(&subject_thp,
		  QUEUES(NODE("-1", "") ",{'of':'memcg','name':'/churn','address':'0xb','length':3,"
					"'entries':2}",
			 ""),
		  "",
		  "The split queue of node 0 (0xa) counts -1: 1 huge page that hung on another "
		  "queue was taken off under its lock; that of memory cgroup /churn (0xb) counts 1 "
		  "more than hang on it");
}

static void a_broken_list_is_told_with_its_link(void **state)
{
	explained(&subject_thp,
		  QUEUES(CHURN(",'broken':[{'entry':'0x1','member':'next','value':"
			       "'0xdead000000000100','what':'poison','poison':'LIST_POISON1'}]"),
			 "{'function':'deferred_split_scan','comm':'kswapd0','pid':40,'pages':"
			 "[{'page':'0xc','references':-9,'head':false}]}"),
		  "",
		  "The split queue of memory cgroup /churn (0xb) is broken: \"next\" of the entry "
		  "at 0x1 is LIST_POISON1 (0xdead000000000100): it was taken off before; "
		  "deferred_split_scan of kswapd0 (40) was at work on it with page 0xc in hand "
		  "(references -9, no compound page any more)");
	/* without the lock, what is one-sided is no change on its way */
	assert_true(judge_with(&subject_thp,
			       QUEUES(CHURN(",'locked':false,'broken':[{'entry':'0x1','member':"
					    "'prev','value':'0x2','what':'one-sided'}]"),
				      ""),
			       ""));
	assert_non_null(strstr(says, "\"prev\" of the entry at 0x1 (0x2) does not point back"));
}

static void a_page_on_a_queue_that_is_not_its_own_is_told(void **state)
{
	explained(
		&subject_thp,
		QUEUES(CHURN(",'bad':[{'page':'0xc','problem':'foreign','charged_to':'0x0',"
			     "'belongs_on_name':'node 0'},{'problem':'freed'}]"),
		       ""),
		"",
		"The huge page 0xc hangs on the split queue of memory cgroup /churn (0xb), but by "
		"its charge (0x0) a free takes the lock of that of node 0, and 1 more like it");
}

#define FAILED                                                                                     \
	"[    9.0] kworker/0:1: page allocation failure: order:5, "                                \
	"mode:0x40c40(GFP_NOFS|__GFP_COMP), nodemask=(null),cpuset=/,mems_allowed=0\n"             \
	"[    9.0] CPU: 0 PID: 13 Comm: kworker/0:1 Not tainted 6.1.192 #1\n"                      \
	"[    9.0] Call Trace:\n[    9.0]  <TASK>\n[    9.0]  warn_alloc+0x1/0x2\n"                \
	"[    9.0]  </TASK>\n"
#define ZONE(blocks, types)                                                                        \
	"{'page_bytes':4096,'zones':[{'node':0,'name':'DMA32','free_pages':129923,'min_pages':"    \
	"16384,'low_pages':20480,'high_pages':24576,'reserved_highatomic_pages':0,"                \
	"'reserve_pages':[0,0,0,0],'blocks':[" blocks "],'types':[" types "]}]}"
#define SCATTERED "124763,1000,300,100,50,10,2,0,1,0,0"
#define MOVABLE "'M','M','M','M','M','M','M','M','M','M','M'"

static void zones_are_silent_without_a_failure(void **state)
{
	static const char none[] = "the log tells of no allocation above order 0 that failed";

	nothing(&subject_zones, ZONE(SCATTERED, MOVABLE), "", none);
	nothing(&subject_zones, ZONE(SCATTERED, MOVABLE), "[    1.0] Linux version 6.1.192\n",
		none);
	nothing(&subject_zones, "{'page_bytes':4096,'zones':[]}", FAILED, "the dump has no zones");
}

static void a_zone_is_put_to_both_rules(void **state)
{
	explained(
		&subject_zones, ZONE(SCATTERED, MOVABLE), FAILED,
		"Order 5 was refused to kworker/0:1 1 time; in the dump Node 0 DMA32 has 519692 kB "
		"free and 13 blocks that fit, which the rule since 4.4 grants, while the one "
		"before "
		"4.4 refuses it at order 0: 5129 free pages in larger blocks must exceed 8192 (and "
		"before 4.10 a mask without __GFP_FS forbade compaction)");
	/* no block at all: refused by this kernel's own rule */
	assert_true(
		judge_with(&subject_zones, ZONE("124763,0,0,0,0,0,0,0,0,0,0", MOVABLE), FAILED));
	assert_non_null(strstr(says, "; by the zones of the dump: "));
}

static void zones_that_recovered_have_nothing_to_say(void **state)
{
	nothing(&subject_zones, ZONE("0,0,0,0,0,0,0,0,0,0,127", MOVABLE), FAILED,
		"Order 5 was refused to kworker/0:1 1 time; by now its zones grant it");
}

#define CPU(number, clock, touched)                                                                \
	"{'cpu':" number ",'rq_clock_ns':'" clock "','touched':'" touched                          \
	"','sched_clock_data':{'raw_ns':'0'}}"
#define CLOCKS(cpus) "{'monotonic_ns':'42000000000','cpus':[" cpus "]}"

static void clocks_that_agree_have_nothing_to_say(void **state)
{
	nothing(&subject_clocks,
		CLOCKS(CPU("0", "41999000000", "39") "," CPU("1", "30000000000",
							     "18446744073709551615")),
		"", "the clocks of 2 CPUs agree with timekeeping's");
	/* up for 300 days, and sound */
	nothing(&subject_clocks,
		"{'monotonic_ns':'25920000000000000','cpus':[" CPU("0", "25920000000000000",
								   "24139987") "]}",
		"", "the clocks of 1 CPUs agree with timekeeping's");
	nothing(&subject_clocks, "{}", "", "the dump does not tell what time it is");
}

#define LOST                                                                                       \
	"The scheduler's clock of 1 of 1 CPUs lost 2^54 ns (208 d 11:59:58), the overflow of x86 " \
	"sched_clock(): on CPU 0 "

static void a_clock_that_lost_the_wrap_is_told_with_its_artefact(void **state)
{
	/* 42 s - 2^54 ns, in 64 bits; fed at 28 units of 2^30 ns: (clock >> 30) - 28, in 32 bits */
	explained(&subject_clocks, CLOCKS(CPU("0", "18428729717200069632", "28")), "",
		  LOST "its run queue's clock is 18428729717200069632 ns, where timekeeping counts "
		       "42000000000 ns (42.000 s); so the lockup watchdog takes CPU 0 for stuck "
		       "since 4278190091 s, which is an artefact");
	/* the run queue's clock stands still; the watchdog was fed since: 17163091995 << 30 */
	explained(&subject_clocks, CLOCKS(CPU("0", "27651793907", "17163091995")), "",
		  LOST "its lockup watchdog was fed at 18428729704191098880 ns, where timekeeping "
		       "counts 42000000000 ns (42.000 s)");
}

static void a_raw_clock_alone_was_clamped(void **state)
{
	assert_true(judge_with(&subject_clocks,
			       CLOCKS("{'cpu':0,'rq_clock_ns':'42000000000','sched_clock_data':"
				      "{'raw_ns':'18428729717200069632'}}"),
			       ""));
	assert_non_null(strstr(says, "clamped"));
}

static void facts_of_wrong_types_are_no_explanation(void **state)
{
	/* everything of another type than it should be, in its place */
	static const char mixed[] =
		"{'page_bytes':4096,'journals':[7,{'running':7,'thread':[]},{'running':{'handles':"
		"[7,{}]},'waiting':[],'waiters':{}}],'queues':[7,{'broken':[7],'bad':7}],'crash':"
		"[7,{'list':7,'pages':[7]}],'zones':[7,{'blocks':[-1,'x'],'types':[7]}],"
		"'monotonic_ns':'x','cpus':[7]}";
	static const char limits[] =
		"{'page_bytes':1073741824,'monotonic_ns':'18446744073709551616','cpus':[{}],"
		"'zones':[{'free_pages':9223372036854775807}]}";
	const char *const facts[] = {
		"{}",
		"{'journals':7,'queues':'x','zones':{},'cpus':null,'page_bytes':-1}",
		mixed,
		limits,
	};
	for (size_t i = 0; i < ARRAY_SIZE(facts); i++) {
		assert_false(judge_with(&subject_jbd2, facts[i], ""));
		assert_false(judge_with(&subject_clocks, facts[i], ""));
		assert_false(judge_with(&subject_zones, facts[i], ""));
		judge_with(&subject_zones, facts[i], FAILED);
		judge_with(&subject_thp, facts[i], "");
	}
}

static void an_answer_keeps_the_subjects_that_are_known(void **state)
{
	json_t *from = facts_of("{'subjects':[{'subject':'jbd2-deadlock','unreadable':'cannot be "
				"read on this kernel: no member x in struct y'},{'subject':'evil',"
				"'facts':{}},{'subject':'sched-clock-wrap','facts':{},'evil':1}]}");
	json_t *taken = NULL, *explanations = NULL, *examined = NULL;
	struct diag d = { 0 };

	assert_int_equal(subjects_take(from, &taken, &d), 0);
	assert_int_equal(json_array_size(taken), 2);
	assert_int_equal(subjects_judge(taken, "6.1", "", &explanations, &examined), 0);
	assert_int_equal(json_array_size(explanations), 0);
	assert_int_equal(json_array_size(examined), 2);
	assert_string_equal(event_text(json_array_get(examined, 0), "state"), "unreadable");
	assert_string_equal(event_text(json_array_get(examined, 0), "why"),
			    "cannot be read on this kernel: no member x in struct y");
	assert_string_equal(event_text(json_array_get(examined, 1), "state"), "nothing-to-say");
	json_decref(explanations);
	json_decref(examined);
	json_decref(taken);
	json_decref(from);
}

static void an_answer_with_bad_subjects_is_refused(void **state)
{
	static const char *const answers[] = {
		"{'subjects':7}",
		"{'subjects':[{'subject':'jbd2-deadlock'}]}",
		"{'subjects':[{'subject':'jbd2-deadlock','facts':[]}]}",
	};
	json_t *from = facts_of("{}"), *taken = NULL;
	struct diag d = { 0 };

	assert_int_equal(subjects_take(from, &taken, &d), 0);
	assert_int_equal(json_array_size(taken), 0);
	json_decref(taken);
	json_decref(from);
	for (size_t i = 0; i < ARRAY_SIZE(answers); i++) {
		from = facts_of(answers[i]);
		assert_int_equal(subjects_take(from, &taken, &d), -EBADMSG);
		json_decref(from);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_circle_is_named_when_it_is_closed),
		cmocka_unit_test(a_circle_that_is_open_is_told_as_far_as_it_goes),
		cmocka_unit_test(a_journal_that_works_has_nothing_to_say),
		cmocka_unit_test(whole_queues_have_nothing_to_say),
		cmocka_unit_test(a_count_below_zero_tells_of_the_wrong_lock),
		cmocka_unit_test(a_broken_list_is_told_with_its_link),
		cmocka_unit_test(a_page_on_a_queue_that_is_not_its_own_is_told),
		cmocka_unit_test(zones_are_silent_without_a_failure),
		cmocka_unit_test(a_zone_is_put_to_both_rules),
		cmocka_unit_test(zones_that_recovered_have_nothing_to_say),
		cmocka_unit_test(clocks_that_agree_have_nothing_to_say),
		cmocka_unit_test(a_clock_that_lost_the_wrap_is_told_with_its_artefact),
		cmocka_unit_test(a_raw_clock_alone_was_clamped),
		cmocka_unit_test(facts_of_wrong_types_are_no_explanation),
		cmocka_unit_test(an_answer_keeps_the_subjects_that_are_known),
		cmocka_unit_test(an_answer_with_bad_subjects_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

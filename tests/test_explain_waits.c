/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <errno.h>

#include "base/cleanup.h"
#include "explain_log.h"
#include "triage/wait_chain.h"

/* The log of an ext4 that froze when a group ran out of memory: the holder of the handle ran. */
static void a_journal_without_a_known_holder_says_what_is_missing(void **state)
{
	struct explanation e;
	json_t *chain;

	(void)state;
	assert_int_equal(explain_file(&explain_waits, TOGETHER, "logs/el7-ext4-freeze.log", &e), 0);
	assert_string_equal(
		e.conclusion,
		"21 hung tasks; 20 of them wait for a commit of jbd2/vda-8[42], which waits "
		"until every open handle is closed; who has one open, this log does not "
		"show.");
	assert_true(says(&e,
			 "memory -> extoom[122]: the flags in front of its stack say that the OOM "
			 "killer marked it"));
	assert_true(says(&e, "Missing: the task that has a handle open"));
	chain = json_object_get(e.details, "chain");
	assert_true(json_is_false(json_object_get(chain, "closed")));
	explanation_clear(&e);
}

static void equal_stacks_are_one_class_with_its_role(void **state)
{
	struct explanation e;
	json_t *class;

	(void)state;
	assert_int_equal(explain_file(&explain_waits, TOGETHER, "logs/el7-ext4-freeze.log", &e), 0);
	class = json_array_get(json_object_get(e.details, "classes"), 0);
	assert_string_equal(json_string_value(json_object_get(class, "role")),
			    "journal-wait-locked");
	assert_true(json_integer_value(json_object_get(class, "count")) > 3);
	assert_int_equal(json_array_size(json_object_get(class, "tasks")),
			 json_integer_value(json_object_get(class, "count")));
	explanation_clear(&e);
}

#define HUNG(comm, pid)                                                                            \
	"INFO: task " comm ":" pid " blocked for more than 120 seconds.\n"                         \
	"\"echo 0 > /proc/sys/kernel/hung_task_timeout_secs\" disables this message.\n"

/* Stacks of a published analysis of a vmcore (CentOS 7), as khungtaskd would have printed them. */
#define JOURNAL                                                                                    \
	HUNG("jbd2/md127-8", "587")                                                                \
	"Call Trace:\n"                                                                            \
	" [<ffffffffb139eb09>] schedule+0x29/0x70\n"                                               \
	" [<ffffffffc01fe8b0>] jbd2_journal_commit_transaction+0x2b0/0x19b0 [jbd2]\n"              \
	" [<ffffffffc0205c5e>] kjournald2+0xce/0x260 [jbd2]\n"                                     \
	" [<ffffffffb0cc6bd1>] kthread+0xd1/0xe0\n"
#define HOLDER                                                                                     \
	HUNG("ext4-repro-with", "27225")                                                           \
	"Call Trace:\n"                                                                            \
	" [<ffffffffb0e8ee2c>] free_more_memory+0x1c/0x100\n"                                      \
	" [<ffffffffb0e90013>] __getblk+0x273/0x2d0\n"                                             \
	" [<ffffffffc03d358f>] __ext4_get_inode_loc+0xff/0x400 [ext4]\n"                           \
	" [<ffffffffc03d8e62>] ext4_reserve_inode_write+0x72/0xa0 [ext4]\n"                        \
	" [<ffffffffc03d8f23>] ext4_mark_inode_dirty+0x53/0x220 [ext4]\n"                          \
	" [<ffffffffc03d271b>] __ext4_new_inode+0xb0b/0x1420 [ext4]\n"                             \
	" [<ffffffffc03e3fb3>] ext4_create+0xd3/0x1b0 [ext4]\n"
#define VICTIM                                                                                     \
	HUNG("ext4-repro-with", "27153")                                                           \
	"Call Trace:\n"                                                                            \
	" [<ffffffffb139eb09>] schedule+0x29/0x70\n"                                               \
	" [<ffffffffc02054a5>] jbd2_log_wait_commit+0xc5/0x140 [jbd2]\n"                           \
	" [<ffffffffc0206e21>] jbd2_complete_transaction+0x51/0xb0 [jbd2]\n"                       \
	" [<ffffffffc03cff60>] ext4_sync_file+0x220/0x320 [ext4]\n"
#define OOM(listed)                                                                                \
	"a invoked oom-killer: gfp_mask=0xd0, order=0, oom_score_adj=0\n"                          \
	"Task in /fio killed as a result of limit of /fio\n"                                       \
	"memory: usage 950916kB, limit 950916kB, failcnt 300\n"                                    \
	"[ pid ]   uid  tgid total_vm      rss nr_ptes swapents oom_score_adj name\n"              \
	"[" listed "]     0 27222    59928     9700      30        0             0 ext4-repro\n"   \
	"[27153]     0 27153   212225   124797     300        0             0 ext4-repro-with\n"   \
	"Memory cgroup out of memory: Kill process 27158 (ext4-repro-with) score 511 or "          \
	"sacrifice "                                                                               \
	"child\n"                                                                                  \
	"Killed process 27153 (ext4-repro-with), UID 0, total-vm:848900kB, anon-rss:499124kB, "    \
	"file-rss:868kB, shmem-rss:0kB\n"

static void the_deadlock_of_a_journal_and_a_memory_group_closes(void **state)
{
	char text[] = OOM("27225") VICTIM JOURNAL HOLDER;
	struct explanation e;

	(void)state;
	assert_int_equal(explain_text(&explain_waits, TOGETHER, text, &e), 0);
	assert_string_equal(e.conclusion,
			    "Deadlock: jbd2/md127-8[587] commits and waits for the handle of "
			    "ext4-repro-with[27225], which asks for memory in /fio, whose victim "
			    "ext4-repro-with[27153] cannot die: it waits for that commit.");
	assert_true(says(
		&e, "jbd2/md127-8[587] -> ext4-repro-with[27225]: it waits for open handles, "
		    "and ext4-repro-with[27225] is inside ext4_reserve_inode_write, which runs "
		    "only with one open [concluded]"));
	assert_true(says(&e, "and the OOM report lists it [seen]"));
	assert_true(says(&e, "memory of /fio -> ext4-repro-with[27153]"));
	assert_true(json_is_true(json_object_get(json_object_get(e.details, "chain"), "closed")));
	explanation_clear(&e);
}

/* As it really was: the holder ran, and only SysRq-t could show it. */
static void a_running_holder_is_found_in_a_dump_by_sysrq(void **state)
{
	char text[] = OOM("27225") VICTIM JOURNAL
		"SysRq : Show State\n"
		"  task                        PC stack   pid father\n"
		"systemd         S ffffffffb139eb09     0     1      0 0x00000000\n"
		"Call Trace:\n"
		" [<ffffffffb139eb09>] schedule+0x29/0x70\n"
		" [<ffffffffb0e9a5d2>] ep_poll+0x23e/0x360\n"
		"ext4-repro-with R  running task        0 27225      1 0x00000008\n"
		"Call Trace:\n"
		" [<ffffffffb139fca2>] yield+0x12/0x20\n"
		" [<ffffffffb0e8ee2c>] free_more_memory+0x1c/0x100\n"
		" [<ffffffffb0e90013>] __getblk+0x273/0x2d0\n"
		" [<ffffffffc03d358f>] __ext4_get_inode_loc+0xff/0x400 [ext4]\n"
		" [<ffffffffc03d8e62>] ext4_reserve_inode_write+0x72/0xa0 [ext4]\n"
		"Sched Debug Version: v0.11, 3.10.0 #1\n";
	struct explanation e;

	(void)state;
	assert_int_equal(explain_text(&explain_waits, TOGETHER, text, &e), 0);
	assert_true(json_is_true(json_object_get(json_object_get(e.details, "chain"), "closed")));
	assert_true(says(&e, "which runs only with one open; a dump by SysRq shows it"));
	assert_int_equal(json_array_size(json_object_get(e.details, "classes")), 2);
	explanation_clear(&e);
}

static void a_task_that_the_oom_report_does_not_list_is_only_concluded(void **state)
{
	char text[] = OOM("27222") VICTIM JOURNAL HOLDER;
	struct explanation e;

	(void)state;
	assert_int_equal(explain_text(&explain_waits, TOGETHER, text, &e), 0);
	assert_true(says(&e, "the OOM report does not list it [concluded]"));
	explanation_clear(&e);
}

static void without_the_oom_report_nothing_closes(void **state)
{
	char text[] = VICTIM JOURNAL HOLDER;
	struct explanation e;

	(void)state;
	assert_int_equal(explain_text(&explain_waits, TOGETHER, text, &e), 0);
	assert_true(json_is_false(json_object_get(json_object_get(e.details, "chain"), "closed")));
	assert_true(says(&e, "Missing: whose memory ext4-repro-with[27225] asks for"));
	explanation_clear(&e);
}

static void without_the_journal_thread_it_is_missed(void **state)
{
	char text[] = VICTIM HOLDER;
	struct explanation e;

	(void)state;
	assert_int_equal(explain_text(&explain_waits, TOGETHER, text, &e), 0);
	assert_true(says(&e, "Missing: the journal thread: 1 task waits for its commit"));
	explanation_clear(&e);
}

#define MUTEX(comm, pid, owner)                                                                    \
	HUNG(comm, pid)                                                                            \
	"task:" comm "   state:D stack:0     pid:" pid "   tgid:" pid "   ppid:1 "                 \
	"task_flags:0x400140 flags:0x00004002\n"                                                   \
	"Call Trace:\n"                                                                            \
	" <TASK>\n"                                                                                \
	" __schedule+0x4f5/0x1320\n"                                                               \
	" schedule+0x27/0xf0\n"                                                                    \
	" __mutex_lock.constprop.0+0x33d/0x6c0\n"                                                  \
	" read_dummy+0x45/0xa0 [hung_task_tests]\n"                                                \
	" </TASK>\n"                                                                               \
	"INFO: task " comm ":" pid " is blocked on a mutex likely owned by task " owner ".\n"

static void locks_follow_the_owners_that_the_kernel_named(void **state)
{
	char text[] = MUTEX("cat", "100", "dog:200") MUTEX("bird", "300", "a:b c:400");
	struct explanation e;

	(void)state;
	assert_int_equal(explain_text(&explain_waits, TOGETHER, text, &e), 0);
	assert_true(says(&e,
			 "cat[100] -> dog[200]: blocked on a mutex that it likely holds; it is not "
			 "among the hung tasks"));
	assert_true(says(&e, "bird[300] -> a:b c[400]"));
	assert_true(json_is_false(json_object_get(json_object_get(e.details, "chain"), "closed")));
	explanation_clear(&e);
}

static void a_circle_of_locks_is_a_deadlock(void **state)
{
	char text[] = MUTEX("cat", "100", "dog:200") MUTEX("dog", "200", "cat:100");
	struct explanation e;

	(void)state;
	assert_int_equal(explain_text(&explain_waits, TOGETHER, text, &e), 0);
	assert_string_equal(e.conclusion, "Deadlock: locks are held in a circle by tasks that wait "
					  "for each other.");
	explanation_clear(&e);
}

static void one_task_alone_gets_its_role(void **state)
{
	char text[] = JOURNAL, unknown[] = HUNG("bch_gc", "1941") "Call Trace:\n"
								  " __schedule+0x359/0x930\n"
								  " schedule+0x50/0xc0\n"
								  " journal_quiesce+0x5e/0x90 "
								  "[bcachefs]\n";
	struct explanation e = { .details = NULL };

	(void)state;
	assert_int_equal(explain_text(&explain_waits, 0, text, &e), 0);
	assert_string_equal(detail(&e, "role"), "journal-commit-updates");
	assert_true(says(&e, "Whoever waits for a commit of this journal waits for this thread."));
	explanation_clear(&e);
	assert_int_equal(explain_text(&explain_waits, 0, unknown, &e), 0);
	assert_string_equal(e.conclusion,
			    "bch_gc[1941] waits in journal_quiesce; for what, is not known.");
	assert_string_equal(detail(&e, "role"), "unknown");
	explanation_clear(&e);
}

static void a_log_without_hung_tasks_has_no_chain(void **state)
{
	char text[] = OOM("27225");
	struct explanation e = { .details = NULL };

	(void)state;
	assert_int_equal(explain_text(&explain_waits, TOGETHER, text, &e), -ENODATA);
	assert_null(e.words);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_journal_without_a_known_holder_says_what_is_missing),
		cmocka_unit_test(equal_stacks_are_one_class_with_its_role),
		cmocka_unit_test(the_deadlock_of_a_journal_and_a_memory_group_closes),
		cmocka_unit_test(a_running_holder_is_found_in_a_dump_by_sysrq),
		cmocka_unit_test(a_task_that_the_oom_report_does_not_list_is_only_concluded),
		cmocka_unit_test(without_the_oom_report_nothing_closes),
		cmocka_unit_test(without_the_journal_thread_it_is_missed),
		cmocka_unit_test(locks_follow_the_owners_that_the_kernel_named),
		cmocka_unit_test(a_circle_of_locks_is_a_deadlock),
		cmocka_unit_test(one_task_alone_gets_its_role),
		cmocka_unit_test(a_log_without_hung_tasks_has_no_chain),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <string.h>

#include "base/cleanup.h"
#include "kmsg/task_header.h"
#include "kmsg/wait_sites.h"

/* Stacks as real logs show them, innermost first, by what an expert says of them. */
static const struct {
	enum wait_role role;
	const char *site;
	bool handle;
	const char *stack;
} cases[] = {
	/* 3.10.0-1160.el7, the freeze of ext4 by an OOM */
	{ WAIT_JOURNAL_UPDATES, "jbd2_journal_commit_transaction", false,
	  "schedule+0x24/0x70\njbd2_journal_commit_transaction+0x22b/0x17d0\nkjournald2+0xa7/"
	  "0x270\n"
	  "kthread+0xaf/0xc0\n" },
	{ WAIT_JOURNAL_LOCKED, "wait_transaction_locked", false,
	  "schedule+0x24/0x70\nwait_transaction_locked+0x71/0xa0\n"
	  "add_transaction_credits+0x188/0x300\nstart_this_handle+0xeb/0x3e0\n"
	  "jbd2__journal_start+0xf5/0x200\n__ext4_journal_start_sb+0x61/0x100\n"
	  "__ext4_new_inode+0x6ad/0x13d0\next4_create+0xcd/0x1b0\n" },
	{ WAIT_JOURNAL_COMMIT, "jbd2_log_wait_commit", false,
	  "schedule+0x24/0x70\njbd2_log_wait_commit+0xc5/0x120\n"
	  "jbd2_complete_transaction+0x56/0xa0\next4_sync_file+0x2ed/0x300\n" },
	{ WAIT_MEMORY_WITH_HANDLE, "free_more_memory", true,
	  "__schedule+0x1/0x2\nsys_sched_yield+0x1/0x2\nyield+0x1/0x2\nfree_more_memory+0x1/0x2\n"
	  "__getblk+0x1/0x2\n__ext4_get_inode_loc+0x1/0x2 [ext4]\n"
	  "ext4_reserve_inode_write+0x1/0x2 [ext4]\next4_mark_inode_dirty+0x1/0x2 [ext4]\n"
	  "ext4_ext_tree_init+0x1/0x2 [ext4]\n__ext4_new_inode+0x1/0x2 [ext4]\n" },
	/* 4.18.0-240.el8: a checkpoint that waits for a commit */
	{ WAIT_JOURNAL_COMMIT, "jbd2_log_wait_commit", false,
	  "__schedule+0x2a6/0x700\nschedule+0x38/0xa0\njbd2_log_wait_commit+0xac/0x120 [jbd2]\n"
	  "jbd2_log_do_checkpoint+0x392/0x400 [jbd2]\n"
	  "__jbd2_log_wait_for_space+0x69/0x1a0 [jbd2]\n" },
	/* 3.13: the commit waits for its device */
	{ WAIT_JOURNAL_IO, "sleep_on_buffer", false,
	  "io_schedule+0x9d/0x140\nsleep_on_buffer+0xe/0x20\n__wait_on_bit+0x62/0x90\n"
	  "out_of_line_wait_on_bit+0x77/0x90\n__wait_on_buffer+0x2a/0x30\n"
	  "jbd2_journal_commit_transaction+0x181c/0x1a70\nkjournald2+0xb8/0x240\n" },
	/* 2.6.32 */
	{ WAIT_JOURNAL_BUFFER, "do_get_write_access", true,
	  "do_get_write_access+0x29d/0x520 [jbd2]\n"
	  "jbd2_journal_get_write_access+0x31/0x50 [jbd2]\n"
	  "__ext4_journal_get_write_access+0x38/0x80 [ext4]\n"
	  "ext4_reserve_inode_write+0x73/0xa0 [ext4]\n" },
	/* 6.1: the lock of a block of inodes */
	{ WAIT_BUFFER, "__lock_buffer", true,
	  "io_schedule+0x1/0x2\nbit_wait_io+0xd/0x60\n__wait_on_bit_lock+0x5a/0xa0\n"
	  "out_of_line_wait_on_bit_lock+0x8e/0xb0\n__lock_buffer+0x2a/0x30\n"
	  "__ext4_get_inode_loc+0x32d/0x470\next4_reserve_inode_write+0x35/0xb0\n" },
	/* 4.14 on a Raspberry Pi */
	{ WAIT_PAGE_LOCK, "__lock_page", false,
	  "__schedule+0x1/0x2\nschedule+0x50/0xa8\nio_schedule+0x20/0x40\n__lock_page+0x100/0x128\n"
	  "write_cache_pages+0x30c/0x4d4\nfuse_writepages+0x80/0xe4 [fuse]\n" },
	/* the mutex says little, its taker all */
	{ WAIT_DIR_LOCK, "do_last", false,
	  "schedule_preempt_disabled+0x29/0x70\n__mutex_lock_slowpath+0xc5/0x1c0\n"
	  "mutex_lock+0x1f/0x2f\ndo_last+0x28f/0x12a0\npath_openat+0xc2/0x490\n" },
	{ WAIT_RTNL, "rtnl_lock", false,
	  "__schedule+0x1/0x2\nschedule+0x1/0x2\nschedule_preempt_disabled+0x1/0x2\n"
	  "__mutex_lock.constprop.0+0x1/0x2\nrtnl_lock+0x1/0x2\nlinkwatch_event+0x1/0x2\n" },
	{ WAIT_MMAP_LOCK, "do_user_addr_fault", false,
	  "schedule+0x1/0x2\nrwsem_down_read_slowpath+0x1/0x2\ndown_read+0x1/0x2\n"
	  "do_user_addr_fault+0x1/0x2\nexc_page_fault+0x1/0x2\n" },
	/* not the fsync that is further out */
	{ WAIT_RWSEM, "down_write", false,
	  "schedule+0x1/0x2\nrwsem_down_write_slowpath+0x1/0x2\ndown_write+0x1/0x2\n"
	  "ext4_map_blocks+0x1/0x2\njbd2_log_wait_commit+0x1/0x2\n" },
	{ WAIT_FROZEN, "__sb_start_write", false,
	  "schedule+0x1/0x2\npercpu_rwsem_wait+0x1/0x2\n__percpu_down_read+0x1/0x2\n"
	  "__sb_start_write+0x1/0x2\nmnt_want_write+0x1/0x2\n" },
	{ WAIT_WRITEBACK, "folio_wait_writeback", false,
	  "io_schedule+0x1/0x2\nfolio_wait_bit_common+0x1/0x2\nfolio_wait_writeback+0x1/0x2\n"
	  "__filemap_fdatawait_range+0x1/0x2\n" },
	{ WAIT_WRITEBACK, "filemap_fdatawait_range", false,
	  "io_schedule+0x1/0x2\nsleep_on_page+0xe/0x20\n__wait_on_bit+0x1/0x2\n"
	  "wait_on_page_bit+0x1/0x2\nfilemap_fdatawait_range+0x1/0x2\n" },
	{ WAIT_RCU, "__wait_rcu_gp", false,
	  "schedule+0x44/0x140\nschedule_timeout+0x1bb/0x1d0\n__wait_for_common+0xbc/0x1e0\n"
	  "__wait_rcu_gp+0x19d/0x1a0\nsynchronize_rcu+0x1/0x2\n" },
	{ WAIT_WORK, "__flush_work", false,
	  "schedule+0x1/0x2\nschedule_timeout+0x1/0x2\nwait_for_completion+0x1/0x2\n"
	  "__flush_work.isra.0+0x1/0x2\n" },
	{ WAIT_MEMCG_OOM, "mem_cgroup_oom_synchronize", false,
	  "schedule+0x1/0x2\nmem_cgroup_oom_synchronize+0x1/0x2\n"
	  "pagefault_out_of_memory+0x1/0x2\n" },
	{ WAIT_XFS_LOG_SPACE, "xlog_grant_head_wait", false,
	  "schedule+0x1/0x2\nxlog_grant_head_wait+0x1/0x2 [xfs]\n"
	  "xlog_grant_head_check+0x1/0x2 [xfs]\nxfs_log_reserve+0x1/0x2 [xfs]\n" },
	{ WAIT_REQUEST, "rq_qos_wait", false,
	  "schedule+0x50/0xc0\nio_schedule+0x12/0x40\nrq_qos_wait+0x106/0x170\n" },
	{ WAIT_COMPLETION, "wait_for_completion", false,
	  "schedule+0x1/0x2\nschedule_timeout+0x1/0x2\nwait_for_completion+0x1/0x2\n"
	  "my_driver_probe+0x1/0x2 [mine]\n" },
	/* nobody's row: say so */
	{ WAIT_UNKNOWN, "", false, "schedule+0x50/0xc0\njournal_quiesce+0x5e/0x90 [bcachefs]\n" },
	{ WAIT_UNKNOWN, "", false, "" },
	/* the stack of somebody else begins */
	{ WAIT_UNKNOWN, "", false, "schedule+0x1/0x2\n--\nrtnl_lock+0x1/0x2\n" },
	{ WAIT_UNKNOWN, "", false, "? rcu_barrier+0x1/0x2\nschedule+0x1/0x2\n" },
};

static void real_stacks_get_the_role_that_an_expert_gives_them(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct wait_verdict v;

		wait_classify_stack(cases[i].stack, &v);
		if (v.role != cases[i].role || strcmp(v.site, cases[i].site) ||
		    !v.handle[0] != !cases[i].handle)
			fail_msg("case %zu: %s at %s, handle '%s'", i, wait_role_name(v.role),
				 v.site, v.handle);
	}
}

static void a_stack_in_the_commit_holds_it_whatever_it_waits_for(void **state)
{
	struct wait_verdict v;

	(void)state;
	wait_classify_stack(cases[5].stack, &v);
	assert_true(v.holds_commit);
	wait_classify_stack(cases[2].stack, &v);
	assert_false(v.holds_commit);
}

/* As /proc shows them: without the functions that sleep. */
static void a_stack_of_proc_begins_with_who_took_the_lock(void **state)
{
	static const struct {
		enum wait_role role;
		const char *stack;
	} live[] = {
		{ WAIT_DIR_LOCK, "do_renameat2+0x2ca/0x6a0\n__x64_sys_renameat+0x45/0x50\n" },
		{ WAIT_DIR_LOCK, "iterate_dir+0x4b/0x1b0\n__x64_sys_getdents64+0x7e/0x120\n" },
		{ WAIT_RTNL, "rtnl_lock+0x12/0x20\ndev_ioctl+0x1/0x2\n" },
		{ WAIT_INODE_LOCK, "ext4_buffered_write_iter+0x35/0x130\nvfs_write+0x1f1/0x3b0\n" },
		/* the lock is somebody else's, further in */
		{ WAIT_UNKNOWN, "my_driver_wait+0x1/0x2 [mine]\niterate_dir+0x4b/0x1b0\n" },
		{ WAIT_WRITEBACK, "folio_wait_bit_common+0x12e/0x330\n"
				  "folio_wait_writeback+0x28/0x70\next4_rename+0x97d/0xc40\n" },
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(live); i++) {
		struct wait_verdict v;

		wait_classify_asleep(live[i].stack, &v);
		if (v.role != live[i].role)
			fail_msg("case %zu: %s at %s", i, wait_role_name(v.role), v.site);
	}
}

/* Behind a broader row, or behind a lock that it does not explain, it would never be. */
static bool reached(const char *function, enum wait_role role)
{
	static const char *const sleeps[] = { "schedule",    "mutex_lock",
					      "down_read",   "percpu_rwsem_wait",
					      "__down",      "wait_on_page_bit",
					      "io_schedule", "wait_for_completion" };

	for (size_t i = 0; i < ARRAY_SIZE(sleeps); i++) {
		const char *stack[] = { sleeps[i], function };
		struct wait_verdict v;

		wait_classify(stack, 2, &v);
		if (v.role == role && (!strcmp(v.site, function) || role == WAIT_UNKNOWN))
			return true;
		if (role == WAIT_JOURNAL_UPDATES && v.holds_commit)
			return true;
	}
	return false;
}

static void every_row_is_reached_by_a_stack(void **state)
{
	const char *pattern;
	enum wait_role role;
	unsigned int i = 0;

	(void)state;
	for (; wait_site_at(i, &pattern, &role); i++) {
		char function[64];

		assert_true(strlen(pattern) < sizeof(function));
		snprintf(function, sizeof(function), "%.*s", (int)strcspn(pattern, "*"), pattern);
		if (!reached(function, role))
			fail_msg("row %u: %s never makes %s", i, pattern, wait_role_name(role));
	}
	assert_true(i > 250);
}

static void every_role_has_its_words(void **state)
{
	(void)state;
	for (int r = 0; r < WAIT_ROLE_COUNT; r++) {
		assert_non_null(wait_role_name((enum wait_role)r));
		assert_non_null(wait_role_words((enum wait_role)r));
		for (int k = 0; k < r; k++)
			assert_string_not_equal(wait_role_name((enum wait_role)r),
						wait_role_name((enum wait_role)k));
	}
}

static void only_so_many_frames_are_looked_at(void **state)
{
	const char *many[WAIT_FRAMES_MAX + 8];
	struct wait_verdict v;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(many); i++)
		many[i] = i < WAIT_FRAMES_MAX ? "schedule" : "rtnl_lock";
	wait_classify(many, ARRAY_SIZE(many), &v);
	assert_int_equal(v.role, WAIT_UNKNOWN);
}

static const struct {
	const char *line, *comm;
	char state;
	int pid, ppid;
	uint64_t flags;
} headers[] = {
	{ "jbd2/vda-8      D ffff880037659000     0    42      2 0x00000000", "jbd2/vda-8", 'D', 42,
	  2, 0 },
	{ "jbd2/dm-0-8   D 0000000000000003     0   544      2 0x00000000", "jbd2/dm-0-8", 'D', 544,
	  2, 0 },
	{ "extoom          D ffff88003e3d4800     0   127     44 0x00100004", "extoom", 'D', 127,
	  44, 0x100004 },
	{ "kworker/u146:16 D    0   495      2 0x80004000", "kworker/u146:16", 'D', 495, 2,
	  0x80004000 },
	{ "extoom          R  running task        0    61     44 0x00000008", "extoom", 'R', 61, 44,
	  8 },
	{ "kinteractiveup  D 00000000     0    64      2 0x00100000", "kinteractiveup", 'D', 64, 2,
	  0x100000 },
	{ "task:kworker/u4:5    state:D stack:11608 pid:1105  tgid:1105  ppid:2      "
	  "flags:0x00004000",
	  "kworker/u4:5", 'D', 1105, 2, 0x4000 },
	{ "task:jfsmount        state:D stack:    0 pid: 9831 ppid:  9614 flags:0x00000004",
	  "jfsmount", 'D', 9831, 9614, 4 },
	{ "a b c           S    0   12      1 0x00000000", "a b c", 'S', 12, 1, 0 },
};

static void headers_of_every_era_are_read(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(headers); i++) {
		struct task_header h;

		if (!task_header_parse(headers[i].line, &h))
			fail_msg("%s", headers[i].line);
		assert_string_equal(h.comm, headers[i].comm);
		assert_int_equal(h.state, headers[i].state);
		assert_int_equal(h.pid, headers[i].pid);
		assert_int_equal(h.ppid, headers[i].ppid);
		assert_true(h.flags == headers[i].flags);
	}
}

static void other_lines_are_no_headers(void **state)
{
	static const char *const lines[] = {
		"",
		"Call Trace:",
		"task:",
		"task:a state:D",
		" [<ffffffff81353fd4>] schedule+0x24/0x70",
		"INFO: task extoom:50 blocked for more than 20 seconds.",
		"RAX: 0000000000000000 RBX: 00007f5d71016d30 RCX: 00000000036d9010",
		"a D 0 99999999999999999999 2 0x0",
		"D    0   544      2 0x80000000",
	};
	struct task_header h;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(lines); i++)
		assert_false(task_header_parse(lines[i], &h));
}

static void the_oom_killers_mark_is_read_from_the_flags(void **state)
{
	struct task_header h;

	(void)state;
	task_header_parse(headers[2].line, &h);
	assert_true(task_header_oom_victim(&h));
	task_header_parse(headers[0].line, &h);
	assert_false(task_header_oom_victim(&h));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(real_stacks_get_the_role_that_an_expert_gives_them),
		cmocka_unit_test(a_stack_of_proc_begins_with_who_took_the_lock),
		cmocka_unit_test(a_stack_in_the_commit_holds_it_whatever_it_waits_for),
		cmocka_unit_test(every_row_is_reached_by_a_stack),
		cmocka_unit_test(every_role_has_its_words),
		cmocka_unit_test(only_so_many_frames_are_looked_at),
		cmocka_unit_test(headers_of_every_era_are_read),
		cmocka_unit_test(other_lines_are_no_headers),
		cmocka_unit_test(the_oom_killers_mark_is_read_from_the_flags),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

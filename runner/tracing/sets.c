/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Events come and go between kernels: 3.10 has none for the begin and end of compaction, 4.13
 * brought the OOM killer's. A kprobe on the function behind the event tells the same, without its
 * fields. What the kernel refused before it reached an event is seen by probing the caller alone,
 * so a few rows have no event at all.
 */
#include "tracing/sets.h"

#include <stddef.h>
#include <string.h>

#define NAME_MAX_LENGTH 120
#define LETTERS "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
#define WORD LETTERS "0123456789_-"
#define FUNCTION LETTERS "0123456789_."

const struct trace_set trace_sets[] = {
	{ "reclaim", "direct reclaim, of the machine and of groups, begin and end" },
	{ "compaction", "direct compaction: asked for, begun, ended, deferred" },
	{ "vmscan", "all that reclaim tells, kswapd's included; much" },
	{ "oom", "the OOM killer: called, its victim, retries before it" },
	{ "thp", "huge pages: collapsed, split, queued to be split" },
	{ "fragmentation", "page blocks that change their kind" },
	{ "jbd2", "the journal of ext4: transactions, handles, commits" },
	{ "ext4", "fsync, handles, inodes and writeback of ext4" },
	{ "writeback", "dirty pages on their way, and who is throttled" },
	{ "block", "requests to disks, issued and done" },
	{ "timer", "timers and high-resolution timers; much" },
	{ "itimer", "alarm and setitimer: system calls, state, expiry" },
	{ "signal", "signals sent and delivered" },
	{ "sched", "who runs on which CPU; very much" },
	{ NULL },
};

const struct trace_row trace_rows[] = {
	{ "reclaim", "vmscan/mm_vmscan_direct_reclaim_begin", "try_to_free_pages",
	  "order=$arg2:s32 gfp=$arg3:x32" },
	{ "reclaim", "vmscan/mm_vmscan_direct_reclaim_end", "try_to_free_pages",
	  .at_return = true },
	{ "reclaim", "vmscan/mm_vmscan_memcg_reclaim_begin", "try_to_free_mem_cgroup_pages" },
	{ "reclaim", "vmscan/mm_vmscan_memcg_reclaim_end", "try_to_free_mem_cgroup_pages",
	  .at_return = true },
	/* The caller: it is seen when the mask is refused, too, and compact_zone then is not. */
	{ "compaction", NULL, "__alloc_pages_direct_compact", "gfp=$arg1:x32 order=$arg2:u32",
	  .extra = true },
	{ "compaction", NULL, "try_to_compact_pages", .at_return = true },
	{ "compaction", "compaction/mm_compaction_begin", "compact_zone" },
	{ "compaction", "compaction/mm_compaction_end", "compact_zone", .at_return = true },
	{ "compaction", "compaction/mm_compaction_try_to_compact_pages", .extra = true },
	{ "compaction", "compaction/mm_compaction_finished", .extra = true },
	{ "compaction", "compaction/mm_compaction_suitable", .extra = true },
	{ "compaction", "compaction/mm_compaction_deferred", .extra = true },
	{ "compaction", "compaction/mm_compaction_defer_compaction", .extra = true },
	{ "vmscan", "vmscan/*", "shrink_node shrink_zone" },
	{ "oom", NULL, "out_of_memory", .extra = true },
	{ "oom", NULL, "mem_cgroup_out_of_memory", .extra = true },
	{ "oom", "oom/mark_victim", "mark_oom_victim oom_kill_process" },
	{ "oom", "oom/reclaim_retry_zone", .extra = true },
	{ "oom", "oom/compact_retry", .extra = true },
	{ "oom", "oom/wake_reaper", .extra = true },
	{ "oom", "oom/finish_task_reaping", .extra = true },
	{ "oom", "oom/skip_task_reaping", .extra = true },
	{ "thp", "huge_memory/*", "split_huge_page_to_list split_huge_page" },
	{ "thp", NULL, "deferred_split_huge_page deferred_split_folio", .extra = true },
	{ "thp", NULL, "deferred_split_scan", .extra = true },
	{ "thp", NULL, "free_transhuge_page", .extra = true },
	{ "fragmentation", "kmem/mm_page_alloc_extfrag", "__rmqueue_fallback" },
	{ "jbd2", "jbd2/*", "jbd2_journal_commit_transaction" },
	{ "ext4", "ext4/ext4_sync_file_enter", "ext4_sync_file" },
	{ "ext4", "ext4/ext4_sync_file_exit", "ext4_sync_file", .at_return = true },
	{ "ext4", "ext4/ext4_journal_start", .extra = true },
	{ "ext4", "ext4/ext4_journal_start_inode", .extra = true },
	{ "ext4", "ext4/ext4_evict_inode", "ext4_evict_inode" },
	{ "ext4", "ext4/ext4_allocate_inode", "__ext4_new_inode ext4_new_inode" },
	{ "ext4", "ext4/ext4_unlink_enter", .extra = true },
	{ "ext4", "ext4/ext4_unlink_exit", .extra = true },
	{ "ext4", "ext4/ext4_writepages", .extra = true },
	{ "ext4", "ext4/ext4_writepages_result", .extra = true },
	{ "ext4", "ext4/ext4_error", .extra = true },
	{ "ext4", "ext4/ext4_shutdown", .extra = true },
	{ "writeback", "writeback/writeback_start", "wb_writeback" },
	{ "writeback", "writeback/writeback_written", .extra = true },
	{ "writeback", "writeback/writeback_wait", .extra = true },
	{ "writeback", "writeback/balance_dirty_pages", "balance_dirty_pages" },
	{ "block", "block/block_rq_issue", "blk_mq_start_request blk_start_request" },
	{ "block", "block/block_rq_complete", "blk_update_request" },
	{ "timer", "timer/*", "hrtimer_interrupt" },
	/* Without CONFIG_FTRACE_SYSCALLS there are no events of system calls. */
	{ "itimer", "syscalls/sys_enter_alarm",
	  "__x64_sys_alarm __se_sys_alarm sys_alarm SyS_alarm" },
	{ "itimer", "syscalls/sys_exit_alarm", .extra = true },
	{ "itimer", "syscalls/sys_enter_setitimer",
	  "__x64_sys_setitimer __se_sys_setitimer sys_setitimer SyS_setitimer" },
	{ "itimer", "syscalls/sys_exit_setitimer", .extra = true },
	{ "itimer", "timer/itimer_state", "do_setitimer" },
	{ "itimer", "timer/itimer_expire", "it_real_fn" },
	{ "signal", "signal/*", "complete_signal" },
	{ "sched", "sched/sched_switch", "finish_task_switch" },
	{ "sched", "sched/sched_waking", .extra = true },
	{ NULL },
};

bool trace_set_known(const char *name)
{
	for (const struct trace_set *s = trace_sets; s->name; s++)
		if (!strcmp(s->name, name))
			return true;
	return false;
}

bool trace_event_spelled(const char *text)
{
	size_t system = strspn(text, WORD);
	const char *event = text + system + 1;

	if (!system || text[system] != '/' || strlen(text) > NAME_MAX_LENGTH)
		return false;
	return !strcmp(event, "*") || (*event && !event[strspn(event, WORD)]);
}

bool trace_function_spelled(const char *text)
{
	return *text && strlen(text) <= NAME_MAX_LENGTH && !text[strspn(text, FUNCTION)];
}

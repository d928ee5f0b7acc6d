/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Where kernels sleep, from 2.6.32 to 6.x. A row is a function that is on the stack while the task
 * sleeps there (not one that the compiler inlines), beside the names it had: jbd and jbd2, page and
 * folio, mmap_sem and mmap_lock.
 */
#include "kmsg/wait_rows.h"

#include "base/cleanup.h"

const struct wait_weak_row wait_weak_rows[] = {
	{ "__mutex_lock*", WEAK_MUTEX, WAIT_MUTEX },
	{ "mutex_lock*", WEAK_MUTEX, WAIT_MUTEX },
	{ "ww_mutex_lock*", WEAK_MUTEX, WAIT_MUTEX },
	{ "__ww_mutex_lock*", WEAK_MUTEX, WAIT_MUTEX },
	{ "rwsem_down_*", WEAK_RWSEM, WAIT_RWSEM },
	{ "__rwsem_down_*", WEAK_RWSEM, WAIT_RWSEM },
	{ "__down_read*", WEAK_RWSEM, WAIT_RWSEM },
	{ "__down_write*", WEAK_RWSEM, WAIT_RWSEM },
	{ "down_read*", WEAK_RWSEM, WAIT_RWSEM },
	{ "down_write*", WEAK_RWSEM, WAIT_RWSEM },
	{ "call_rwsem_down_*", WEAK_RWSEM, WAIT_RWSEM },
	{ "rwbase_*", WEAK_RWSEM, WAIT_RWSEM },
	{ "percpu_rwsem_wait", WEAK_PERCPU, WAIT_PERCPU_RWSEM },
	{ "percpu_down_*", WEAK_PERCPU, WAIT_PERCPU_RWSEM },
	{ "__percpu_down_*", WEAK_PERCPU, WAIT_PERCPU_RWSEM },
	{ "__down*", WEAK_OTHER, WAIT_SEMAPHORE },
	{ "down", WEAK_OTHER, WAIT_SEMAPHORE },
	{ "down_timeout", WEAK_OTHER, WAIT_SEMAPHORE },
	{ "down_interruptible", WEAK_OTHER, WAIT_SEMAPHORE },
	{ "down_killable", WEAK_OTHER, WAIT_SEMAPHORE },
	{ "rt_mutex_*", WEAK_OTHER, WAIT_RT_MUTEX },
	{ "__rt_mutex_*", WEAK_OTHER, WAIT_RT_MUTEX },
	{ "rtlock_*", WEAK_OTHER, WAIT_RT_MUTEX },
	{ "io_schedule*", WEAK_IO, WAIT_IO },
	{ "bit_wait_io*", WEAK_IO, WAIT_IO },
	{ "sync_page", WEAK_IO, WAIT_PAGE },
	{ "sleep_on_page*", WEAK_IO, WAIT_PAGE },
	{ "wait_on_page_bit*", WEAK_BIT, WAIT_PAGE },
	{ "folio_wait_bit*", WEAK_BIT, WAIT_PAGE },
	{ "__folio_wait_bit*", WEAK_BIT, WAIT_PAGE },
	{ "yield", WEAK_YIELD, WAIT_UNKNOWN },
	{ "sys_sched_yield", WEAK_YIELD, WAIT_UNKNOWN },
	{ "do_sched_yield", WEAK_YIELD, WAIT_UNKNOWN },
	{ "wait_for_completion*", WEAK_COMPLETION, WAIT_COMPLETION },
	{ "__wait_for_completion*", WEAK_COMPLETION, WAIT_COMPLETION },
	{ "wait_for_common*", WEAK_COMPLETION, WAIT_COMPLETION },
	{ "__wait_for_common", WEAK_COMPLETION, WAIT_COMPLETION },
	{ "do_wait_for_common", WEAK_COMPLETION, WAIT_COMPLETION },
};
const unsigned int wait_weak_count = ARRAY_SIZE(wait_weak_rows);

const struct wait_family *const wait_families[] = { &wait_storage, &wait_core, NULL };

/* Run only while the task has a handle open: what is slow in there keeps the commit waiting. */
const char *const wait_handle_frames[] = {
	"ext4_reserve_inode_write",
	"ext4_mark_inode_dirty",
	"__ext4_mark_inode_dirty",
	"ext4_ext_tree_init",
	"ext4_ext_insert_extent",
	"ext4_mb_new_blocks",
	"ext4_new_meta_blocks",
	"ext4_add_entry",
	"ext4_dx_add_entry",
	"ext4_add_nondir",
	"ext4_delete_entry",
	"ext4_append",
	"ext4_init_new_dir",
	"ext4_orphan_add",
	"ext4_orphan_del",
	"ext4_free_blocks",
	"ext4_free_inode",
	"ext4_xattr_set_handle",
	"ext4_ext_rm_leaf",
	"ext4_do_update_inode",
	"ext4_mark_iloc_dirty",
	"ext4_expand_extra_isize",
	"ext4_init_acl",
	"ext4_init_security",
	"__ext4_journal_get_write_access",
	"__ext4_journal_get_create_access",
	"__ext4_handle_dirty_metadata",
	"__ext4_forget",
	"jbd2_journal_get_write_access",
	"jbd2_journal_get_create_access",
	"jbd2_journal_get_undo_access",
	"jbd2_journal_dirty_metadata",
	"jbd2_journal_forget",
	"jbd2_journal_revoke",
	"mpage_map_and_submit_extent",
	"mpage_map_one_extent",
	"do_get_write_access",
	"ext3_reserve_inode_write",
	"ext3_mark_inode_dirty",
	"ext3_mark_iloc_dirty",
	"ext3_new_blocks",
	"ext3_add_entry",
	"ext3_delete_entry",
	"ext3_orphan_add",
	"ext3_orphan_del",
	"ext3_free_blocks",
	"journal_get_write_access",
	"journal_get_create_access",
	"journal_get_undo_access",
	"journal_dirty_metadata",
	"__ext3_journal_get_write_access",
	"__ext3_journal_dirty_metadata",
	"ocfs2_journal_access",
	"__ocfs2_journal_access",
	NULL,
};

/* The allocator, charging to a memory cgroup, and reclaim on their behalf. */
const char *const wait_alloc_frames[] = {
	"__alloc_pages*",
	"__alloc_frozen_pages*",
	"alloc_pages*",
	"try_to_free_*",
	"try_charge*",
	"__mem_cgroup_try_charge",
	"mem_cgroup_try_charge*",
	"mem_cgroup_charge*",
	"__mem_cgroup_charge*",
	"charge_memcg",
	"mem_cgroup_cache_charge",
	"mem_cgroup_out_of_memory",
	"mem_cgroup_oom*",
	"mem_cgroup_handle_oom",
	"mem_cgroup_reclaim",
	"out_of_memory",
	"free_more_memory",
	"grow_buffers",
	"grow_dev_page",
	"mempool_alloc*",
	"kmem_cache_alloc*",
	"__slab_alloc",
	"__kmalloc*",
	"obj_cgroup_charge*",
	NULL,
};

/* Called after a refusal only, from loops without an end (__getblk_slow() up to 4.14). */
const char *const wait_refused_frames[] = {
	"free_more_memory",
	NULL,
};

const char *const wait_commit_frames[] = {
	"jbd2_journal_commit_transaction",
	"journal_commit_transaction",
	NULL,
};

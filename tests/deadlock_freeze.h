/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The tasks of the freeze of ext4 by an OOM, with their stacks as 6.1 shows them: the journal
 * thread, the holder of a handle that loops for memory, the victim and one that waits. */
#ifndef TESTS_DEADLOCK_FREEZE_H
#define TESTS_DEADLOCK_FREEZE_H

#include "deadlock_world.h"

/* 6.1, the plant: jbd2 in jbd2_journal_wait_updates. */
static const struct person journal_6_1 = {
	42, "jbd2/vda-8", 'D', KTHREAD,
	"[<0>] jbd2_journal_wait_updates+0x6e/0xe0\n"
	"[<0>] jbd2_journal_commit_transaction+0x25a/0x1a10\n[<0>] kjournald2+0xa5/0x270\n"
	"[<0>] kthread+0xe6/0x110\n[<0>] ret_from_fork+0x1f/0x30\n"
};
#define LOOPS_6_1                                                                                  \
	"[<0>] __getblk_gfp+0x2b6/0x300\n[<0>] __ext4_get_inode_loc+0x100/0x4b0\n"                 \
	"[<0>] ext4_get_inode_loc+0x40/0x70\n[<0>] ext4_reserve_inode_write+0x5b/0xc0\n"           \
	"[<0>] __ext4_mark_inode_dirty+0x5a/0x210\n[<0>] __ext4_new_inode+0x1111/0x1600\n"         \
	"[<0>] ext4_create+0x104/0x1b0\n[<0>] path_openat+0xe1d/0x1020\n"                          \
	"[<0>] do_filp_open+0xa1/0x150\n[<0>] do_sys_openat2+0x80/0x160\n"                         \
	"[<0>] __x64_sys_openat+0x53/0xa0\n[<0>] do_syscall_64+0x3a/0x90\n"
static const struct person holder_6_1 = {
	120, "creator", 'R', 0,
	"[<0>] try_charge_memcg+0x6e5/0x780\n[<0>] charge_memcg+0x2a/0xa0\n"
	"[<0>] __mem_cgroup_charge+0x29/0x80\n[<0>] __filemap_add_folio+0x2f6/0x440\n"
	"[<0>] filemap_add_folio+0x3a/0xa0\n[<0>] __filemap_get_folio+0x1d4/0x310\n"
	"[<0>] pagecache_get_page+0x11/0x80\n" LOOPS_6_1
};
static const struct person holder_reclaims_6_1 = {
	120, "creator", 'R', 0,
	"[<0>] shrink_folio_list+0x2e5/0xb80\n[<0>] shrink_lruvec+0x5c1/0xc00\n"
	"[<0>] do_try_to_free_pages+0xd0/0x560\n[<0>] try_to_free_mem_cgroup_pages+0x107/0x230\n"
	"[<0>] try_charge_memcg+0x196/0x780\n" LOOPS_6_1
};
static const struct person victim_6_1 = {
	130,
	"hog and sync",
	'D',
	0,
	"[<0>] jbd2_log_wait_commit+0xe7/0x140\n[<0>] jbd2_complete_transaction+0x59/0xa0\n"
	"[<0>] ext4_sync_file+0x1a6/0x380\n[<0>] do_fsync+0x38/0x70\n"
	"[<0>] __x64_sys_fsync+0x10/0x20\n[<0>] do_syscall_64+0x3a/0x90\n",
	true,
	27 * 1024
};
static const struct person waiter_6_1 = {
	140, "creator", 'D', 0,
	"[<0>] wait_transaction_locked+0x85/0xc0\n[<0>] add_transaction_credits+0xd6/0x2a0\n"
	"[<0>] start_this_handle+0xfb/0x520\n[<0>] jbd2__journal_start+0xfb/0x1e0\n"
	"[<0>] __ext4_journal_start_sb+0xee/0x110\n[<0>] __ext4_new_inode+0x7b6/0x1600\n"
	"[<0>] ext4_create+0x104/0x1b0\n[<0>] path_openat+0xe1d/0x1020\n"
};

#endif

/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The deadlock watcher: circles of locks and pages, in which nobody asks for memory. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "deadlock_freeze.h"

/* A writer faults on its buffer, a mapper is measured: once a real order of locks. */
static const struct person writes = {
	120, "writer", 'D', 0,
	"[<0>] rwsem_down_read_slowpath+0x2b1/0x640\n[<0>] down_read+0x51/0x60\n"
	"[<0>] do_user_addr_fault+0x1a7/0x570\n[<0>] exc_page_fault+0x62/0x110\n"
	"[<0>] asm_exc_page_fault+0x22/0x30\n[<0>] generic_perform_write+0xf7/0x1c0\n"
	"[<0>] ext4_buffered_write_iter+0x6c/0x130\n[<0>] vfs_write+0x2a1/0x3d0\n"
};
static const struct person maps = {
	130, "mapper", 'D', 0,
	"[<0>] __mutex_lock_slowpath+0x2d/0x30\n[<0>] mutex_lock+0x37/0xb0\n"
	"[<0>] process_measurement+0x1c4/0x4f0\n[<0>] ima_file_mmap+0x81/0x1a0\n"
	"[<0>] do_mmap_pgoff+0x141/0x180\n[<0>] sys_mmap_pgoff+0x1/0x2\n"
};

static void locks_in_opposite_order_are_named_but_not_while_a_disk_stands(void **state)
{
	static struct scene s;

	put_person(&writes, 7);
	put_person(&maps, 7);
	put("proc", "diskstats", "   8       0 sda 1 2 3 4 5 6 7 8 2 10 11\n");
	scene_open(&s, "120\n130\n");
	for (unsigned int t = 100; t <= 200; t++)
		pass(&s, t * S);
	assert_int_equal(s.w.count, 0);
	put("proc", "diskstats", "   8       0 sda 1 2 3 4 5 6 7 8 0 10 11\n");
	for (unsigned int t = 201; t <= 230; t++)
		pass(&s, t * S);
	assert_int_equal(s.w.count, 1);
	assert_string_equal(s.w.told[0].text,
			    "writer[120] waits in do_user_addr_fault for the mmap lock that "
			    "mapper[130] holds (in do_mmap_pgoff); mapper[130] waits in "
			    "process_measurement for the lock of an inode that writer[120] holds "
			    "(in generic_perform_write)");
	scene_close(&s);
}

/* A rename waits with its handle open for writeback, whose end wants a handle of its own. */
static void writeback_that_waits_for_the_commit_that_waits_for_it_is_named(void **state)
{
	static struct scene s;
	static const struct person renames = {
		120, "mv", 'D', 0,
		"[<0>] folio_wait_bit_common+0x12d/0x340\n[<0>] folio_wait_writeback+0x28/0x80\n"
		"[<0>] __filemap_fdatawait_range+0x7d/0xe0\n"
		"[<0>] filemap_fdatawait_keep_errors+0x1e/0x50\n[<0>] ext4_rename+0x4a1/0xa20\n"
		"[<0>] vfs_rename+0x3f4/0xb70\n[<0>] do_renameat2+0x4a2/0x530\n"
	};
	static const struct person ends = {
		50, "kworker/u4:1+ext4-rsv-conversion", 'D', KTHREAD,
		"[<0>] wait_transaction_locked+0x85/0xc0\n[<0>] "
		"add_transaction_credits+0xd6/0x2a0\n"
		"[<0>] start_this_handle+0xfb/0x520\n[<0>] jbd2__journal_start+0xfb/0x1e0\n"
		"[<0>] __ext4_journal_start_sb+0xee/0x110\n"
		"[<0>] ext4_convert_unwritten_extents+0xd1/0x210\n"
		"[<0>] ext4_convert_unwritten_io_end_vec+0x5c/0xb0\n"
		"[<0>] ext4_end_io_rsv_work+0x10a/0x210\n[<0>] process_one_work+0x1c7/0x380\n"
	};
	struct person slow = ends;

	slow.stack = "[<0>] io_schedule+0x12/0x40\n[<0>] bit_wait_io+0xd/0x60\n"
		     "[<0>] ext4_convert_unwritten_extents+0xd1/0x210\n"
		     "[<0>] ext4_end_io_rsv_work+0x10a/0x210\n";
	put_person(&journal_6_1, 7);
	put_person(&renames, 7);
	put_person(&slow, 7);
	scene_open(&s, "120\n");
	for (unsigned int t = 100; t <= 150; t++)
		pass(&s, t * S);
	assert_int_equal(s.w.count, 0);
	put_person(&ends, 8);
	for (unsigned int t = 151; t <= 200; t++)
		pass(&s, t * S);
	assert_int_equal(s.w.count, 1);
	assert_string_equal(
		s.w.told[0].text,
		"journal thread jbd2/vda-8[42] waits for the handle of mv[120]; mv[120] waits in "
		"folio_wait_writeback for a page that kworker/u4:1+ext4-rsv-conversio[50] holds "
		"(in "
		"ext4_convert_unwritten_extents); kworker/u4:1+ext4-rsv-conversio[50] waits in "
		"wait_transaction_locked for jbd2/vda-8[42]'s commit");
	scene_close(&s);
}

static void among_many_that_run_one_that_may_have_the_lock_acquits(void **state)
{
	static struct scene s;
	struct person busy = { 1000, "hog", 'R', 0, NULL };

	put_person(&writes, 7);
	put_person(&maps, 7);
	put_crowd(7);
	for (busy.tid = 1000; busy.tid < 1000 + CROWD; busy.tid += CROWD - 1) {
		busy.stack = "[<0>] balance_dirty_pages+0x1/0x2\n"
			     "[<0>] generic_perform_write+0xf7/0x1c0\n";
		put_person(&busy, 7);
		scene_open(&s, "120\n130\n");
		for (unsigned int t = 100; t <= 160; t++)
			pass(&s, t * S);
		assert_int_equal(s.w.count, 0);
		busy.stack = "[<0>] shrink_lruvec+0x5c1/0xc00\n";
		put_person(&busy, 8);
		for (unsigned int t = 161; t <= 200; t++)
			pass(&s, t * S);
		assert_int_equal(s.w.count, 1);
		scene_close(&s);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define SCENE(name) cmocka_unit_test_setup_teardown(name, make_root, remove_root)
		SCENE(locks_in_opposite_order_are_named_but_not_while_a_disk_stands),
		SCENE(writeback_that_waits_for_the_commit_that_waits_for_it_is_named),
		SCENE(among_many_that_run_one_that_may_have_the_lock_acquits),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

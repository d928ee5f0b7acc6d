/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The deadlock watcher: the freeze of ext4 by an OOM as 3.10 and 6.1 show it is named, in each of
 * its forms. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "deadlock_freeze.h"

/* 3.10.0-862.el7, as the report shows it. */
static const struct person journal_3_10 = {
	42, "jbd2/md127-8", 'D', KTHREAD,
	"[<ffffffffc01fe8b0>] jbd2_journal_commit_transaction+0x240/0x19c0 [jbd2]\n"
	"[<ffffffffc0205c5e>] kjournald2+0xbe/0x250 [jbd2]\n[<ffffffffb0cc6bd1>] "
	"kthread+0xd1/0xe0\n"
};
static const struct person holder_3_10 = {
	120, "ext4-repro-with-write", 'R', 0,
	"[<ffffffffb0e3a5b1>] __mem_cgroup_try_charge+0x3b1/0xb00\n"
	"[<ffffffffb0e3b7d6>] mem_cgroup_cache_charge+0xa6/0xf0\n"
	"[<ffffffffb0dc3a38>] __add_to_page_cache_locked+0x88/0x1c0\n"
	"[<ffffffffb0dc3b97>] add_to_page_cache_lru+0x37/0xb0\n"
	"[<ffffffffb0dc3ffb>] find_or_create_page+0x6b/0xb0\n"
	"[<ffffffffb0e93a3b>] __getblk+0xeb/0x2f0\n"
	"[<ffffffffc03d8e3f>] __ext4_get_inode_loc+0x10f/0x410 [ext4]\n"
	"[<ffffffffc03db3ed>] ext4_get_inode_loc+0x1d/0x20 [ext4]\n"
	"[<ffffffffc03dd3d6>] ext4_reserve_inode_write+0x26/0xa0 [ext4]\n"
	"[<ffffffffc03dd4a3>] ext4_mark_inode_dirty+0x53/0x210 [ext4]\n"
	"[<ffffffffc0402d4b>] ext4_ext_tree_init+0x3b/0x40 [ext4]\n"
	"[<ffffffffc03d5d4e>] __ext4_new_inode+0x10be/0x12c0 [ext4]\n"
	"[<ffffffffc03e6b13>] ext4_create+0xc3/0x1b0 [ext4]\n"
};
static const struct person victim_3_10 = {
	130,
	"ext4-repro-with-write",
	'D',
	0,
	"[<ffffffffc02054a5>] jbd2_log_wait_commit+0xc5/0x140 [jbd2]\n"
	"[<ffffffffc0206e21>] jbd2_complete_transaction+0x51/0xb0 [jbd2]\n"
	"[<ffffffffc03cff60>] ext4_sync_file+0x2d0/0x350 [ext4]\n"
	"[<ffffffffb0e8ccf7>] do_fsync+0x67/0xb0\n[<ffffffffb0e8cff0>] SyS_fsync+0x10/0x20\n",
	true,
	27 * 1024
};

static void the_freeze_by_oom_is_named_on_6_1(void **state)
{
	static struct scene s;
	unsigned int when;

	put_person(&journal_6_1, 7);
	put_person(&holder_6_1, 7);
	put_person(&victim_6_1, 7);
	put_person(&waiter_6_1, 7);
	scene_open(&s, "120\n130\n140\n");
	when = play(&s, &holder_6_1, &holder_reclaims_6_1, 140);
	assert_int_equal(s.w.count, 1);
	assert_in_range(when, 110, 115); /* ten seconds since the holder was first sampled */
	assert_int_equal(s.w.told[0].kind, FINDING_DEADLOCK);
	assert_string_equal(
		s.w.told[0].text,
		"journal thread jbd2/vda-8[42] waits for the handle of creator[120]; creator[120] "
		"loops for memory in group victims.0 at its limit (32M); victims.0's victim "
		"hog and sync[130] (keeps 27M) cannot die because it waits in fsync for "
		"jbd2/vda-8[42]'s commit; 1 more task waits for them");
	assert_string_equal(s.w.told[0].members,
			    "42 journal-commit-updates - jbd2/vda-8\n"
			    "120 memory-with-handle victims.0 creator\n"
			    "130 journal-wait-commit victims.0 hog and sync\n");
	assert_string_equal(s.w.told[0].signature, "deadlock|journal-commit-updates|memory-with-"
						   "handle|journal-wait-commit");
	assert_string_equal(s.w.told[0].comm, "jbd2/vda-8");
	assert_string_equal(s.w.told[0].group, "victims.0");
	assert_true(finding_stack_has(s.w.told[0].stack, "jbd2_journal_commit_transaction"));
	assert_true(finding_stack_has(s.w.told[0].stack, "__getblk_gfp"));
	assert_true(finding_stack_has(s.w.told[0].stack, "ext4_sync_file"));
	play(&s, &holder_6_1, NULL, 160);
	assert_int_equal(s.w.count, 1); /* once */
	scene_close(&s);
}

static void the_freeze_by_oom_is_named_on_3_10(void **state)
{
	static struct scene s;

	put_person(&journal_3_10, 7);
	put_person(&holder_3_10, 7);
	put_person(&victim_3_10, 7);
	scene_open(&s, "120\n130\n");
	assert_in_range(play(&s, &holder_3_10, NULL, 140), 110, 115);
	assert_non_null(strstr(s.w.told[0].text, "jbd2/md127-8[42] waits for the handle of "
						 "ext4-repro-with-write[120]"));
	assert_non_null(strstr(s.w.told[0].text, "cannot die because it waits in fsync for "
						 "jbd2/md127-8[42]'s commit"));
	scene_close(&s);
}

static const struct person holder_refused = {
	120, "creator", 'R', 0,
	"[<0>] yield+0x12/0x20\n[<0>] free_more_memory+0x4b/0x110\n" LOOPS_6_1
};

static void a_group_of_which_nobody_dies_is_a_circle_when_all_stand_and_it_refuses(void **state)
{
	static struct scene s;
	struct person nobody = victim_6_1, sleeper = waiter_6_1;

	nobody.killed = false;
	sleeper.state = 'S';
	put_person(&journal_6_1, 7);
	put_person(&holder_6_1, 7);
	put_person(&nobody, 7);
	put_person(&sleeper, 7);
	scene_open(&s, "120\n130\n140\n");
	for (unsigned int t = 100; t < 160; t += 8) { /* one that lives */
		put_person(&sleeper, (int)t);
		for (unsigned int i = 0; i < 8; i++) {
			put_person(i & 1 ? &holder_6_1 : &holder_refused, (int)(t + i));
			pass(&s, (t + i) * S);
		}
	}
	assert_int_equal(s.w.count, 0);
	assert_true(play(&s, &holder_6_1, &holder_refused, 200) > 0);
	assert_non_null(
		strstr(s.w.told[0].text,
		       "; nobody of victims.0 is to die, and hog and sync[130] gives nothing "
		       "back because it waits in fsync for jbd2/vda-8[42]'s commit"));
	scene_close(&s);
}

/* The small form of the report on 6.1: the victim waits for the block of inodes that the looping
 * task has locked, and for no commit. The journal waits for both. */
static void
a_buffer_that_the_looping_task_has_locked_is_named_but_not_while_a_disk_stands(void **state)
{
	static struct scene s;
	struct person victim = victim_6_1;

	victim.stack = "[<0>] __ext4_get_inode_loc+0x32d/0x470\n[<0>] "
		       "ext4_get_inode_loc+0x2e/0x70\n[<0>] ext4_reserve_inode_write+0x35/0xb0\n"
		       "[<0>] ext4_orphan_add+0x28b/0x500\n[<0>] __ext4_unlink+0x2be/0x2f0\n"
		       "[<0>] ext4_unlink+0xdb/0xf0\n[<0>] vfs_unlink+0xfd/0x250\n"
		       "[<0>] do_unlinkat+0x1a1/0x2b0\n";
	put_person(&journal_6_1, 7);
	put_person(&holder_6_1, 7);
	put_person(&victim, 7);
	put("proc", "diskstats", "   8       0 sda 1 2 3 4 5 6 7 8 2 10 11\n");
	scene_open(&s, "120\n130\n");
	assert_int_equal(play(&s, &holder_6_1, &holder_reclaims_6_1, 140), 0);
	put("proc", "diskstats", "   8       0 sda 1 2 3 4 5 6 7 8 0 10 11\n");
	play(&s, &holder_6_1, &holder_reclaims_6_1, 180);
	assert_int_equal(s.w.count, 1);
	assert_string_equal(
		s.w.told[0].text,
		"creator[120] loops for memory in group victims.0 at its limit (32M); "
		"victims.0's victim hog and sync[130] (keeps 27M) cannot die because it "
		"waits in __ext4_get_inode_loc for a buffer that creator[120] holds (in "
		"ext4_reserve_inode_write); 1 more task waits for them");
	scene_close(&s);
}

static void among_many_that_run_the_one_with_the_handle_is_found(void **state)
{
	static struct scene s;

	put_person(&journal_6_1, 7);
	put_person(&victim_6_1, 7);
	put_person(&holder_6_1, 7);
	put_crowd(7);
	scene_open(&s, "120\n130\n");
	assert_in_range(play(&s, &holder_6_1, NULL, 140), 110, 120);
	assert_non_null(strstr(s.w.told[0].text, "waits for the handle of creator[120]"));
	scene_close(&s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define SCENE(name) cmocka_unit_test_setup_teardown(name, make_root, remove_root)
		SCENE(the_freeze_by_oom_is_named_on_6_1),
		SCENE(the_freeze_by_oom_is_named_on_3_10),
		SCENE(a_group_of_which_nobody_dies_is_a_circle_when_all_stand_and_it_refuses),
		SCENE(a_buffer_that_the_looping_task_has_locked_is_named_but_not_while_a_disk_stands),
		SCENE(among_many_that_run_the_one_with_the_handle_is_found),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

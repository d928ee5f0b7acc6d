/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The deadlock watcher: what looks like the freeze of ext4 by an OOM and is none. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "deadlock_freeze.h"

/* What 6.1 without the plant shows on v1 for 15 to 25 s: the same, but nobody was killed. */
static void a_stall_without_a_victim_is_none(void **state)
{
	static struct scene s;
	struct person nobody = victim_6_1;

	nobody.killed = false;
	put_person(&journal_6_1, 7);
	put_person(&holder_reclaims_6_1, 7);
	put_person(&nobody, 7);
	put_person(&waiter_6_1, 7);
	scene_open(&s, "120\n130\n140\n");
	assert_int_equal(play(&s, &holder_reclaims_6_1, &holder_6_1, 200), 0);
	scene_close(&s);
}

static void a_victim_that_the_reaper_emptied_is_none(void **state)
{
	static struct scene s;
	struct person empty = victim_6_1;

	empty.kept_kb = 300; /* an error of counting */
	put_person(&journal_6_1, 7);
	put_person(&holder_6_1, 7);
	put_person(&empty, 7);
	scene_open(&s, "120\n130\n");
	assert_int_equal(play(&s, &holder_6_1, NULL, 200), 0);
	scene_close(&s);
}

static void a_group_that_kills_on_or_has_room_is_none(void **state)
{
	static struct scene s;

	put_person(&journal_6_1, 7);
	put_person(&victim_6_1, 7);
	put_person(&holder_6_1, 7);
	scene_open(&s, "120\n130\n");
	for (unsigned int t = 100; t < 160; t += 8) { /* a kill each eight seconds */
		put_group(32 * MIB, t);
		for (unsigned int i = 0; i < 8; i++) {
			put_person(&holder_6_1, (int)(t + i));
			pass(&s, (t + i) * S);
		}
	}
	assert_int_equal(s.w.count, 0);
	put_group(20 * MIB, 160);
	assert_int_equal(play(&s, &holder_6_1, NULL, 200), 0);
	put_group(32 * MIB, 160);
	assert_true(play(&s, &holder_6_1, NULL, 300) > 0); /* the control */
	scene_close(&s);
}

static void a_holder_that_begins_new_calls_is_none(void **state)
{
	static struct scene s;
	struct person a = holder_6_1, b = holder_6_1;
	static const char other[] = "[<0>] try_charge_memcg+0x6e5/0x780\n"
				    "[<0>] ext4_reserve_inode_write+0x5b/0xc0\n"
				    "[<0>] __ext4_mark_inode_dirty+0x5a/0x210\n"
				    "[<0>] ext4_rename+0x1/0x2\n";

	b.stack = other;
	put_person(&journal_6_1, 7);
	put_person(&victim_6_1, 7);
	put_person(&a, 7);
	scene_open(&s, "120\n130\n");
	assert_int_equal(play(&s, &a, &b, 200), 0);
	scene_close(&s);
}

static void a_commit_that_waits_for_its_disk_is_none(void **state)
{
	static struct scene s;
	struct person disk = journal_6_1;

	disk.stack = "[<0>] bit_wait_io+0xd/0x60\n[<0>] __wait_on_buffer+0x32/0x40\n"
		     "[<0>] jbd2_journal_commit_transaction+0x10ad/0x1a10\n"
		     "[<0>] kjournald2+0xa5/0x270\n";
	put_person(&disk, 7);
	put_person(&victim_6_1, 7);
	put_person(&holder_6_1, 7);
	scene_open(&s, "120\n130\n");
	assert_int_equal(play(&s, &holder_6_1, NULL, 200), 0);
	scene_close(&s);
}

/* Everybody waits for a thaw, the journal thread sleeps: no circle. */
static void a_frozen_file_system_is_none(void **state)
{
	static struct scene s;
	static const char frozen[] = "[<0>] percpu_rwsem_wait+0x116/0x140\n"
				     "[<0>] __percpu_down_read+0x61/0x80\n"
				     "[<0>] mnt_want_write+0x90/0xa0\n"
				     "[<0>] path_openat+0xe1d/0x1020\n";
	struct person a = { 120, "creator", 'D', 0, frozen, true, 27 * 1024 };
	struct person b = { 130, "creator", 'D', 0, frozen, true, 27 * 1024 };
	struct person j = { 42, "jbd2/vda-8", 'S', KTHREAD, "[<0>] kjournald2+0x1f1/0x270\n" };

	put_person(&j, 7);
	put_person(&a, 7);
	put_person(&b, 7);
	scene_open(&s, "120\n130\n");
	for (unsigned int t = 100; t <= 200; t++)
		pass(&s, t * S);
	assert_int_equal(s.w.count, 0);
	scene_close(&s);
}

/* A host that gives a quarter of a CPU: the reaper, too, takes four times as long. */
static void what_the_host_kept_from_the_machine_does_not_count(void **state)
{
	static struct scene s;
	struct unseen unseen = { 0 };
	unsigned int when = 0;

	put_person(&journal_6_1, 7);
	put_person(&holder_6_1, 7);
	put_person(&victim_6_1, 7);
	scene_open(&s, "120\n130\n");
	s.w.ctx.unseen = &unseen;
	for (unsigned int t = 100; t <= 160 && !when; t++) {
		unseen.slow_us += 3 * S / 4;
		when = play_second(&s, &holder_6_1, t);
	}
	assert_in_range(when, 130, 150); /* not 110 */
	scene_close(&s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define SCENE(name) cmocka_unit_test_setup_teardown(name, make_root, remove_root)
		SCENE(what_the_host_kept_from_the_machine_does_not_count),
		SCENE(a_stall_without_a_victim_is_none),
		SCENE(a_victim_that_the_reaper_emptied_is_none),
		SCENE(a_group_that_kills_on_or_has_room_is_none),
		SCENE(a_holder_that_begins_new_calls_is_none),
		SCENE(a_commit_that_waits_for_its_disk_is_none),
		SCENE(a_frozen_file_system_is_none),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

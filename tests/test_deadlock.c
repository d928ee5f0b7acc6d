/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The deadlock watcher over folders that look like /proc and a control group: the freeze of ext4 by
 * an OOM as 3.10 and 6.1 show it, and what looks like it and is none. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "watch/deadlock_decide.h"
#include "watch/disks.h"
#include "watch/task_death.h"
#include "watch/task_read.h"
#include "watch_world.h"

#define S 1000000ull
#define MIB (1024 * 1024ull)
#define KTHREAD TASK_FLAG_KTHREAD
#define CROWD 70 /* more than are sampled in one pass */

static char root[64];

static void put(const char *dir, const char *name, const char *text)
{
	char path[256];
	FILE *f;

	snprintf(path, sizeof(path), "%s/%s", root, dir);
	mkdir(path, 0755);
	snprintf(path, sizeof(path), "%s/%s/%s", root, dir, name);
	f = fopen(path, "w");
	assert_non_null(f);
	fputs(text, f);
	fclose(f);
}

struct person {
	int tid;
	const char *comm;
	char state;
	unsigned int flags;
	const char *stack;
	bool killed;
	unsigned int kept_kb;
};

static void put_person(const struct person *p, int switches)
{
	char dir[32], text[512];

	snprintf(dir, sizeof(dir), "proc/%d", p->tid);
	snprintf(text, sizeof(text), "%d (%s) %c %d 0 0 0 -1 %u 0 0 0 0 0 0 0 0 20 0 1 0 24 0 0\n",
		 p->tid, p->comm, p->state, p->flags & KTHREAD ? 2 : 1, p->flags);
	put(dir, "stat", text);
	snprintf(text, sizeof(text), "1 2 %d\n", switches);
	put(dir, "schedstat", text);
	put(dir, "wchan", "0");
	put(dir, "stack", p->stack);
	snprintf(text, sizeof(text),
		 "Name:\t%s\nState:\t%c\nRssAnon:\t%8u kB\nSigPnd:\t%016x\nShdPnd:\t%016x\n"
		 "voluntary_ctxt_switches:\t1\nnonvoluntary_ctxt_switches:\t1\n",
		 p->comm, p->state, p->kept_kb, p->killed ? 0x100 : 0, 0);
	put(dir, "status", text);
}

static int make_root(void **state)
{
	char path[128];

	snprintf(root, sizeof(root), "/tmp/hangar-test-deadlock-XXXXXX");
	if (!mkdtemp(root))
		return -1;
	snprintf(path, sizeof(path), "%s/proc", root);
	mkdir(path, 0755);
	put("proc/self", "schedstat", "1 2 5\n");
	put("proc/self", "stack", "");
	put("proc", "diskstats",
	    "   8       0 sda 1 2 3 4 5 6 7 8 0 10 11\n 254       0 vda 1 2 3 4 5 6 7 8 0 10 11\n");
	return 0;
}

static int remove_one(const char *path, const struct stat *st, int flag, struct FTW *ftw)
{
	return remove(path);
}

static int remove_root(void **state)
{
	return nftw(root, remove_one, 8, FTW_DEPTH | FTW_PHYS);
}

/* A run with one group "victims.0" of 32 MiB whose tasks are A and V of the story. */
struct scene {
	struct world w;
	struct cgroup_tree tree;
	struct cgroup_node nodes[2];
	struct plan_group groups[2];
	struct watcher *watcher;
};

static void put_group(uint64_t usage, unsigned int kills)
{
	char text[128];

	snprintf(text, sizeof(text), "%llu\n", (unsigned long long)usage);
	put("group", "memory.current", text);
	snprintf(text, sizeof(text), "low 0\nhigh 0\nmax 900\noom %u\noom_kill %u\n", kills, kills);
	put("group", "memory.events", text);
}

static int open_one(const char *name)
{
	char path[256];

	snprintf(path, sizeof(path), "%s/group/%s", root, name);
	return open(path, O_RDONLY | O_CLOEXEC);
}

static void scene_open(struct scene *s, const char *tasks)
{
	struct diag d = { 0 };

	memset(s, 0, sizeof(*s));
	world_init(&s->w, root);
	put_group(32 * MIB, 3);
	put("group", "cgroup.threads", tasks);
	for (int i = 0; i < 2; i++) {
		snprintf(s->groups[i].path, sizeof(s->groups[i].path), "%s", s->w.groups[i].path);
		s->groups[i].parent = -1;
		s->nodes[i] = (struct cgroup_node){ .group = &s->groups[i],
						    .memory_at = -1,
						    .tasks_fd = -1,
						    .tasks_dir_fd = -1,
						    .usage_fd = -1,
						    .events_fd = -1,
						    .own_events_fd = { -1, -1 },
						    .limit_bytes = UNSET };
	}
	s->nodes[1].tasks_fd = open_one("cgroup.threads");
	s->nodes[1].usage_fd = open_one("memory.current");
	s->nodes[1].own_events_fd[0] = s->nodes[1].events_fd = open_one("memory.events");
	s->nodes[1].n_own_events = 1;
	s->nodes[1].limit_bytes = 32 * MIB;
	s->tree = (struct cgroup_tree){ .mode = CGROUP_V2, .nodes = s->nodes, .n_nodes = 2 };
	s->w.ctx.tree = &s->tree;
	s->w.scenario.watch.deadlock_for_us = 10 * S;
	assert_int_equal(watch_deadlock.open(&s->w.ctx, &s->watcher, &d), 0);
}

static void scene_close(struct scene *s)
{
	watch_deadlock.close(s->watcher);
	close(s->nodes[1].tasks_fd);
	close(s->nodes[1].usage_fd);
	close(s->nodes[1].events_fd);
	world_clear(&s->w);
}

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

/* All stand since second 100; holder moves with each look. Returns when it was told, 0: not. */
static unsigned int play(struct scene *s, const struct person *moves, const struct person *also,
			 unsigned int until)
{
	for (unsigned int t = 100; t <= until; t++) {
		put_person(also && t % 3 == 1 ? also : moves, (int)t);
		for (int half = 0; half < 2; half++)
			while (watch_deadlock.tick(s->watcher, t * S + (unsigned)half * S / 2) ==
			       t * S + (unsigned)half * S / 2)
				;
		if (s->w.count)
			return t;
	}
	return 0;
}

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
			while (watch_deadlock.tick(s.watcher, (t + i) * S) == (t + i) * S)
				;
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
			while (watch_deadlock.tick(s.watcher, (t + i) * S) == (t + i) * S)
				;
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
		while (watch_deadlock.tick(s.watcher, t * S) == t * S)
			;
	assert_int_equal(s.w.count, 0);
	scene_close(&s);
}

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
		while (watch_deadlock.tick(s.watcher, t * S) == t * S)
			;
	assert_int_equal(s.w.count, 0);
	put("proc", "diskstats", "   8       0 sda 1 2 3 4 5 6 7 8 0 10 11\n");
	for (unsigned int t = 201; t <= 230; t++)
		while (watch_deadlock.tick(s.watcher, t * S) == t * S)
			;
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
		while (watch_deadlock.tick(s.watcher, t * S) == t * S)
			;
	assert_int_equal(s.w.count, 0);
	put_person(&ends, 8);
	for (unsigned int t = 151; t <= 200; t++)
		while (watch_deadlock.tick(s.watcher, t * S) == t * S)
			;
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

/* A storm on v1: many in reclaim, who run. */
static void put_crowd(int switches)
{
	for (int i = 0; i < CROWD; i++) {
		const struct person p = { 1000 + i, "hog", 'R', 0,
					  "[<0>] shrink_lruvec+0x5c1/0xc00\n"
					  "[<0>] try_to_free_mem_cgroup_pages+0x107/0x230\n"
					  "[<0>] try_charge_memcg+0x196/0x780\n"
					  "[<0>] do_anonymous_page+0x1/0x2\n" };

		put_person(&p, switches);
	}
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
			while (watch_deadlock.tick(s.watcher, t * S) == t * S)
				;
		assert_int_equal(s.w.count, 0);
		busy.stack = "[<0>] shrink_lruvec+0x5c1/0xc00\n";
		put_person(&busy, 8);
		for (unsigned int t = 161; t <= 200; t++)
			while (watch_deadlock.tick(s.watcher, t * S) == t * S)
				;
		assert_int_equal(s.w.count, 1);
		scene_close(&s);
	}
}

static void a_status_tells_who_is_to_die_and_what_it_keeps(void **state)
{
	struct task_death d;

	assert_int_equal(task_death_parse("Name:\tx\nVmRSS:\t  4096 kB\nRssAnon:\t  2048 kB\n"
					  "SigPnd:\t0000000000000100\nShdPnd:\t0000000000000000\n",
					  &d),
			 0);
	assert_true(d.killed);
	assert_int_equal(d.kept_bytes, 2 * MIB);
	assert_int_equal(task_death_parse("Name:\tx\nVmRSS:\t  4096 kB\nSigPnd:\t0000000000000000\n"
					  "ShdPnd:\t0000000000000100\n",
					  &d),
			 0);
	assert_true(d.killed);
	assert_int_equal(d.kept_bytes, 4 * MIB);
	assert_int_equal(task_death_parse("Name:\tx\nSigPnd:\t0000000000004000\n"
					  "ShdPnd:\t0000000000000000\n",
					  &d),
			 0);
	assert_false(d.killed);
	assert_int_equal(d.kept_bytes, 0);
	assert_int_equal(task_death_parse("", &d), -EINVAL);
}

static void a_disk_that_never_lets_go_of_a_request_stands(void **state)
{
	static struct disks d;
	static const char busy[] =
		" 8 0 sda 1 2 3 4 5 6 7 8 1 10 11\n 8 1 sdb 1 2 3 4 5 6 7 8 0 10\n";
	static const char idle[] =
		" 8 0 sda 1 2 3 4 5 6 7 8 0 10 11\n 8 1 sdb 1 2 3 4 5 6 7 8 9 10\n";

	assert_false(disks_moved_since(&d, 0)); /* nothing was read */
	disks_look(&d, busy, 10);
	assert_false(disks_moved_since(&d, 5));
	disks_look(&d, idle, 11);
	assert_true(disks_moved_since(&d, 10));
	assert_false(disks_moved_since(&d, 11)); /* sdb was last quiet at 10 */
	disks_look(&d, "nonsense\n", 12);
	assert_int_equal(d.count, 2);
	for (int i = 0; i < DISKS_MAX; i++) {
		char line[64];

		snprintf(line, sizeof(line), " 9 %d sd 1 2 3 4 5 6 7 8 0 10 11", i);
		disks_look(&d, line, 13);
	}
	assert_false(disks_moved_since(&d, 0)); /* more than fit: nothing is known of those */
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define SCENE(name) cmocka_unit_test_setup_teardown(name, make_root, remove_root)
		SCENE(the_freeze_by_oom_is_named_on_6_1),
		SCENE(the_freeze_by_oom_is_named_on_3_10),
		SCENE(a_stall_without_a_victim_is_none),
		SCENE(a_group_of_which_nobody_dies_is_a_circle_when_all_stand_and_it_refuses),
		SCENE(a_victim_that_the_reaper_emptied_is_none),
		SCENE(a_group_that_kills_on_or_has_room_is_none),
		SCENE(a_holder_that_begins_new_calls_is_none),
		SCENE(a_commit_that_waits_for_its_disk_is_none),
		SCENE(a_frozen_file_system_is_none),
		SCENE(locks_in_opposite_order_are_named_but_not_while_a_disk_stands),
		SCENE(writeback_that_waits_for_the_commit_that_waits_for_it_is_named),
		SCENE(a_buffer_that_the_looping_task_has_locked_is_named_but_not_while_a_disk_stands),
		SCENE(among_many_that_run_the_one_with_the_handle_is_found),
		SCENE(among_many_that_run_one_that_may_have_the_lock_acquits),
		cmocka_unit_test(a_status_tells_who_is_to_die_and_what_it_keeps),
		cmocka_unit_test(a_disk_that_never_lets_go_of_a_request_stands),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
/* For the tests of the deadlock watcher: folders that look like /proc and a control group, and time
 * that passes over them. Include cmocka.h before. */
#ifndef TESTS_DEADLOCK_WORLD_H
#define TESTS_DEADLOCK_WORLD_H

#include <fcntl.h>
#include <ftw.h>
#include <sys/stat.h>
#include <unistd.h>

#include "fake_proc.h"
#include "watch/task_read.h"
#include "watch_world.h"

#define MIB (1024 * 1024ull)
#define KTHREAD TASK_FLAG_KTHREAD
#define CROWD 70 /* more than are sampled in one pass */

struct person {
	int tid;
	const char *comm;
	char state;
	unsigned int flags;
	const char *stack;
	bool killed;
	unsigned int kept_kb;
};

static inline void put_person(const struct person *p, int switches)
{
	char tid[16], dir[32], text[512];

	snprintf(tid, sizeof(tid), "%d", p->tid);
	put_task(tid, p->comm, p->state, p->flags & KTHREAD ? 2 : 1, p->flags, switches, "0",
		 p->stack);
	snprintf(dir, sizeof(dir), "proc/%d", p->tid);
	snprintf(text, sizeof(text),
		 "Name:\t%s\nState:\t%c\nRssAnon:\t%8u kB\nSigPnd:\t%016x\nShdPnd:\t%016x\n"
		 "voluntary_ctxt_switches:\t1\nnonvoluntary_ctxt_switches:\t1\n",
		 p->comm, p->state, p->kept_kb, p->killed ? 0x100 : 0, 0);
	put(dir, "status", text);
}

static inline int make_root(void **state)
{
	if (root_make())
		return -1;
	put("proc/self", "schedstat", "1 2 5\n");
	put("proc/self", "stack", "");
	put("proc", "diskstats",
	    "   8       0 sda 1 2 3 4 5 6 7 8 0 10 11\n 254       0 vda 1 2 3 4 5 6 7 8 0 10 11\n");
	return 0;
}

/* A run with one group "victims.0" of 32 MiB whose tasks are A and V of the story. */
struct scene {
	struct world w;
	struct cgroup_tree tree;
	struct cgroup_node nodes[2];
	struct plan_group groups[2];
	struct watcher *watcher;
};

static inline void put_group(uint64_t usage, unsigned int kills)
{
	char text[128];

	snprintf(text, sizeof(text), "%llu\n", (unsigned long long)usage);
	put("group", "memory.current", text);
	snprintf(text, sizeof(text), "low 0\nhigh 0\nmax 900\noom %u\noom_kill %u\n", kills, kills);
	put("group", "memory.events", text);
}

static inline int open_one(const char *name)
{
	char path[256];

	snprintf(path, sizeof(path), "%s/group/%s", root, name);
	return open(path, O_RDONLY | O_CLOEXEC);
}

static inline void scene_open(struct scene *s, const char *tasks)
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

static inline void scene_close(struct scene *s)
{
	watch_deadlock.close(s->watcher);
	close(s->nodes[1].tasks_fd);
	close(s->nodes[1].usage_fd);
	close(s->nodes[1].events_fd);
	world_clear(&s->w);
}

/* The watcher's whole pass at @at. */
static inline void pass(struct scene *s, uint64_t at)
{
	while (watch_deadlock.tick(s->watcher, at) == at)
		;
}

/* One second, in which @moves does. Returns it when something was told in it, else 0. */
static inline unsigned int play_second(struct scene *s, const struct person *moves, unsigned int t)
{
	put_person(moves, (int)t);
	pass(s, t * S);
	pass(s, t * S + S / 2);
	return s->w.count ? t : 0;
}

/* All stand since second 100; holder moves with each look. Returns when it was told, 0: not. */
static inline unsigned int play(struct scene *s, const struct person *moves,
				const struct person *also, unsigned int until)
{
	for (unsigned int t = 100; t <= until; t++)
		if (play_second(s, also && t % 3 == 1 ? also : moves, t))
			return t;
	return 0;
}

/* A storm on v1: many in reclaim, who run. */
static inline void put_crowd(int switches)
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

#endif

/* SPDX-License-Identifier: GPL-2.0-or-later */
/* For the tests of runner/launch: a small plan of shell commands. */
#ifndef TESTS_LAUNCH_WORLD_H
#define TESTS_LAUNCH_WORLD_H

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/clock.h"
#include "cgroup/cgroup.h"
#include "launch/launch.h"

#define S 1000000ull

/* A plan of shell commands, all in one group that limits nothing. */
#define COPIES_MAX 64

static struct {
	struct rundir dir;
	struct plan plan;
	struct plan_group group;
	struct plan_launch launches[COPIES_MAX];
	struct run_spec run;
	char *argv[COPIES_MAX][4];
	struct host host;
	struct undo *undo;
	struct cgroup_tree *tree;
	struct launcher *l;
	unsigned int exits[EXIT_STARVED + 1];
} t;

static char sh[] = "/bin/sh", dash_c[] = "-c";

static inline void add(char *command)
{
	unsigned int i = t.plan.n_launches++;
	struct plan_launch *launch = &t.launches[i];

	t.argv[i][0] = sh;
	t.argv[i][1] = dash_c;
	t.argv[i][2] = command;
	*launch = (struct plan_launch){ .slot = i, .argv = t.argv[i], .from = &t.run };
	launch->is_fio = true; /* a shell counts no steps and knows no start line */
	snprintf(launch->name, sizeof(launch->name), "sh#%u", i);
	snprintf(launch->out, sizeof(launch->out), "out/%03u-sh.log", i);
}

static inline int setup(void **state)
{
	char path[] = "/tmp/hangar-test-XXXXXX";

	memset(&t, 0, sizeof(t));
	assert_non_null(mkdtemp(path));
	snprintf(t.dir.path, sizeof(t.dir.path), "%s", path);
	snprintf(t.dir.id, sizeof(t.dir.id), "test-launch");
	t.dir.fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	mkdirat(t.dir.fd, "out", 0755);
	snprintf(t.group.path, sizeof(t.group.path), "outside");
	t.group.parent = -1;
	t.plan.groups = &t.group;
	t.plan.n_groups = 1;
	t.plan.launches = t.launches;
	snprintf(t.plan.scratch_dir, sizeof(t.plan.scratch_dir), "%s", path);
	assert_int_equal(undo_open(&t.dir, &t.undo), 0);
	return cgroup_tree_make(&t.plan, &t.host, t.dir.id, t.undo, &t.tree, NULL);
}

static inline int teardown(void **state)
{
	char command[4200];

	launcher_close(t.l);
	cgroup_tree_free(t.tree);
	undo_close(t.undo);
	close(t.dir.fd);
	snprintf(command, sizeof(command), "rm -rf '%s'", t.dir.path);
	return system(command);
}

static inline void open_launcher(void)
{
	struct diag d = { 0 };

	if (launcher_open(&t.plan, t.tree, &t.dir, NULL, &t.l, &d))
		fail_msg("%s", d.message);
}

static inline void spawn(void)
{
	struct diag d = { 0 };

	if (launcher_spawn_phase(t.l, 0, &d))
		fail_msg("%s", d.message);
}

static inline void on_exit_of(void *ctx, unsigned int index, enum exit_kind kind)
{
	t.exits[kind]++;
}

/* Reap and restart until no copy is alive or waiting. */
static inline void run_out(void)
{
	uint64_t until = now_us() + 20 * S;
	bool busy = true;

	while (busy && now_us() < until) {
		launcher_reap(t.l, now_us(), on_exit_of, NULL);
		launcher_tick(t.l, now_us());
		busy = false;
		for (unsigned int i = 0; i < t.plan.n_launches; i++)
			busy |= t.l->copies[i].state == COPY_ALIVE ||
				t.l->copies[i].state == COPY_BACKOFF;
		usleep(2000);
	}
	assert_false(busy);
}

#endif

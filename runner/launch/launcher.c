/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The launcher's life: prepare everything, fork the spawner, start phases and send them off the
 * start line together. What comes back is in reap.c, how it ends in stop.c.
 */
#include "launch/launch.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>

#include "base/cleanup.h"
#include "base/textfile.h"
#include "launch/prepare.h"
#include "launch/slots_map.h"

/* Descriptors of journal, watchers and evidence, beside those of copies and groups. */
#define OTHER_FILES 512
#define FILES_PER_GROUP 16

/* Children get 0 back even if the runner is sheltered, but are never better off than the user's own
 * session. */
static int own_oom_score_adj(void)
{
	char text[16];

	if (textfile_read_at(AT_FDCWD, "/proc/self/oom_score_adj", text, sizeof(text)) <= 0)
		return 0;
	return atoi(text) > 0 ? atoi(text) : 0;
}

static void keep_fd(unsigned char *keep, size_t size, int fd)
{
	if (fd >= 0 && (size_t)fd / 8 < size)
		keep[fd / 8] |= (unsigned char)(1u << (fd % 8));
}

static int fork_spawner(struct launcher *l)
{
	const size_t size = 8192; /* 65536 descriptors */
	_cleanup_free_ unsigned char *keep = calloc(1, size);

	if (!keep)
		return -ENOMEM;
	for (unsigned int i = 0; i < l->plan->n_launches; i++)
		keep_fd(keep, size, l->specs[i].out_fd);
	for (unsigned int i = 0; i < l->tree->n_nodes; i++) {
		const struct cgroup_node *n = &l->tree->nodes[i];

		keep_fd(keep, size, n->dir_fd);
		for (unsigned int k = 0; k < n->n_dirs; k++)
			keep_fd(keep, size, n->procs_fd[k]);
	}
	keep_fd(keep, size, l->common.null_fd);
	keep_fd(keep, size, l->common.cwd_fd);
	keep_fd(keep, size, l->common.slots_fd);
	keep_fd(keep, size, l->common.report_fd);
	return spawner_open(&l->spawner, &l->common, l->specs, l->plan->n_launches, keep, size);
}

/* At 3 or above, since the child lays its own 0, 1 and 2 over whatever is there. */
static int open_high(const char *path, int flags)
{
	_cleanup_close_ int fd = open(path, flags | O_CLOEXEC);
	int high = fd < 0 ? -1 : fcntl(fd, F_DUPFD_CLOEXEC, 3);

	return high < 0 ? -errno : high;
}

static int open_common(struct launcher *l, struct diag *d)
{
	struct child_common *c = &l->common;

	if (pipe2(l->report_fd, O_CLOEXEC) < 0 || fcntl(l->report_fd[0], F_SETFL, O_NONBLOCK) < 0)
		return -errno;
	fcntl(l->report_fd[0], F_SETPIPE_SZ, 1 << 20); /* 65536 reports; the usual 4096 would do */
	c->runner = getpid();
	c->slots_fd = l->slots_fd;
	c->report_fd = l->report_fd[1];
	c->oom_score_adj = own_oom_score_adj();
	c->null_fd = open_high("/dev/null", O_RDONLY);
	if (c->null_fd < 0)
		return diag_set(d, c->null_fd, "cannot open /dev/null");
	c->cwd_fd = open_high(l->plan->scratch_dir, O_PATH | O_DIRECTORY);
	if (c->cwd_fd < 0)
		return diag_set(d, c->cwd_fd, "cannot enter the scratch folder %s: %s",
				l->plan->scratch_dir, strerror(-c->cwd_fd));
	return 0;
}

static uint32_t slots_needed(const struct plan *p)
{
	uint32_t count = 1;

	for (unsigned int i = 0; i < p->n_launches; i++)
		if (p->launches[i].slot >= count)
			count = p->launches[i].slot + 1;
	return count;
}

static int fill(struct launcher *l, const struct rundir *dir, struct diag *d)
{
	const struct plan *p = l->plan;
	int err;

	l->copies = calloc(p->n_launches + 1, sizeof(*l->copies));
	l->kills = calloc(l->tree->n_nodes + 1, sizeof(*l->kills));
	if (!l->copies || !l->kills)
		return -ENOMEM;
	prepare_file_limit(OTHER_FILES + p->n_launches + FILES_PER_GROUP * l->tree->n_nodes,
			   &l->common.files);
	err = slots_map_open(slots_needed(p), dir->fd, &l->slots, &l->slots_fd);
	if (err)
		return diag_set(d, err, "cannot make the page shared with stressors: %s",
				strerror(-err));
	err = open_common(l, d);
	if (!err)
		err = prepare_specs(l, dir, d);
	if (!err)
		err = fork_spawner(l);
	/* 3.4 and later; without it orphans go to init, which reaps them too. */
	if (!err)
		prctl(PR_SET_CHILD_SUBREAPER, 1);
	return err ? diag_set(d, err, "cannot prepare the launch: %s", strerror(-err)) : 0;
}

int launcher_open(const struct plan *p, const struct cgroup_tree *t, const struct rundir *d,
		  struct journal *j, struct launcher **ret, struct diag *diag)
{
	struct launcher *l = calloc(1, sizeof(*l));
	int err;

	if (!l)
		return -ENOMEM;
	l->plan = p;
	l->tree = t;
	l->journal = j;
	l->slots_fd = l->report_fd[0] = l->report_fd[1] = -1;
	l->common.null_fd = l->common.cwd_fd = l->spawner.wake_fd = -1;
	err = fill(l, d, diag);
	if (err) {
		launcher_close(l);
		return err;
	}
	prepare_close_fds(l);
	*ret = l;
	return 0;
}

struct launcher *launcher_close(struct launcher *l)
{
	if (!l)
		return NULL;
	spawner_close(&l->spawner);
	prepare_clear(l);
	slots_map_close(l->slots, l->slots_fd);
	close_fd(l->report_fd[0]);
	close_fd(l->report_fd[1]);
	free(l->kills);
	free(l->copies);
	free(l);
	return NULL;
}

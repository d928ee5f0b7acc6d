/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A guest is not waited for when it is started: what is done to its pen meanwhile is what the churn
 * is about. A file that it wrote stays in the page cache, charged to the pen, when guest and pen
 * are gone: the group then lives on without a name until the cache is reclaimed.
 */
#include "pens.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "touch.h"

#define REMOVE_TRIES 50
#define REMOVE_PAUSE_US 2000u

int pens_init(struct pens *p, const struct stressor_run *run, uint32_t count)
{
	p->all = calloc(count, sizeof(*p->all));
	if (!p->all)
		return -ENOMEM;
	p->count = count;
	for (uint32_t i = 0; i < count; i++) {
		p->all[i].group = (struct memcg)MEMCG_NONE;
		snprintf(p->all[i].name, sizeof(p->all[i].name), "pen.%d.%u.%u", (int)getpid(),
			 run->thread, i);
	}
	return 0;
}

int pens_make(struct pens *p, uint32_t i)
{
	struct pen *pen = &p->all[i];
	int err;

	if (pen->group.fd >= 0)
		return 0;
	if (mkdirat(p->in->fd, pen->name, 0755) < 0 && errno != EEXIST)
		return -errno;
	err = memcg_open(&pen->group, p->in->fd, pen->name);
	return err ? err : memcg_limit(&pen->group, p->limit_bytes);
}

/* Has the guest gone? */
static bool is_empty(struct pen *pen)
{
	int status;

	if (pen->guest && waitpid(pen->guest, &status, WNOHANG) != 0)
		pen->guest = 0;
	return pen->guest == 0;
}

int pens_remove(struct pens *p, uint32_t i)
{
	struct pen *pen = &p->all[i];

	if (pen->group.fd < 0)
		return 0;
	is_empty(pen);
	if (unlinkat(p->in->fd, pen->name, AT_REMOVEDIR) < 0)
		return errno == EBUSY ? STRESSOR_PRESSURE : -errno;
	memcg_close(&pen->group);
	return 0;
}

static void write_file(const struct pens *p, const char *name)
{
	_cleanup_close_ int fd = -1;
	static const char data[4096] = "pen";

	if (p->dirfd < 0 || !p->file_bytes)
		return;
	fd = openat(p->dirfd, name, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	for (uint64_t at = 0; fd >= 0 && at < p->file_bytes; at += sizeof(data))
		if (write(fd, data, sizeof(data)) < 0)
			return;
}

static void take(const struct pens *p, struct stressor_run *run)
{
	const struct touch each_page = { 0 };
	char *at = mmap(NULL, p->guest_bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS,
			-1, 0);

	if (at != MAP_FAILED)
		touch_pages(run, &each_page, at, p->guest_bytes);
}

/* Errors end its life early, and nobody asks why: groups come and go around it. */
static void live(const struct pens *p, struct stressor_run *run, uint32_t i)
{
	const struct pen *next = &p->all[(i + 1) % p->count];

	if (memcg_enter(&p->all[i].group) < 0)
		return;
	take(p, run);
	write_file(p, p->all[i].name);
	if (next->group.fd >= 0 && memcg_enter(&next->group) == 0)
		take(p, run);
	if (p->stay_us)
		usleep((useconds_t)p->stay_us);
}

int pens_invite(struct pens *p, struct stressor_run *run, uint32_t i)
{
	struct pen *pen = &p->all[i];
	pid_t pid;

	if (!is_empty(pen))
		return STRESSOR_PRESSURE;
	pid = stressor_fork();
	if (pid < 0)
		return pid;
	if (pid == 0) {
		live(p, run, i);
		_exit(0);
	}
	pen->guest = pid;
	return 0;
}

static void dismiss(struct pen *pen)
{
	if (is_empty(pen))
		return;
	kill(pen->guest, SIGKILL);
	while (waitpid(pen->guest, NULL, 0) < 0 && errno == EINTR)
		;
	pen->guest = 0;
}

void pens_clear(struct pens *p)
{
	for (uint32_t i = 0; i < p->count; i++)
		dismiss(&p->all[i]);
	for (uint32_t i = 0; i < p->count; i++)
		for (int k = 0; k < REMOVE_TRIES && pens_remove(p, i) == STRESSOR_PRESSURE; k++)
			usleep(REMOVE_PAUSE_US); /* an exit is a moment in the group still */
	free(take_ptr(p->all));
	p->count = 0;
}

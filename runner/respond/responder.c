/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The ladder: on the first match every rung is fired, in order, by a thread, into files that were
 * made before the storm. The loop journals what came of it. A rung that hangs (its file may be on
 * the file system that does) leaves the ones below it on record.
 */
#include "respond/respond.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/stat.h>
#include <time.h>

#include "base/cleanup.h"
#include "base/clock.h"
#include "rundir.h"
#include "watch/thread.h"

#define RUNGS_MAX 16
#define FIRE_WAIT_US 1000000  /* the loop goes without its other work so long */
#define CLOSE_WAIT_US 5000000 /* stacks of 10,000 tasks take 300 ms */

struct place {
	const struct rung_ops *ops;
	void *own;
	int fd;
	char file[64];
	_Atomic bool done;
	int err;
	bool journalled;
};

struct responder {
	const struct watch_ctx *ctx;
	const struct trigger_ops *trigger;
	struct place places[RUNGS_MAX];
	unsigned int count;
	int go_fd;
	bool fired, trigger_told;
	pthread_t thread;
	struct finding finding;
};

static void *climb(void *arg)
{
	struct responder *r = arg;
	uint64_t count;

	if (read(r->go_fd, &count, sizeof(count)) == (ssize_t)sizeof(count) && r->fired)
		for (unsigned int i = 0; i < r->count; i++) {
			struct place *p = &r->places[i];

			p->err = p->ops->fire(p->own, &r->finding, p->fd);
			if (!p->err && fdatasync(p->fd) < 0)
				p->err = -errno;
			atomic_store(&p->done, true);
		}
	return NULL;
}

static void note(const struct responder *r, const char *rung, const char *why)
{
	if (r->ctx->journal)
		journal_note(r->ctx->journal, "evidence %s cannot be taken here: %s", rung, why);
}

static int add_rung(struct responder *r, const struct rung_ops *ops)
{
	struct place *p = &r->places[r->count];
	struct diag why = { 0 };
	int err;

	if (r->count == RUNGS_MAX)
		return -E2BIG;
	if (ops->check(r->ctx, &why)) {
		note(r, ops->name, why.message);
		return 0;
	}
	*p = (struct place){ .ops = ops, .fd = -1 };
	snprintf(p->file, sizeof(p->file), "evidence/%s.txt", ops->name);
	err = ops->open(r->ctx, &p->own);
	if (err < 0) {
		note(r, ops->name, strerror(-err));
		return 0;
	}
	r->count++;
	p->fd = openat(r->ctx->rundir->fd, p->file, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
	return p->fd < 0 ? -errno : 0;
}

static const struct rung_ops *find_rung(const char *name)
{
	for (unsigned int i = 0; rungs[i]; i++)
		if (!strcmp(rungs[i]->name, name))
			return rungs[i];
	return NULL;
}

static int add_rungs(struct responder *r, struct diag *d)
{
	char **names = r->ctx->scenario->on_match.evidence;
	int err = 0;

	if (mkdirat(r->ctx->rundir->fd, "evidence", 0755) < 0 && errno != EEXIST)
		return diag_set(d, -errno, "evidence: %s", strerror(errno));
	for (; names && *names && !err; names++) {
		const struct rung_ops *ops = find_rung(*names);

		if (!ops)
			return diag_set(d, -EINVAL, "no rung is named \"%s\"", *names);
		err = add_rung(r, ops);
		if (err < 0)
			diag_set(d, err, "evidence/%s.txt: %s", *names, strerror(-err));
	}
	return err;
}

static void free_all(struct responder *r)
{
	for (unsigned int i = 0; i < r->count; i++) {
		struct place *p = &r->places[i];

		if (!r->fired && p->fd >= 0)
			unlinkat(r->ctx->rundir->fd, p->file, 0);
		close_fd(p->fd);
		p->ops->close(p->own);
	}
	close_fd(r->go_fd);
	free(r);
}

int responder_open(const struct watch_ctx *ctx, struct responder **ret, struct diag *d)
{
	struct responder *r = calloc(1, sizeof(*r));
	const char *dump = ctx->scenario->on_match.dump;
	int err;

	if (!r)
		return -ENOMEM;
	r->ctx = ctx;
	r->trigger = &trigger_none;
	r->go_fd = eventfd(0, EFD_CLOEXEC);
	err = r->go_fd < 0 ? -errno : add_rungs(r, d);
	if (!err)
		err = thread_start(&r->thread, climb, r);
	if (err < 0) {
		free_all(r);
		return diag_set(d, err, "evidence: %s", strerror(-err));
	}
	if (dump && strcmp(dump, r->trigger->name) && ctx->journal)
		journal_note(ctx->journal,
			     "dump \"%s\" is not taken: the machine that hangar runs on is never "
			     "crashed",
			     dump);
	*ret = r;
	return 0;
}

static void journal_place(struct responder *r, struct place *p, const char *error)
{
	struct jline *line;
	struct stat st;

	p->journalled = true;
	if (!r->ctx->journal)
		return;
	line = journal_begin(r->ctx->journal, "evidence");
	jline_str(line, "name", p->ops->name);
	jline_str(line, "file", p->file);
	if (!error && !fstat(p->fd, &st))
		jline_uint(line, "bytes", (uint64_t)st.st_size);
	jline_str(line, "error", error);
	journal_commit(r->ctx->journal);
}

static void fire_trigger(struct responder *r)
{
	char detail[256] = "";
	struct jline *line;
	int err = r->trigger->fire(&r->finding, detail, sizeof(detail));

	r->trigger_told = true;
	if (!r->ctx->journal)
		return;
	line = journal_begin(r->ctx->journal, "trigger");
	jline_str(line, "name", r->trigger->name);
	jline_str(line, "result", err ? strerror(-err) : "done");
	jline_str(line, "detail", detail);
	journal_commit(r->ctx->journal);
}

bool responder_poll(struct responder *r)
{
	bool all = true;

	if (!r->fired)
		return true;
	for (unsigned int i = 0; i < r->count; i++) {
		struct place *p = &r->places[i];

		if (!p->journalled && atomic_load(&p->done))
			journal_place(r, p, p->err ? strerror(-p->err) : NULL);
		all = all && p->journalled;
	}
	if (all && !r->trigger_told)
		fire_trigger(r);
	return all;
}

static void wait_for(struct responder *r, uint64_t timeout_us)
{
	const struct timespec pause = { .tv_nsec = 1000000 };
	uint64_t until = now_us() + timeout_us;

	while (!responder_poll(r) && now_us() < until)
		nanosleep(&pause, NULL);
}

static void go(struct responder *r)
{
	ssize_t n = write(r->go_fd, &(uint64_t){ 1 }, sizeof(uint64_t));

	(void)n;
}

void responder_fire(struct responder *r, const struct finding *f)
{
	if (r->fired)
		return;
	r->finding = *f;
	r->fired = true;
	go(r);
	wait_for(r, FIRE_WAIT_US);
}

struct responder *responder_close(struct responder *r)
{
	if (!r)
		return NULL;
	if (r->fired)
		wait_for(r, CLOSE_WAIT_US);
	else
		go(r);
	for (unsigned int i = 0; r->fired && i < r->count; i++)
		if (!r->places[i].journalled)
			journal_place(r, &r->places[i], "not done in time: it hangs");
	if (r->fired && r->count && !atomic_load(&r->places[r->count - 1].done)) {
		pthread_detach(r->thread);
		return NULL;
	}
	pthread_join(r->thread, NULL);
	free_all(r);
	return NULL;
}

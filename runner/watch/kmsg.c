/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The kernel log, live. One read() of /dev/kmsg gives one record; EPIPE says that the ring overran
 * before we came, and the next read goes on behind the hole. It is in a storm that rings overrun,
 * so that is a finding and never an end.
 */
#include "watch/watch.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>

#include "base/cleanup.h"
#include "base/clock.h"
#include "kmsg/kmsg.h"
#include "watch/kmsg_stream.h"
#include "watch/mark.h"
#include "watch/spool.h"

#define RECORD_BYTES 8192    /* CONSOLE_EXT_LOG_MAX */
#define RECORDS_AT_ONCE 512  /* then other watchers have a turn */
#define QUIET_US 200000      /* a report whose lines stopped for so long is complete */
#define RAW_BYTES (1u << 20) /* raw records waiting for the disk: the ring's own usual size */
#define RAW_CLOSE_US 2000000
#define IDS_MAX 256 /* reports open or followed up at any time: far fewer */

struct kmsg_watch {
	struct watcher base;
	int fd;
	struct kmsg_reader *reader;
	struct kmsg_stream stream;
	struct spool *raw;
	bool lost_told;
	uint64_t lost;
	uint64_t now;
	struct {
		uint32_t local, given;
	} ids[IDS_MAX];
	char buf[RECORD_BYTES + 1];
};

static bool wanted(const struct watch_spec *spec)
{
	return spec->kmsg;
}

/*
 * The kernel rations the lines before "Killed process", the group's name among them, to ten reports
 * in 5 s for all groups of the machine. Then only the pid can tell whose victim that was; kills in
 * our groups are told by the oom watcher in any case.
 */
static void name_victim(const struct watch_ctx *ctx, struct finding *f)
{
	int copy;

	if (f->kind != FINDING_OOM_KILL || f->pid <= 0)
		return;
	copy = watch_copy_of_victim(ctx, f->pid);
	if (copy < 0)
		f->kind = FINDING_FOREIGN_OOM;
	else
		snprintf(f->group, sizeof(f->group), "%.127s",
			 watch_group_name(ctx, (int)ctx->plan->launches[copy].group));
}

/* A group of ours is named as the scenario does; an OOM in any other is not this run's. */
static void name_group(struct kmsg_watch *w, struct finding *f)
{
	const struct cgroup_tree *tree = w->base.ctx->tree;
	const struct cgroup_node *node;

	if (!f->group[0]) {
		name_victim(w->base.ctx, f);
		return;
	}
	node = tree ? cgroup_tree_find(tree, f->group) : NULL;
	if (node)
		snprintf(f->group, sizeof(f->group), "%.127s", node->group->path);
	else if (f->kind == FINDING_OOM_KILL)
		f->kind = FINDING_FOREIGN_OOM;
}

static void take(void *ctx, const struct finding *told)
{
	struct kmsg_watch *w = ctx;
	struct finding f = *told;
	uint64_t when = kmsg_stream_when(&w->stream, f.kernel_us);
	uint64_t took = f.seconds > 0 && f.seconds < 1e9 ? (uint64_t)(f.seconds * 1e6) : 0;
	uint32_t more_of = w->ids[f.more_of % IDS_MAX].local == f.more_of
				   ? w->ids[f.more_of % IDS_MAX].given
				   : 0;

	f.began_us = when > took ? when - took : 0;
	f.noticed_us = w->now;
	f.more_of = told->more_of ? more_of : 0;
	f.id = 0;
	name_group(w, &f);
	w->ids[told->id % IDS_MAX].given = watch_emit(&w->base, &f);
	w->ids[told->id % IDS_MAX].local = told->id;
}

static void tell_gap(struct kmsg_watch *w, uint64_t lost)
{
	struct finding f;

	w->lost += lost;
	finding_init(&f, FINDING_KMSG_GAP, "kmsg", w->now);
	snprintf(f.text, sizeof(f.text), "the kernel log overran: %llu records lost",
		 (unsigned long long)lost);
	watch_emit(&w->base, &f);
}

static void take_record(struct kmsg_watch *w, size_t size)
{
	struct kmsg_record rec;
	uint64_t lost;

	spool_put(w->raw, w->buf, size);
	if (kmsg_record_parse(w->buf, size, &rec) < 0)
		return;
	lost = kmsg_stream_record(&w->stream, rec.seq, rec.kernel_us, w->now);
	if (lost)
		tell_gap(w, lost);
	kmsg_reader_feed(w->reader, &rec, w->now);
}

static void ready(struct watcher *base, int fd, uint64_t now)
{
	struct kmsg_watch *w = (struct kmsg_watch *)base;

	(void)now; /* the loop's time is from before other watchers had their turn */
	for (int i = 0; i < RECORDS_AT_ONCE; i++) {
		ssize_t n = read(fd, w->buf, RECORD_BYTES);

		if (n < 0 && (errno == EPIPE || errno == EINTR))
			continue; /* the gap is told by the next record's number */
		if (n <= 0)
			return;
		w->now = now_us();
		take_record(w, (size_t)n);
	}
}

static uint64_t tick(struct watcher *base, uint64_t now)
{
	struct kmsg_watch *w = (struct kmsg_watch *)base;

	w->now = now;
	kmsg_reader_flush(w->reader, now, QUIET_US);
	watch_record_lost(base, "kmsg.log", spool_error(w->raw), &w->lost_told);
	return now + QUIET_US / 2;
}

static unsigned int fds(struct watcher *base, int *to, uint32_t *events, unsigned int max)
{
	if (!max)
		return 0;
	to[0] = ((struct kmsg_watch *)base)->fd;
	events[0] = EPOLLIN;
	return 1;
}

/* A line of our own, read back at once, gives the distance of the two clocks before the first
 * finding. */
static void set_clock(struct kmsg_watch *w, const char *path)
{
	_cleanup_close_ int fd = open(path, O_WRONLY | O_CLOEXEC);
	const struct timespec pause = { .tv_nsec = 2000000 };
	const struct rundir *dir = w->base.ctx->rundir;
	char mark[160];

	mark_make(dir ? dir->id : "?", mark, sizeof(mark));
	if (fd < 0 || write(fd, mark, strlen(mark)) < 0)
		return;
	for (int i = 0; i < 10 && !w->stream.known; i++) {
		ready(&w->base, w->fd, 0);
		if (!w->stream.known)
			nanosleep(&pause, NULL);
	}
}

static void kmsg_close(struct watcher *base)
{
	struct kmsg_watch *w = (struct kmsg_watch *)base;

	if (w->reader && w->fd >= 0) {
		ready(base, w->fd, 0);
		w->now = now_us();
		kmsg_reader_flush(w->reader, w->now, 0);
	}
	if (w->raw && spool_dropped(w->raw))
		watch_note(base, "kmsg.log lacks %llu records",
			   (unsigned long long)spool_dropped(w->raw));
	if (w->raw)
		watch_record_lost(base, "kmsg.log", spool_error(w->raw), &w->lost_told);
	w->raw = spool_close(w->raw, RAW_CLOSE_US);
	w->reader = kmsg_reader_free(w->reader);
	close_fd(w->fd);
	free(w);
}

static int open_raw(struct kmsg_watch *w)
{
	int dir = w->base.ctx->rundir ? w->base.ctx->rundir->fd : -1;
	_cleanup_close_ int fd =
		dir < 0 ? open("/dev/null", O_WRONLY | O_CLOEXEC)
			: openat(dir, "kmsg.log", O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644);
	int err = fd < 0 ? -errno : spool_open(fd, RAW_BYTES, &w->raw);

	if (!err)
		take_fd(&fd);
	return err;
}

static int kmsg_open(const struct watch_ctx *ctx, struct watcher **ret, struct diag *why)
{
	struct kmsg_watch *w = calloc(1, sizeof(*w));
	char path[512];
	int err;

	if (!w)
		return -ENOMEM;
	w->base.ops = &watch_kmsg;
	w->base.ctx = ctx;
	w->fd = open(watch_path(ctx, "/dev/kmsg", path, sizeof(path)),
		     O_RDONLY | O_NONBLOCK | O_CLOEXEC);
	if (w->fd < 0 || lseek(w->fd, 0, SEEK_END) < 0) {
		diag_set(why, -errno,
			 "%s: %s: run as root or set kernel.dmesg_restrict=0 (2.6.32 cannot read "
			 "it at all)",
			 path, strerror(errno));
		kmsg_close(&w->base);
		return 1;
	}
	w->reader = kmsg_reader_new(take, w);
	err = w->reader ? open_raw(w) : -ENOMEM;
	if (err < 0) {
		w->reader = kmsg_reader_free(w->reader);
		kmsg_close(&w->base);
		return err;
	}
	set_clock(w, path);
	*ret = &w->base;
	return 0;
}

static void status(const struct watcher *base, char *buf, size_t size)
{
	const struct kmsg_watch *w = (const struct kmsg_watch *)base;

	if (w->lost)
		snprintf(buf, size, "%llu log records lost", (unsigned long long)w->lost);
}

const struct watch_ops watch_kmsg = {
	.name = "kmsg",
	.wanted = wanted,
	.open = kmsg_open,
	.close = kmsg_close,
	.fds = fds,
	.ready = ready,
	.tick = tick,
	.status = status,
};

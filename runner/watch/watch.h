/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Watchers: each looks at one source and turns what it sees into findings. One file each, one ops,
 * one array. open() takes everything that it will need; from then on a watcher allocates nothing
 * and opens nothing that it could not do without (a file of a task that appeared later may be
 * opened; failing to do so is counted, never fatal).
 */
#ifndef HANGAR_WATCH_H
#define HANGAR_WATCH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "launch/launch.h"
#include "watch/pace.h"

/* Where findings go. The sink judges, numbers, journals and decides; it copies @f. Returns the id
 * given. */
struct finding_sink {
	uint32_t (*take)(void *ctx, struct finding *f);
	void *ctx;
};

struct watch_ctx { /* all borrowed, all outlive the watchers */
	const struct scenario *scenario;
	const struct plan *plan;
	const struct host *host;
	const struct cgroup_tree *tree;
	const struct launcher *launcher;
	const struct rundir *rundir;
	struct journal *journal;
	struct tracer *tracer; /* NULL: nothing is traced */
	struct finding_sink sink;
	uint64_t epoch_us;
	struct unseen *unseen; /* theirs in common (watch/pace.h); NULL: nobody counts it */
};

struct watcher;

struct watch_ops {
	const char *name;
	bool (*wanted)(const struct watch_spec *spec);
	/* 0; 1: cannot work here (said in the journal with the remedy, the run goes on); -errno */
	int (*open)(const struct watch_ctx *ctx, struct watcher **ret, struct diag *why);
	void (*close)(struct watcher *w);
	/* Descriptors to poll. Fills at most @max, returns how many. events: EPOLL*. NULL: none. */
	unsigned int (*fds)(struct watcher *w, int *fds, uint32_t *events, unsigned int max);
	void (*ready)(struct watcher *w, int fd, uint64_t now);
	uint64_t (*tick)(
		struct watcher *w,
		uint64_t now); /* returns when it wants the next tick (CLOCK_MONOTONIC us) */
	/* For the live line: append e.g. "3 in D" to @buf; NULL: nothing to show. */
	void (*status)(const struct watcher *w, char *buf, size_t size);
	void (*exited)(struct watcher *w, unsigned int copy, enum exit_kind kind,
		       uint64_t now); /* NULL: not told */
};

extern const struct watch_ops *const watch_families[]; /* ends with NULL */
extern const struct watch_ops watch_kmsg, watch_tasks, watch_progress, watch_oom, watch_pressure,
	watch_exits, watch_taint, watch_clock, watch_leak, watch_samples;

extern const struct watch_ops watch_deadlock, watch_pace;

struct watcher { /* first member of each watcher's own struct */
	const struct watch_ops *ops;
	const struct watch_ctx *ctx;
	uint64_t next_tick_us;
};

/* Tell of @f: watcher name and, where @f has a pid and no group, the group of that copy are filled
 * in. Returns the id given. */
uint32_t watch_emit(struct watcher *w, struct finding *f);

/* A line in the journal that is no finding. Nothing without a journal (unit tests). */
void watch_note(struct watcher *w, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/* A copy ended: told to every watcher that wants to know (ops->exited). Called by the loop from
 * launcher_reap(). */
void watch_exit(struct watcher *const *list, unsigned int count, unsigned int copy,
		enum exit_kind kind);

/*
 * A file of the record, named as in the run directory, cannot be written: @err is negative errno.
 * Tells it once, by *@told; what is lost makes the run BROKEN. @err 0: nothing.
 */
void watch_record_lost(struct watcher *w, const char *file, int err, bool *told);

/* Name of group @index as findings spell it: "victims.3", "outside"; "" when there is none. */
const char *watch_group_name(const struct watch_ctx *ctx, int index);

/* Index of the living copy with @pid, -1: none. */
int watch_copy_of(const struct watch_ctx *ctx, pid_t pid);

/*
 * The same for a process that was killed: also a copy's present life's or last life's pid when that
 * has been reaped, or that of a child in the copy's process group.
 */
int watch_copy_of_victim(const struct watch_ctx *ctx, pid_t pid);

/* host->root + @path in @buf: "" is the live machine. Returns @buf. */
const char *watch_path(const struct watch_ctx *ctx, const char *path, char *buf, size_t size);

/* Raise RLIMIT_NOFILE for ourselves to @wanted or as far as allowed. Returns the soft limit now in
 * force. */
uint64_t watch_raise_files(uint64_t wanted);

#endif

/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Before the storm: where tracing can live here, what of the wishes this kernel has, and every file
 * that will be needed, held open. What is left out is told with the reason.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/cleanup.h"
#include "base/clock.h"
#include "base/paths.h"
#include "respond/bell.h"
#include "tracing/late_tracefs.h"
#include "tracing/tracer_parts.h"
#include "watch/thread.h"

#define PAGE_KIB_MIN 8 /* the ring buffer of a CPU has two pages at least */

static void tell_off(struct journal *j, const char *why)
{
	struct jline *line;

	if (!j)
		return;
	line = journal_begin(j, "trace");
	jline_str(line, "result", "off");
	jline_str(line, "detail", why);
	journal_commit(j);
}

static void tell_on(const struct tracer *t)
{
	const struct trace_outcome *o = &t->outcome;
	struct jline *line;
	char detail[640];

	if (!t->journal)
		return;
	snprintf(detail, sizeof(detail), "%u events, %u probes and %u functions in %s", o->events,
		 o->probed, o->filtered, t->home.path);
	line = journal_begin(t->journal, "trace");
	jline_str(line, "result", "on");
	jline_str(line, "detail", detail);
	jline_str(line, "by", t->home.ops->name);
	jline_uint(line, "buffer_bytes", t->buffer_bytes);
	jline_uint(line, "events", o->events);
	if (o->probes[0])
		jline_lines(line, "probes", o->probes);
	if (o->functions[0])
		jline_lines(line, "functions", o->functions);
	if (o->missing[0])
		jline_lines(line, "missing", o->missing);
	journal_commit(t->journal);
}

/* Which home: an instance, or the top when nobody is there. 0, or 1 with @d. */
static int choose_home(struct trace_home *h, const char *root, const char *run_id,
		       struct journal *j, struct diag *d)
{
	char busy[256];
	bool is_busy;

	if (trace_top_find(root, h->top, sizeof(h->top)))
		return diag_set(
			d, 1,
			"no tracefs on /sys/kernel/tracing nor in /sys/kernel/debug: run as "
			"root, and mount -t tracefs nodev /sys/kernel/tracing");
	is_busy = trace_is_busy(h->top, busy, sizeof(busy));
	if (trace_has_instances(h->top)) {
		snprintf(h->name, sizeof(h->name), "hangar-%s", run_id);
		if (path_format(h->path, sizeof(h->path), "%s/instances/%s", h->top, h->name))
			return diag_set(d, 1, "the name of the run is too long for an instance");
		if (is_busy && j)
			journal_note(j,
				     "trace: %s; it is left alone, hangar's instance is beside it",
				     busy);
		return 0;
	}
	if (is_busy)
		return diag_set(d, 1,
				"%s, and this kernel has no instances (before 3.10): it is left "
				"alone; end it to trace here",
				busy);
	snprintf(h->path, sizeof(h->path), "%s", h->top);
	if (j)
		journal_note(j, "trace: this kernel has no instances (before 3.10): the one buffer "
				"of all is used, at the size that it has");
	return 0;
}

/* The library remembers the first folder that it was shown: it is for the live machine alone. */
static void choose_ops(struct trace_home *h, const char *root, struct journal *j)
{
	struct diag why = { 0 };

	h->ops = &trace_by_files;
	if (root[0])
		return;
	if (!late_tracefs(&h->library, &why))
		h->ops = &trace_by_library;
	else if (j)
		journal_note(j, "trace: without libtracefs, by plain files: %s", why.message);
}

/* Noted first, so that a SIGKILL at any moment leaves nothing behind: probes go after the instance
 * that has them on. */
static int note_undo(const struct trace_home *h, struct undo *undo)
{
	char path[340];
	int err = path_format(path, sizeof(path), "%s/kprobe_events", h->top);

	if (!undo)
		return 0;
	if (!err)
		err = undo_add(undo, "trace-probes", path, h->group);
	if (!err && h->name[0])
		err = undo_add(undo, "trace-instance", h->path, NULL);
	return err;
}

static int set_buffer(struct tracer *t, uint64_t bytes, unsigned int cpus)
{
	uint64_t each = bytes / 1024 / (cpus ? cpus : 1);
	char text[32];

	if (!t->home.name[0])
		return 0; /* the one of all stays as it is */
	if (each < PAGE_KIB_MIN)
		each = PAGE_KIB_MIN;
	t->buffer_bytes = each * 1024 * (cpus ? cpus : 1);
	snprintf(text, sizeof(text), "%llu", (unsigned long long)each);
	return t->home.ops->write(&t->home, "buffer_size_kb", text);
}

static int open_home(struct tracer *t, const char *file, int *ret_fd, struct diag *d)
{
	char path[700];

	if (path_format(path, sizeof(path), "%s/%s", t->home.path, file))
		return -ENAMETOOLONG;
	*ret_fd = open(path, O_WRONLY | O_CLOEXEC);
	return *ret_fd < 0 ? diag_set(d, 1, "%s: %s", path, strerror(errno)) : 0;
}

/* Without it the trace is kept once, whatever the first finding was. */
static void open_second(struct tracer *t)
{
	if (t->dir_fd < 0 || (mkdirat(t->dir_fd, "evidence", 0755) < 0 && errno != EEXIST))
		return;
	t->second_fd = openat(t->dir_fd, TRACE_SECOND_FILE,
			      O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
}

static int open_files(struct tracer *t, unsigned int cpus, struct diag *d)
{
	int err = open_home(t, "trace_marker", &t->marker_fd, d);

	if (!err)
		err = open_home(t, "tracing_on", &t->switch_fd, d);
	if (err)
		return err;
	err = trace_buffer_open(&t->buffer, t->home.path, cpus);
	if (err < 0)
		return diag_set(d, 1, "%s/trace_pipe: %s: somebody else reads it", t->home.path,
				strerror(-err));
	open_second(t);
	t->freeze_fd = bell_open();
	err = t->freeze_fd < 0 ? t->freeze_fd : thread_start(&t->freezer, tracer_stand_by, t);
	t->has_freezer = !err;
	return err;
}

/*
 * The wishes before the files: while trace_pipe is open the kernel lets nobody choose a tracer
 * (tracing_set_tracer(), -EBUSY). 0; 1 with @d: not here; -errno.
 */
static int settle(struct tracer *t, const struct trace_spec *spec, const struct host *h,
		  struct undo *undo, struct diag *d)
{
	int err = note_undo(&t->home, undo);

	if (err)
		return diag_set(d, err, "undo log: %s", strerror(-err));
	err = t->home.ops->make(&t->home);
	if (err)
		return diag_set(d, 1, "%s cannot be made: %s", t->home.path, strerror(-err));
	err = set_buffer(t, spec->buffer_bytes, h->cpus);
	if (err)
		return diag_set(d, 1,
				"%s/buffer_size_kb cannot be set: %s; ask for a smaller "
				"\"buffer\"",
				t->home.path, strerror(-err));
	trace_wishes(&t->home, spec, undo, &t->outcome);
	return open_files(t, h->cpus, d);
}

static void name_group(struct trace_home *h)
{
	/* of this process and moment: two runs, or one that was killed, must not share probes */
	snprintf(h->group, sizeof(h->group), "hangar_%d_%06u", (int)getpid(),
		 (unsigned int)(now_us() % 1000000));
}

static int give_up(struct tracer *t, const struct trace_spec *spec, int err, struct diag *d)
{
	struct journal *j = t->journal;

	tracer_dismantle(t);
	if (err < 0)
		return err;
	tell_off(j, d->message);
	if (spec->required)
		return 1;
	memset(d, 0, sizeof(*d));
	return 0;
}

static int refuse_lacking(struct tracer *t, const struct trace_spec *spec, struct diag *d)
{
	char missing[256];

	snprintf(missing, sizeof(missing), "%s", t->outcome.missing);
	for (char *at = missing; (at = strchr(at, '\n')); at++)
		*at = at[1] ? ',' : '\0';
	diag_set(d, 1, "this kernel can trace neither by event nor by function: %s", missing);
	return give_up(t, spec, 1, d);
}

int tracer_open(const struct trace_spec *spec, const struct host *h, const char *run_id,
		struct undo *undo, int dir_fd, struct journal *j, uint64_t epoch_us,
		struct tracer **ret, struct diag *d)
{
	struct tracer *t;
	int err;

	*ret = NULL;
	if (!trace_wanted(spec))
		return 0;
	t = calloc(1, sizeof(*t));
	if (!t)
		return -ENOMEM;
	t->journal = j;
	t->epoch_us = epoch_us;
	t->marker_fd = t->switch_fd = t->freeze_fd = t->second_fd = t->buffer.pipe_fd = -1;
	t->dir_fd = dir_fd;
	name_group(&t->home);
	err = choose_home(&t->home, h->root, run_id, j, d);
	if (!err) {
		choose_ops(&t->home, h->root, j);
		err = settle(t, spec, h, undo, d);
	}
	if (err)
		return give_up(t, spec, err, d);
	tell_on(t);
	if (t->outcome.lacking && spec->required)
		return refuse_lacking(t, spec, d);
	*ret = t;
	return 0;
}

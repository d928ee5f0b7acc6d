/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * From 'armed' on. The loop itself does no more than write a line into trace_marker; the switch
 * that stops recording takes a mutex that whoever opens a trace file holds, perhaps while it waits
 * for memory, so a thread of its own turns it.
 */
#include "tracing/tracer.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "respond/bell.h"
#include "tracing/tracer_parts.h"

/* Within the rung's 20 s, so that the file ends with a word on what is not in it. */
#define KEEP_WITHIN_US 15000000u
#define MARK_BYTES 512

static void turn_off(const struct tracer *t)
{
	ssize_t n = pwrite(t->switch_fd, "0", 1, 0);

	(void)n; /* then it records on, and what is kept is as of the copy */
}

void *tracer_stand_by(void *tracer)
{
	struct tracer *t = tracer;

	bell_wait(t->freeze_fd);
	if (!atomic_load(&t->quit))
		turn_off(t);
	return NULL;
}

void tracer_mark(struct tracer *t, uint64_t now, const char *fmt, ...)
{
	char line[MARK_BYTES];
	va_list ap;
	int n, more;

	if (!t || t->frozen)
		return;
	n = snprintf(line, sizeof(line), "hangar: t=%.6f ", (double)(now - t->epoch_us) / 1e6);
	va_start(ap, fmt);
	more = vsnprintf(line + n, sizeof(line) - (size_t)n, fmt, ap);
	va_end(ap);
	n = more < 0 ? 0 : n + more < MARK_BYTES ? n + more : MARK_BYTES - 1;
	if (n > 0 && write(t->marker_fd, line, (size_t)n) < 0)
		return; /* a note that is missing is no reason to stop */
}

void tracer_freeze(struct tracer *t)
{
	if (!t || t->frozen)
		return;
	t->frozen = true;
	bell_ring(t->freeze_fd);
}

static int print(int fd, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

static int print(int fd, const char *fmt, ...)
{
	char line[1536];
	va_list ap;
	int n;

	va_start(ap, fmt);
	n = vsnprintf(line, sizeof(line), fmt, ap);
	va_end(ap);
	if (n < 0)
		return -EINVAL;
	if ((size_t)n >= sizeof(line))
		n = sizeof(line) - 1;
	return write(fd, line, (size_t)n) == n ? 0 : -errno;
}

static int print_head(const struct tracer *t, int fd)
{
	const struct trace_counts *c = &t->counts;
	int err =
		print(fd,
		      "# %s%s: %llu events; %llu older ones were overrun, %llu dropped; buffer of "
		      "%llu KiB\n"
		      "# A line with \"hangar: t=\" has the journal's time (CLOCK_MONOTONIC since "
		      "the run began) beside the tracer's.\n",
		      t->home.name[0] ? "instance " : "the buffer at the top", t->home.name,
		      (unsigned long long)c->entries, (unsigned long long)c->overrun,
		      (unsigned long long)c->dropped, (unsigned long long)(t->buffer_bytes / 1024));

	if (!err && t->outcome.missing[0])
		err = print(fd, "# not on this kernel:\n%s", t->outcome.missing);
	return err;
}

int tracer_keep(struct tracer *t, int out_fd)
{
	int err;

	turn_off(t);
	trace_buffer_count(&t->buffer, &t->counts);
	err = print_head(t, out_fd);
	if (!err)
		err = trace_buffer_copy(&t->buffer, out_fd, KEEP_WITHIN_US, &t->tally);
	if (err > 0)
		print(out_fd, "\n# not all of it: the copy was ended after %u s\n",
		      KEEP_WITHIN_US / 1000000u);
	t->kept_result = err;
	atomic_store(&t->kept, true);
	return err < 0 ? err : 0;
}

static void journal_counts(struct tracer *t, const char *result, const char *detail)
{
	char lines[2048];
	struct jline *line;

	t->told = true;
	if (!t->journal)
		return;
	line = journal_begin(t->journal, "trace");
	jline_str(line, "result", result);
	jline_str(line, "detail", detail);
	jline_uint(line, "entries", t->counts.entries);
	jline_uint(line, "overrun", t->counts.overrun);
	jline_uint(line, "dropped", t->counts.dropped);
	if (t->tally.count)
		jline_lines(line, "counted", trace_tally_lines(&t->tally, lines, sizeof(lines)));
	journal_commit(t->journal);
}

void tracer_poll(struct tracer *t)
{
	if (!t || t->told || !atomic_load(&t->kept))
		return;
	journal_counts(t, "kept",
		       t->kept_result > 0   ? "the oldest part of it: the copy took too long"
		       : t->kept_result < 0 ? "not all of it: it could not be written"
					    : "all that the buffer held");
}

void tracer_dismantle(struct tracer *t)
{
	if (t->has_freezer) {
		atomic_store(&t->quit, true);
		bell_ring(t->freeze_fd);
		pthread_join(t->freezer, NULL);
	}
	trace_buffer_close(&t->buffer);
	close_fd(t->marker_fd);
	close_fd(t->switch_fd);
	close_fd(t->freeze_fd);
	if (t->home.ops)
		t->home.ops->close(&t->home);
	free(t);
}

struct tracer *tracer_close(struct tracer *t)
{
	if (!t)
		return NULL;
	tracer_poll(t);
	if (!t->told) {
		turn_off(t);
		trace_buffer_count(&t->buffer, &t->counts);
		journal_counts(t, "over", "no finding asked for it");
	}
	tracer_dismantle(t);
	return NULL;
}

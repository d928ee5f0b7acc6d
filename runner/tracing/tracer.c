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
#include <time.h>

#include "base/cleanup.h"
#include "base/clock.h"
#include "respond/bell.h"
#include "tracing/tracer_parts.h"

/* Within the rung's 20 s, so that the file ends with a word on what is not in it. */
#define KEEP_WITHIN_US 15000000u
#define MARK_BYTES 512
#define SECOND_WAIT_US 18000000u /* it may have just begun */
#define END_WAIT_US 2000000u

static void turn(const struct tracer *t, const char *how)
{
	ssize_t n = pwrite(t->switch_fd, how, 1, 0);

	(void)n; /* then it records on, and what is kept is as of the copy */
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

void tracer_freeze(struct tracer *t, bool expected)
{
	if (!t || t->frozen || (t->first.told && !expected))
		return;
	t->frozen = true;
	if (t->first.told) {
		t->asked_second = true;
		atomic_store(&t->wants_second, true);
	} else {
		t->goes_on = !expected && t->second_fd >= 0;
	}
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

static int print_head(const struct tracer *t, const struct trace_counts *c, int fd)
{
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

static int keep(struct tracer *t, struct trace_kept *k, int out_fd)
{
	int err;

	turn(t, "0");
	trace_buffer_count(&t->buffer, &k->counts);
	err = print_head(t, &k->counts, out_fd);
	if (!err)
		err = trace_buffer_copy(&t->buffer, out_fd, KEEP_WITHIN_US, &k->tally);
	if (err > 0)
		print(out_fd, "\n# not all of it: the copy was ended after %u s\n",
		      KEEP_WITHIN_US / 1000000u);
	k->result = err;
	return err < 0 ? err : 0;
}

int tracer_keep(struct tracer *t, int out_fd)
{
	int err = keep(t, &t->first, out_fd);

	if (t->goes_on)
		turn(t, "1");
	atomic_store(&t->first.done, true);
	return err;
}

void *tracer_stand_by(void *tracer)
{
	struct tracer *t = tracer;

	for (bell_wait(t->freeze_fd); !atomic_load(&t->quit); bell_wait(t->freeze_fd)) {
		turn(t, "0");
		if (!atomic_exchange(&t->wants_second, false))
			continue;
		keep(t, &t->second, t->second_fd);
		atomic_store(&t->second.done, true);
	}
	atomic_store(&t->ended, true);
	return NULL;
}

static void journal_counts(struct tracer *t, struct trace_kept *k, const char *result,
			   const char *detail, const char *file)
{
	char lines[2048];
	struct jline *line;

	k->told = true;
	if (!t->journal)
		return;
	line = journal_begin(t->journal, "trace");
	jline_str(line, "result", result);
	jline_str(line, "detail", detail);
	jline_str(line, "file", file);
	jline_uint(line, "entries", k->counts.entries);
	jline_uint(line, "overrun", k->counts.overrun);
	jline_uint(line, "dropped", k->counts.dropped);
	if (k->tally.count)
		jline_lines(line, "counted", trace_tally_lines(&k->tally, lines, sizeof(lines)));
	if (k->tally.asked.rows)
		jline_lines(line, "compaction",
			    trace_asked_lines(&k->tally.asked, lines, sizeof(lines)));
	journal_commit(t->journal);
}

static void tell(struct tracer *t, struct trace_kept *k, const char *file)
{
	if (k->told || !atomic_load(&k->done))
		return;
	journal_counts(t, k, "kept",
		       k->result > 0   ? "the oldest part of it: the copy took too long"
		       : k->result < 0 ? "not all of it: it could not be written"
				       : "all that the buffer held",
		       file);
	if (k == &t->first && t->goes_on)
		t->frozen = false;
}

void tracer_poll(struct tracer *t)
{
	if (!t)
		return;
	tell(t, &t->first, "evidence/trace.txt");
	tell(t, &t->second, TRACE_SECOND_FILE);
}

static void wait_for(const _Atomic bool *what, uint64_t timeout_us)
{
	const struct timespec pause = { .tv_nsec = 1000000 };
	uint64_t until = now_us() + timeout_us;

	while (!atomic_load(what) && now_us() < until)
		nanosleep(&pause, NULL);
}

/* False: it hangs in a read or a write, and keeps what it has. */
static bool end_thread(struct tracer *t)
{
	if (!t->has_freezer)
		return true;
	atomic_store(&t->quit, true);
	bell_ring(t->freeze_fd);
	wait_for(&t->ended, END_WAIT_US);
	if (!atomic_load(&t->ended)) {
		pthread_detach(t->freezer);
		return false;
	}
	pthread_join(t->freezer, NULL);
	return true;
}

void tracer_dismantle(struct tracer *t)
{
	if (!end_thread(t))
		return;
	trace_buffer_close(&t->buffer);
	close_fd(t->marker_fd);
	close_fd(t->switch_fd);
	close_fd(t->freeze_fd);
	if (t->second_fd >= 0 && !atomic_load(&t->second.done))
		unlinkat(t->dir_fd, TRACE_SECOND_FILE, 0);
	close_fd(t->second_fd);
	if (t->home.ops)
		t->home.ops->close(&t->home);
	free(t);
}

struct tracer *tracer_close(struct tracer *t)
{
	if (!t)
		return NULL;
	if (t->asked_second)
		wait_for(&t->second.done, SECOND_WAIT_US);
	tracer_poll(t);
	if (!t->first.told) {
		turn(t, "0");
		trace_buffer_count(&t->buffer, &t->first.counts);
		journal_counts(t, &t->first, "over", "no finding asked for it", NULL);
	}
	tracer_dismantle(t);
	return NULL;
}

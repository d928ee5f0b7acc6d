/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The kernel's tracer in the run's service ("trace" in a scenario): an instance of its own with a
 * bounded buffer, the runner's notes between the events, frozen at the first finding that counts
 * and kept with it. When that was another fault than the scenario's, it goes on, and is kept once
 * more at the scenario's own (evidence/trace-expected.txt). All functions take NULL for a run that
 * traces nothing.
 */
#ifndef HANGAR_TRACER_H
#define HANGAR_TRACER_H

#include "journal.h"
#include "scenario/host.h"
#include "scenario/scenario.h"
#include "setup/undo.h"

struct tracer;

/**
 * tracer_open - make the instance and turn on what @t names, as far as this kernel has it
 * @run_id: names the instance
 * @undo: what is made is noted there before it is made; undo_all() takes it away
 * @dir_fd: the run directory, borrowed; -1: keep nothing a second time
 * Journalled: "trace" with result "on" or "off", and what is missing. Nothing missing is fatal,
 * except with @t->required.
 * Returns 0 (*ret NULL: nothing is traced); 1 with @d: required, and not to be had; -errno with @d.
 */
int tracer_open(const struct trace_spec *t, const struct host *h, const char *run_id,
		struct undo *undo, int dir_fd, struct journal *j, uint64_t epoch_us,
		struct tracer **ret, struct diag *d);

/*
 * A note between the events, with the journal's time. One write to a held file that the kernel
 * copies into the buffer without a lock: nothing is allocated, opened or waited for.
 */
void tracer_mark(struct tracer *t, uint64_t now, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

/*
 * A finding counts: stop recording, by a thread, since the switch takes a lock of the kernel's.
 * @expected: it is the scenario's own. Without it, recording goes on when tracer_keep() is through,
 * and stops again at the first that is expected; other calls do nothing.
 */
void tracer_freeze(struct tracer *t, bool expected);

/**
 * tracer_keep - freeze, count, and write the buffer as text to @out_fd
 * By the evidence rung's thread. Ends by itself after 15 s, and says so in the text. 0 or -errno.
 */
int tracer_keep(struct tracer *t, int out_fd);

/* With each tick: journals "trace" with result "kept" for each time that it was. */
void tracer_poll(struct tracer *t);

/* Journals what the buffer held when nobody asked for it ("over"). The instance stays until
 * undo_all(). Returns NULL. */
struct tracer *tracer_close(struct tracer *t);

#endif

/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What comes in: heartbeats and console bytes, each turned into news, findings and lines of the
 * record. */
#include <arpa/inet.h>
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "observe/lookout.h"
#include "outside.h"

/* After a kernel fault on the console: so long for the panic that may follow it, before it is
 * answered with an NMI. */
#define GRACE_US 3000000u
#define READ_BYTES 4096
#define READS_AT_ONCE 64 /* then the heart is asked again */

void lookout_stage(struct lookout *l, const char *name, const char *fmt, ...)
{
	struct jline *line = journal_begin(l->journal, "stage");
	char detail[400];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(detail, sizeof(detail), fmt, ap);
	va_end(ap);
	jline_str(line, "name", name);
	jline_str(line, "detail", detail);
	journal_commit(l->journal);
	if (!l->o.quiet && !l->o.json)
		printf("%8.1f s  %s\n", (double)(l->now - l->epoch_us) / 1e6, detail);
}

/* Judged and on record; a reason to pull is answered in @wait_us. Returns its number. */
uint32_t lookout_found(struct lookout *l, struct finding *f, uint64_t wait_us)
{
	uint32_t id = judge_take(&l->judge, f);

	if (!l->o.quiet && !l->o.json && !f->more_of)
		printf("%8.1f s  %s (%s): %s\n", (double)(l->now - l->epoch_us) / 1e6,
		       finding_kind_name(f->kind), finding_judged_name(f->judged), f->text);
	if (l->due || !pull_is_due(f, l->o.any_fault))
		return id;
	l->due = true;
	l->cause = *f;
	l->pull_at_us = l->now + wait_us;
	return id;
}

void lookout_take(void *lookout, const struct finding *told)
{
	struct lookout *l = lookout;
	struct finding f = *told;
	uint32_t slot = told->more_of % LOOKOUT_IDS_MAX;

	snprintf(f.watcher, sizeof(f.watcher), "console");
	f.noticed_us = l->now;
	f.began_us = 0; /* the kernel's clock is another machine's */
	f.more_of = told->more_of && l->ids[slot].local == told->more_of ? l->ids[slot].given : 0;
	f.id = 0;
	slot = told->id % LOOKOUT_IDS_MAX;
	l->ids[slot].given = lookout_found(l, &f, GRACE_US);
	l->ids[slot].local = told->id;
}

static void hear_one(struct lookout *l, const struct heartbeat *h, const char *from)
{
	switch (vital_take(&l->vital, h, from, l->now)) {
	case VITAL_FIRST:
		lookout_stage(l, "hello", "run %s beats from %s, kernel %s", h->run, from,
			      h->release);
		break;
	case VITAL_PHASE:
		lookout_stage(l, "run", h->phase[0] ? "phase \"%s\"" : "the storm is over%s",
			      h->phase);
		break;
	case VITAL_FAREWELL:
		lookout_stage(l, "ended", "run %s said farewell with %s", h->run, h->verdict);
		break;
	case VITAL_STALE:
	case VITAL_FOREIGN:
	case VITAL_BEAT:
	default:
		break;
	}
}

void lookout_hear(struct lookout *l)
{
	char from[INET6_ADDRSTRLEN + 16];
	struct heartbeat h;

	while (listener_next(&l->listener, &h, from, sizeof(from)))
		hear_one(l, &h, from);
}

/* The console whole, beside the journal. A disk that is full must not stop the watch. */
static void keep(struct lookout *l, const char *data, size_t size)
{
	ssize_t n = write(l->console_log_fd, data, size);

	if (n == (ssize_t)size || l->console_error)
		return;
	l->console_error = n < 0 ? -errno : -ENOSPC;
	journal_note(l->journal, "%s/" CONSOLE_FILE " is not complete: %s", l->rundir.path,
		     strerror(-l->console_error));
}

void lookout_read(struct lookout *l)
{
	int news = console_tend(&l->console, l->now);
	char buf[READ_BYTES];
	size_t n;

	if (news > 0)
		lookout_stage(l, "console", "the console is open");
	else if (news < 0)
		lookout_stage(l, "console", "the console %s: %s; tried again each second",
			      l->console.spec.where, strerror(-news));
	for (int i = 0; i < READS_AT_ONCE; i++) {
		n = console_read(&l->console, buf, sizeof(buf), l->now);
		if (!n)
			break;
		keep(l, buf, n);
		console_text_feed(&l->text, buf, n, l->now);
	}
	console_text_flush(&l->text, l->now, false);
}

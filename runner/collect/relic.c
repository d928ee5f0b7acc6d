/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Relics as a list, and what a crashed kernel's log tells of its owner: the release, and the mark
 * that each run leaves in it. */
#include "collect/relic.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "kmsg/kmsg.h"
#include "kmsg/line.h"
#include "watch/mark.h"

struct relic *relics_add(struct relics *to, enum relic_kind kind, const char *path)
{
	struct relic *more = realloc(to->list, (to->count + 1) * sizeof(*more));

	if (!more)
		return NULL;
	to->list = more;
	more = &to->list[to->count++];
	memset(more, 0, sizeof(*more));
	more->kind = kind;
	snprintf(more->path, sizeof(more->path), "%s", path);
	return more;
}

void relics_clear(struct relics *r)
{
	for (unsigned int i = 0; i < r->count; i++) {
		for (unsigned int f = 0; f < r->list[i].n_files; f++)
			free(r->list[i].files[f]);
		free(r->list[i].log);
		free(r->list[i].findings);
	}
	free(r->list);
	*r = (struct relics){ NULL, 0 };
}

int relic_run_index(const struct relic *r, const char *id)
{
	for (unsigned int i = 0; i < r->n_runs; i++)
		if (!strcmp(r->runs[i], id))
			return (int)i;
	return -1;
}

/* Is @f what is told anew of the one that is kept as @kept? A panic that follows a fault is kept
 * beside it. */
static bool is_more_of(const struct finding *f, const struct finding *kept)
{
	if (f->kind == FINDING_PANIC || kept->kind == FINDING_PANIC)
		return f->kind == kept->kind && f->kernel_us == kept->kernel_us;
	return f->more_of && kept->id == f->more_of;
}

/* Of each finding what was told last: the follow-up takes the place of the headline. */
static void take_finding(void *ctx, const struct finding *f)
{
	struct relic *r = ctx;
	unsigned int at = 0;

	if (f->release[0])
		snprintf(r->release, sizeof(r->release), "%s", f->release);
	if (f->kind == FINDING_PANIC && !r->panic[0])
		snprintf(r->panic, sizeof(r->panic), "%.255s", f->text);
	while (at < r->n_findings && !is_more_of(f, &r->findings[at]))
		at++;
	if (at < r->n_findings) {
		uint32_t id = r->findings[at].id, more_of = r->findings[at].more_of;

		r->findings[at] = *f;
		r->findings[at].id = id;
		r->findings[at].more_of = more_of;
	} else if (r->n_findings < RELIC_FINDINGS_MAX) {
		r->findings[r->n_findings++] = *f;
	}
}

/* The kernel stamps its own lines; a run's mark came through /dev/kmsg, with facility 1 that no
 * text log shows. */
static void take_mark(struct relic *r, const struct kmsg_record *rec)
{
	char id[64];

	if (!mark_parse(rec->text, id, sizeof(id)) || relic_run_index(r, id) >= 0 ||
	    r->n_runs == RELIC_RUNS_MAX)
		return;
	memcpy(r->runs[r->n_runs], id, sizeof(id));
	r->runs_us[r->n_runs++] = rec->kernel_us;
}

static void take_line(struct relic *r, struct kmsg_reader *reader, char *line)
{
	static const char version[] = "Linux version ";
	struct kmsg_record rec;
	const char *rest;

	kmsg_line_parse(line, &rec);
	if (rec.kernel_us > r->last_us)
		r->last_us = rec.kernel_us;
	rest = rec.text + sizeof(version) - 1;
	if (!strncmp(rec.text, version, sizeof(version) - 1) && rec.kernel_us < 1000000)
		snprintf(r->release, sizeof(r->release), "%.*s", (int)strcspn(rest, " "), rest);
	take_mark(r, &rec);
	kmsg_reader_feed(reader, &rec, 0);
}

int relic_take_log(struct relic *r, char *text, size_t size)
{
	_cleanup_free_ char *scratch = NULL;
	struct kmsg_reader *reader;
	char *save = NULL;

	free(r->log);
	r->log = text;
	r->log_size = size;
	scratch = strdup(text);
	r->findings = r->findings ? r->findings : calloc(RELIC_FINDINGS_MAX, sizeof(*r->findings));
	reader = kmsg_reader_new(take_finding, r);
	if (!scratch || !r->findings || !reader) {
		kmsg_reader_free(reader);
		return -ENOMEM;
	}
	for (char *line = strtok_r(scratch, "\n", &save); line; line = strtok_r(NULL, "\n", &save))
		take_line(r, reader, line);
	kmsg_reader_flush(reader, 0, 0);
	kmsg_reader_free(reader);
	return 0;
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The same scenario, byte for byte, the same seed and options; of a limit of time or rounds, what
 * is left of it. The round in which the machine died is gone through again.
 */
#include "run/resume_plan.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/paths.h"
#include "base/textfile.h"
#include "event.h"
#include "journal.h"
#include "rundir.h"
#include "scenario/scenario.h"

/* Less than this is not worth setting up for. */
#define LEFT_MIN_US 1000000u

bool resume_ended(const char *path)
{
	_cleanup_fclose_ FILE *f = NULL;
	_cleanup_free_ char *line = NULL;
	char file[PATH_MAX];
	size_t room = 0;
	bool ended = false;

	if (!path_format(file, sizeof(file), "%s/" JOURNAL_FILE, path))
		f = fopen(file, "re");
	while (f && !ended && getline(&line, &room, f) > 0) {
		json_t *o = strstr(line, "\"verdict\"") ? json_loads(line, 0, NULL) : NULL;

		ended = !strcmp(event_text(o, "event"), "verdict");
		json_decref(o);
	}
	return ended;
}

static int take_argv(const json_t *words, struct resume *ret)
{
	size_t n = json_array_size(words);

	ret->argv = calloc(n + 1, sizeof(*ret->argv));
	for (size_t i = 0; ret->argv && i < n; i++) {
		const char *word = json_string_value(json_array_get(words, i));

		ret->argv[i] = strdup(word ? word : "");
		if (!ret->argv[i])
			return -ENOMEM;
	}
	return ret->argv ? 0 : -ENOMEM;
}

static bool same_bytes(const char *a, const char *b)
{
	_cleanup_free_ char *x = NULL, *y = NULL;
	size_t n, m;

	return !textfile_load(a, 0, &x, &n) && !textfile_load(b, 0, &y, &m) && n == m &&
	       !memcmp(x, y, n);
}

/* fio jobs are named relative to the scenario's own file: while that is unchanged it is used, else
 * the copy. */
static int take_scenario(const struct record *r, struct resume *ret)
{
	const char *own = record_manifest_text(r, "scenario.path");
	int err = path_format(ret->scenario, sizeof(ret->scenario), "%s/" RUNDIR_SCENARIO, r->path);

	if (!err && own[0] == '/' && strlen(own) < sizeof(ret->scenario) &&
	    same_bytes(own, ret->scenario))
		snprintf(ret->scenario, sizeof(ret->scenario), "%s", own);
	return err;
}

/* Rounds that were gone through to their end. */
static unsigned int rounds_done(const struct record *r)
{
	uint64_t round = 0;
	json_t *event;
	size_t i;

	json_array_foreach (r->events, i, event)
		if (!strcmp(event_text(event, "event"), "phase-begin") &&
		    event_number(event, "round") > round)
			round = event_number(event, "round");
	return round < UINT_MAX ? (unsigned int)round : 0;
}

static void take_rounds(const struct record *r, struct resume *ret)
{
	uint64_t all = event_number(r->manifest, "repeat");
	unsigned int done = rounds_done(r);

	ret->repeat = all > done ? (unsigned int)(all - done) : 1;
}

/* The limit of all its time: of the manifest, which holds what its options and its scenario said.
 */
static int take_time(const struct record *r, struct resume *ret, struct diag *d)
{
	uint64_t all = event_number(r->manifest, "for_us"), used = (uint64_t)(r->seconds * 1e6);

	ret->for_us = UNSET;
	if (!all)
		return 0;
	if (all < used + LEFT_MIN_US)
		return diag_set(d, -ETIME,
				"%s: its time was all but up; nothing is left to go on with",
				r->path);
	ret->for_us = all - used;
	return 0;
}

int resume_plan(const struct record *r, struct resume *ret, struct diag *d)
{
	const json_t *former = json_object_get(r->manifest, "resumes");
	const char *root = event_text(former, "root");
	int err = take_argv(json_object_get(former ? former : r->manifest, "argv"), ret);

	if (err < 0 || !ret->argv[0])
		return err < 0 ? err
			       : diag_set(d, -EINVAL,
					  "%s/" RUNDIR_MANIFEST ": names no command line", r->path);
	snprintf(ret->path, sizeof(ret->path), "%s", r->path);
	snprintf(ret->root, sizeof(ret->root), "%s", root[0] ? root : r->path);
	ret->seed = UNSET;
	if (json_object_get(r->manifest, "seed"))
		ret->seed = strtoull(record_manifest_text(r, "seed"), NULL, 10);
	take_rounds(r, ret);
	err = take_scenario(r, ret);
	return err < 0 ? err : take_time(r, ret, d);
}

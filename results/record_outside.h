/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What was seen from outside (outside.jsonl, see outside.h), laid beside what the run told itself.
 * Its findings join those of the record, on the run's clock; its verdict outranks the journal's.
 */
#ifndef HANGAR_RECORD_OUTSIDE_H
#define HANGAR_RECORD_OUTSIDE_H

#include <jansson.h>
#include <stdbool.h>
#include <stdio.h>

struct record;
struct finding;

/*
 * Events as journalled, each with "at_seconds" on the run's clock (the outside's own when the run
 * never told its own). A record of another machine or hand: members may be missing or of any type.
 */
struct record_outside {
	bool present;
	bool clocks_met; /* the run's begin was seen from outside, too */
	json_t *begin;   /* "outside-begin"; NULL */
	json_t *stages, *rungs, *dumps, *triggers, *notes; /* arrays; NULL when not present */
	json_t *vmcore;                                    /* the last "vmcore"; NULL */
	bool torn;
	unsigned int bad_lines, first_bad_line;
};

/* 0, also when there is none; -ENOMEM, -EIO, -errno of opening. @dirfd: the run directory. */
int record_outside_load(struct record *r, int dirfd);
/* The same from an open file: it need not be one of ours. @r has been read from its journal. */
int record_outside_read(struct record *r, FILE *journal);
void record_outside_clear(struct record_outside *o);

/* By its watcher: was it noticed from outside the machine that it befell? */
bool record_from_outside(const struct finding *f);

/* The first finding that counts, from inside or outside; NULL: none. */
const struct finding *record_first_noticed(const struct record *r);

#endif

/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Inside of record.c: one journal line after the other folded into a struct record. */
#ifndef HANGAR_RECORD_FOLD_H
#define HANGAR_RECORD_FOLD_H

#include <stdio.h>

#include "record.h"

/* Fold the lines of @journal. @r must hold ->events. 0 or -ENOMEM, -EIO. */
int record_read_journal(struct record *r, FILE *journal);

/* One event (borrowed). 0 or -ENOMEM. */
int record_fold_event(struct record *r, json_t *event);
/* The families of events that come in numbers: 1 when @event was one and is folded. */
int record_fold_finding(struct record *r, json_t *event);
int record_fold_work(struct record *r, const char *name, json_t *event);
/* After the last line: totals that no "progress" or "verdict" told are at least the works' sums. */
void record_fold_totals(struct record *r);
struct record_fold *record_fold_free(struct record_fold *f);

/* Without a "verdict" event: what the record comes to as far as it goes. */
void record_decide(struct record *r);

#endif

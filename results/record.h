/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A run read back from its directory: the manifest and the journal, torn tail and all. Needs nothing of the machine that ran it.
 */
#ifndef HANGAR_RECORD_H
#define HANGAR_RECORD_H

#include <jansson.h>

#include "base/diag.h"
#include "finding.h"
#include "verdict.h"

struct record {
	json_t *manifest;        /* object */
	json_t *events;          /* array of journal objects, in order */
	struct finding *findings; /* merged: follow-ups folded into their first notice */
	unsigned int n_findings;
	enum verdict verdict;    /* of the "verdict" event, else decided from what there is */
	bool finished;           /* a "verdict" event was found */
	bool torn;               /* the journal's last line was cut */
	bool must_reproduce;
	char reason[512];        /* one sentence for people */
	double seconds;          /* from run-begin to the last event */
};

/* Returns 0; -ENOENT, -EINVAL (with @d naming file and line), -EPROTO (a newer layout version). */
int record_load(const char *path, struct record *ret, struct diag *d);
void record_clear(struct record *r);

#endif

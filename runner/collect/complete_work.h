/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Inside of complete.c and complete_files.c: one run while its record is completed. */
#ifndef HANGAR_COMPLETE_WORK_H
#define HANGAR_COMPLETE_WORK_H

#include "collect/complete.h"
#include "journal.h"
#include "record.h"
#include "run/judge.h"

struct completing {
	const struct lost *lost;
	const struct pair *pair;
	enum place_how how;
	int dir_fd;
	struct record record;
	struct scenario *scenario; /* NULL: unreadable, nothing is expected */
	struct expect_spec any;
	struct journal *journal;
	struct judge judge;
	uint64_t zero_us; /* of the run's clock, on that of outside.jsonl */
	bool triggered;   /* the crash was asked for */
	struct completion *ret;
};

/* Each 0 or -errno with @d. What is brought is told in the journal. */
int complete_vmcore(struct completing *w, const struct relic *r, struct diag *d);
/* The vmcore that was brought, read; failing is told, and is no error of the record. 0 or -errno.
 */
int complete_reading(struct completing *w, const struct relic *r);
int complete_log(struct completing *w, const struct relic *r, const char *file, struct diag *d);
int complete_store(struct completing *w, const struct relic *r, struct diag *d);
/* Last of all, when the record is in place: the originals go, if they are to be moved. */
int complete_move(struct completing *w, struct diag *d);

#endif

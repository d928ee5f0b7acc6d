/* SPDX-License-Identifier: GPL-2.0-or-later */
/* All that an observer holds while it watches a run on another machine. */
#ifndef HANGAR_LOOKOUT_H
#define HANGAR_LOOKOUT_H

#include "observe/console.h"
#include "observe/console_text.h"
#include "observe/errand.h"
#include "observe/listen.h"
#include "observe/options.h"
#include "observe/pull.h"
#include "observe/vital.h"
#include "rundir.h"
#include "run/judge.h"
#include "scenario/host.h"

#define LOOKOUT_IDS_MAX 256 /* reports open or followed up at any time: far fewer */

struct lookout {
	struct observe_options o;
	struct scenario *scenario; /* NULL: none was given */
	struct expect_spec any;    /* then: nothing is expected, nothing allowed */
	struct host host;
	struct rundir rundir;
	struct journal *journal; /* outside.jsonl */
	struct judge judge;
	struct listener listener;
	struct vital vital;
	struct console console;
	struct console_text text;
	int console_log_fd;
	int console_error; /* -errno of the first write to it that failed */
	struct {
		uint32_t local, given;
	} ids[LOOKOUT_IDS_MAX];

	uint64_t epoch_us, now, told_us;
	enum heart_state heart; /* as last judged */
	bool due;               /* a reason to pull was found */
	struct finding cause;
	uint64_t pull_at_us;
	bool pulled;          /* decided, whatever came of it */
	struct errand errand; /* the trigger under way */
	bool errand_told;
	char errand_text[512];
	uint64_t over_at_us; /* watching what follows until then; 0: nothing has happened yet */
	bool over;
	char why[512]; /* why it is over */
};

/* Make the run directory, open ears and eyes, check the trigger. 0 or -errno with @d. */
int lookout_open(struct lookout *l, int argc, char **argv, struct diag *d);
/* One turn: take in what has come, judge, pull when due. */
void lookout_turn(struct lookout *l, uint64_t now);
void lookout_stop(struct lookout *l, const char *why);
/* The verdict, journalled; closes everything. The reason is left in ->why. */
enum verdict lookout_close(struct lookout *l);

/* Inside: lookout_act.c */
void lookout_stage(struct lookout *l, const char *name, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));
void lookout_hear(struct lookout *l);
void lookout_read(struct lookout *l);
void lookout_take(void *lookout, const struct finding *f); /* kmsg_take_fn, for the console */
void lookout_pull(struct lookout *l);
uint32_t lookout_found(struct lookout *l, struct finding *f, uint64_t wait_us);

#endif

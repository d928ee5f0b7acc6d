/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * `hangar run --resume`: going on with a run that its machine did not survive. Each try is a run
 * directory of its own, linked to the former ones: "resumes" in its manifest, "resumed-by" beside
 * the former's. Tries are counted in attempts.jsonl of the first, on disk before anything of the
 * try is done: a machine that crashes at once is not crashed for ever.
 */
#ifndef HANGAR_RESUME_H
#define HANGAR_RESUME_H

#include "base/diag.h"
#include "manifest.h"
#include "run/options.h"

#define RESUME_ATTEMPTS 3 /* unless the user says otherwise */
#define RESUME_ATTEMPTS_FILE "attempts.jsonl"
#define RESUME_NEXT "resumed-by"

struct resume {
	char path[4096];      /* the run that is gone on with */
	char root[4096];      /* the first of them all */
	char scenario[4200];  /* file to be loaded */
	uint64_t seed;        /* UNSET: none */
	unsigned int attempt; /* this one, from 1 */
	uint64_t for_us;      /* what is left of the time, UNSET: no limit */
	unsigned int repeat;  /* rounds left, 0: the scenario's */
	char **argv;          /* of the first run, NULL-terminated, owned */
};

/**
 * resume_find - the run to go on with
 * @dir: its run directory; NULL: the one in the state home that ended without a verdict of its own
 * and was not gone on with Returns 0; -ENOENT: there is none; -EEXIST: there are several, @d names
 * two; -EBUSY: its runner lives; -EALREADY: it has ended, or has been gone on with; -ETIME: nothing
 * of its time is left; other -errno of reading it.
 */
int resume_find(const char *dir, struct resume *ret, struct diag *d);

/* Its options, with what the command line at hand says put over them. 0 or -EINVAL, already
 * printed. */
int resume_options(const struct resume *r, int argc, char **argv, struct run_options *o);

/* Count the try, on disk when this returns. @max: of `--attempts`. 0; -EDQUOT: all are used up;
 * -errno; both with @d. */
int resume_count(struct resume *r, unsigned int max, struct diag *d);

/* The new run directory is there: link the former to it. Failing is no error of the run. */
void resume_link(const struct resume *r, const char *new_path);
void resume_clear(struct resume *r);

#endif

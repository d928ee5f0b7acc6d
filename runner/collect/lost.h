/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A run that ended without a verdict of its own: what its record says of when and where it lived.
 */
#ifndef HANGAR_LOST_H
#define HANGAR_LOST_H

#include <stdbool.h>
#include <stdint.h>
#include <time.h>

#include "base/diag.h"

struct lost {
	char path[4096]; /* of its run directory, absolute, as it is to be opened here */
	char id[64];
	char release[128];
	char boot_id[40];  /* "" when its manifest is of an older hangar */
	time_t began;      /* CLOCK_REALTIME */
	time_t last;       /* of its last journal line */
	uint64_t epoch_us; /* CLOCK_MONOTONIC of its begin, 0: not known */
	uint64_t last_us;  /* CLOCK_MONOTONIC of its last journal line, 0: not known */
	bool live;         /* its runner is at work */
	bool finished;     /* it has a verdict: its own, or one of an earlier collect */
	bool collected;    /* the latter */
	bool guest;        /* it ran in a guest of `hangar vm`: no dump of this machine is its */
};

struct losts {
	struct lost *list;
	unsigned int count;
};

/* Add the run directory @path. Returns 0; -ENOENT and other -errno of record_load() with @d. */
int losts_add(struct losts *to, const char *path, struct diag *d);

/**
 * losts_find - every run directory in the state home @home: registered in active/, or lying in
 * runs/
 * @root: put before the absolute paths of registrations, "" on a live machine
 * What is no run directory is passed over. 0 or -errno.
 */
int losts_find(struct losts *to, const char *home, const char *root);
void losts_clear(struct losts *l);

#endif

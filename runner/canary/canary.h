/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Canaries: known bugs, planted in a kernel of one's own, that show whether the trap still shuts.
 * Each is one scenario that names the plant to switch on; a lab measures its sensitivity with them.
 */
#ifndef HANGAR_CANARY_H
#define HANGAR_CANARY_H

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/diag.h"
#include "verdict.h"
#include "vm/host/vm.h"

#define CANARY_MAX 64
#define CANARY_REPEAT_MAX 1000

struct canary {
	char name[128];  /* scenario, as `hangar run` takes it */
	char path[4096]; /* its file */
	char plant[128]; /* as the scenario names it, with its number: "thp-deferred:10" */
};

struct flock {
	struct canary list[CANARY_MAX];
	unsigned int count;
};

/**
 * flock_load - the scenarios of @folder that name a plant
 * @names: scenarios or plants to take, NULL-terminated; none: all
 * Returns 0; -ENOENT (a name that no canary has: @d lists those that there are; or no canary at
 * all), -E2BIG, -errno. Scenarios that cannot be read are passed over: `hangar check` is for them.
 */
int flock_load(struct flock *ret, const char *folder, char *const *names, struct diag *d);

/* What one run of a canary came to, read back from its run directory. */
struct sighting {
	enum verdict verdict;
	bool found;             /* the plant was on and the scenario's signature was seen */
	bool off;               /* the plant was switched off for this run */
	double found_seconds;   /* since the run began; of the first finding that matched */
	double length_seconds;  /* of the whole run */
	char kind[32];          /* of that finding */
	char watcher[16];       /* who saw it first */
	char early_watcher[16]; /* whoever saw anything of it earlier, allowed findings of the same
				  task or stall included; "" : nobody */
	double early_seconds;
	double kernel_seconds; /* when the kernel's own message came; -1: not in this run */
	long long hits;        /* of the planted path; -1: the guest did not tell */
	char reader[32];       /* of the vmcore; "": none was read */
	char why[512];
	char dir[4096];
};

/* Fill @ret from @outcome's run directory. What is missing there stays unknown. */
void sighting_take(struct sighting *ret, const struct vm_outcome *outcome, bool off);

/* Was it as it should be: found with the plant on, survived with it off? */
bool sighting_good(const struct sighting *s);

struct canary_options {
	const char *kernel; /* "planted" */
	const char *out;    /* run directories below it; NULL: in the state home */
	char *const *names; /* NULL-terminated */
	unsigned int repeat;
	int cgroup;          /* 0: as the scenario needs */
	const char *seconds; /* --for, handed on; NULL: the scenario's own */
	bool off, no_dump, json, quiet;
};

/* 0 to go on; 1 when --help was printed; -EINVAL, with the reason already printed. */
int canary_options_parse(int argc, char **argv, struct canary_options *ret);

/* One line while it happens; @of: how many runs in all. */
void canary_say_begin(const struct canary *c, bool off, unsigned int run, unsigned int of);
void canary_say_end(const struct sighting *s);
/* All runs of one canary, plant on and off, as they were. */
struct canary_runs {
	const struct canary *canary;
	const struct sighting *list;
	unsigned int count;
};
void canary_say_table(const struct canary_runs *runs, unsigned int count);
/* A new object, see hangar-canary(1); NULL: no memory. */
json_t *canary_json(const char *kernel, const struct canary_runs *runs, unsigned int count);

#endif

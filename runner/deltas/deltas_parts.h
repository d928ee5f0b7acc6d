/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The inside of the deltas, shared by the thread that looks and the faces of what it saw. */
#ifndef HANGAR_DELTAS_PARTS_H
#define HANGAR_DELTAS_PARTS_H

#include <pthread.h>
#include <stdatomic.h>

#include "deltas/deltas.h"
#include "deltas/rules.h"

#define DELTAS_RING 128 /* of one second each */
#define DELTAS_ASKED_MAX 16
#define DELTAS_TEXT 32768 /* of a finding in the evidence file */

enum asked_state { ASKED_FREE, ASKED_WAITS, ASKED_READY, ASKED_TOLD };

struct asked {
	_Atomic int state;
	uint32_t finding;
	enum finding_kind kind;
	uint64_t noticed_us, from_us; /* look back to here */
	char text[512];
	char comm[32];
	/* the thread's, then the loop's */
	struct delta_sample before, after;
	char sentences[DELTA_SENTENCES_BYTES];
};

struct deltas {
	struct journal *journal;
	uint64_t epoch_us, page_bytes;
	int vmstat_fd, buddyinfo_fd, zoneinfo_fd; /* the last two -1: this kernel has none */
	int dir_fd, out_fd;
	int bell_fd;
	pthread_t thread;
	bool has_thread;
	_Atomic bool quit, ended;
	unsigned int n_asked, not_asked; /* the loop's */
	struct asked asked[DELTAS_ASKED_MAX];
	/* the thread's */
	struct delta_names names;
	struct delta_sample ring[DELTAS_RING];
	unsigned int head; /* the newest */
	bool written;
	char buf[16384], out[DELTAS_TEXT];
};

/* One look into @s; @learn names too. 0 or -errno of vmstat. */
int deltas_look(struct deltas *d, struct delta_sample *s, bool learn);

/* The newest sample of the ring not after @at_us, else the oldest. */
const struct delta_sample *deltas_before(const struct deltas *d, uint64_t at_us);

/* For people: all of @a as text in @buf. Returns its length. */
size_t deltas_text(const struct deltas *d, const struct asked *a, char *buf, size_t size);

/* For programs: the members of the journal's event. */
void deltas_members(const struct deltas *d, const struct asked *a, struct jline *line);

#endif

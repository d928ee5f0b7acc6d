/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The rows behind wait_sites.h, and nobody else's business. */
#ifndef HANGAR_WAIT_ROWS_H
#define HANGAR_WAIT_ROWS_H

#include "kmsg/wait_sites.h"

/* Ways to sleep that say little by themselves. */
enum wait_weak {
	WEAK_MUTEX = 1 << 0,
	WEAK_RWSEM = 1 << 1,
	WEAK_PERCPU = 1 << 2,
	WEAK_BIT = 1 << 3,
	WEAK_IO = 1 << 4,
	WEAK_COMPLETION = 1 << 5,
	WEAK_OTHER = 1 << 6, /* other locks */
	WEAK_YIELD = 1 << 7, /* runs, but in a loop that waits */
	WEAK_LOCK = WEAK_MUTEX | WEAK_RWSEM | WEAK_PERCPU | WEAK_OTHER,
};

struct wait_weak_row {
	const char *function; /* a '*' at its end stands for any rest */
	enum wait_weak weak;
	enum wait_role role; /* when nothing further out says more; may be unknown */
};

struct wait_row {
	const char *function;
	enum wait_role role;
	unsigned int after; /* counts only behind one of these; 0: decides by itself */
};

struct wait_family { /* one wait_rows_*.c */
	const struct wait_row *rows;
	unsigned int count;
};

struct wait_hold_row {
	const char *function; /* with a '*' as above */
	unsigned int claims;  /* bits of 1 << enum wait_claim */
	bool here;            /* also where the task waits in this very function */
};

extern const struct wait_hold_row wait_hold_rows[];
extern const unsigned int wait_hold_count;
extern const struct wait_weak_row wait_weak_rows[];
extern const unsigned int wait_weak_count;
extern const struct wait_family wait_core, wait_storage;
extern const struct wait_family *const wait_families[]; /* ends with NULL */
extern const char *const wait_handle_frames[];          /* end with NULL */
extern const char *const wait_alloc_frames[];
extern const char *const wait_commit_frames[];
extern const char *const wait_refused_frames[];

#endif

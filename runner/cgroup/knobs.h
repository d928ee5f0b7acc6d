/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The one table of limits: which file of which controller carries a knob on cgroup v1 and on v2,
 * how its value is spelt there, and how to tell from reading back that the kernel took it. Pure: no
 * file is touched here. To add a knob: a value in enum knob (scenario.h), a row in knobs.c and a
 * line in tests/test_knobs.c.
 */
#ifndef HANGAR_KNOBS_H
#define HANGAR_KNOBS_H

#include <stdbool.h>
#include <stddef.h>

#include "scenario/scenario.h"

enum controller {
	CONTROLLER_MEMORY,
	CONTROLLER_CPU,
	CONTROLLER_CPUSET,
	CONTROLLER_IO,
	CONTROLLER_PIDS,
	CONTROLLER_COUNT,
};

/* What a conversion may need to know of the group besides the value itself. */
struct knob_input {
	uint64_t value;        /* in the knob's unit, see enum knob */
	uint64_t memory_bytes; /* the group's KNOB_MEMORY, UNSET without one: v1 memsw = memory +
				  swap */
	uint64_t page_bytes;   /* limits are kept in pages and read back rounded down */
	const char *cpus;      /* KNOB_CPUSET's text */
	const char *device;    /* "MAJOR:MINOR" of a whole disk, for the io knobs */
};

/* One knob on one cgroup version. */
struct knob_face {
	const char *file; /* NULL: this version has no such knob */
	/* What to write. 0; -EDOM: another knob must be set first; -ERANGE: the kernel cannot hold
	 * it. */
	int (*spell)(const struct knob_input *in, char *buf, size_t size);
	/* Does @read (the file, whole) say that the kernel took @wrote? */
	bool (*took)(const struct knob_input *in, const char *wrote, const char *read);
};

struct knob_row {
	enum knob knob;
	const char *key; /* as in a scenario's "groups" */
	enum controller controller;
	struct knob_face v1, v2;
	const char *remedy; /* one sentence for the user whose host lacks it */
};

/* The row of @knob; never NULL for a knob of the enum. Rows are in the order in which they are to
 * be written. */
const struct knob_row *knob_row(enum knob knob);
/* Its face on cgroup version 1 or 2, or NULL when that version has none. */
const struct knob_face *knob_face(const struct knob_row *row, unsigned int version);
/* "memory"; io is "blkio" on v1. */
const char *controller_name(enum controller controller, unsigned int version);

#endif

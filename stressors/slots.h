/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The shared page between the runner and its stressors: one start line for all, one stop flag, and
 * for each running copy a slot in which it counts its steps. The runner maps the file before the
 * storm and only reads plain words from then on, so following ten thousand stressors costs no
 * system call. Layout is ABI between the runner and stressors of the same build; `magic` and
 * `version` are checked by both.
 *
 * How a stressor gets it: the environment names an inherited descriptor and an index,
 *   HANGAR_SLOTS_FD=7 HANGAR_SLOT=12
 * Without them a stressor runs alone, with a private slot. A third, HANGAR_PARENT (the runner's
 * pid), is optional: with it a stressor whose runner died before the stressor could ask to die with
 * it ends at once. The stressor wakes all futex waiters on `state` after each change of it. The
 * runner wakes `go` after setting it.
 */
#ifndef HANGAR_SLOTS_H
#define HANGAR_SLOTS_H

#include <stdint.h>

#define SLOTS_MAGIC 0x68616e67u /* "hang" */
#define SLOTS_VERSION 1
#define SLOTS_ENV_FD "HANGAR_SLOTS_FD"
#define SLOTS_ENV_INDEX "HANGAR_SLOT"
#define SLOTS_ENV_PARENT "HANGAR_PARENT"

enum slot_state {
	SLOT_FREE,
	SLOT_SPAWNED, /* set by the runner before clone */
	SLOT_READY,   /* set by the stressor: set up, waits at the start line */
	SLOT_RUNNING, /* past the start line */
	SLOT_DONE,
};

struct slots_header {
	uint32_t magic;
	uint32_t version;
	uint32_t count;
	uint32_t stop; /* not 0: every stressor ends after its present step (futex word) */
	uint32_t pad[12];
};

/* One cache line pair, so that two stressors never share one. All words are written by one side
 * only. */
struct slot {
	/* written by the runner */
	uint32_t go;   /* futex word: 0 wait at the start line, 1 run */
	uint32_t stop; /* this copy alone is to end (phase over) */
	uint64_t seed;
	/* written by the stressor */
	uint32_t state; /* enum slot_state */
	uint32_t threads;
	uint64_t steps; /* completed steps of all its threads; goes on counting after a restart */
	uint64_t step_began_us; /* CLOCK_MONOTONIC of the oldest step now in flight (to about 1 ms),
				   0: none */
	uint64_t slowest_us; /* the slowest completed step (steps far below 16 us: the batch that it
				was in) */
	uint64_t pressure;   /* ENOMEM, ENOSPC, EAGAIN met and taken as pressure */
	uint64_t bytes;      /* bytes touched or written, as far as it counts them */
	uint64_t aux[8];     /* the stressor's own counters, named in --describe */
};

_Static_assert(sizeof(struct slots_header) == 64, "the header is one cache line");
_Static_assert(sizeof(struct slot) == 128, "a slot is two cache lines");

static inline uint64_t slots_bytes(uint32_t count)
{
	return sizeof(struct slots_header) + (uint64_t)count * sizeof(struct slot);
}

static inline struct slot *slots_at(struct slots_header *h, uint32_t index)
{
	return (struct slot *)(h + 1) + index;
}

#endif

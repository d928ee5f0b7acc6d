/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the runner sees of a stressor's threads: steps, the slowest, the oldest in flight.
 *
 * Counting must not weigh more than what is counted: a step of 200 ns cannot pay for two clock
 * reads (25 ns each) and for atomics on a line that the runner reads. So fast steps are made in
 * batches of about 16 us: one clock read, one addition to the slot and one look at the stop flag
 * for each. A step slower than that is a batch of its own.
 */
#ifndef HANGAR_TALLY_H
#define HANGAR_TALLY_H

#include "stressor.h"

#define TALLY_NOT_BEGUN UINT64_MAX

struct tally {
	struct slot *slot;
	struct stressor_run **runs; /* of all threads */
	unsigned int count;
};

/* A batch of @run begins @now. Each thread calls these for itself. */
void tally_begin(const struct tally *t, struct stressor_run *run, uint64_t now);
/* It has none in hand: it sleeps on purpose, or has ended. */
void tally_idle(const struct tally *t, struct stressor_run *run);

/* A batch is over: add @steps and what @run has counted to the slot. */
void tally_settle(struct stressor_run *run, uint64_t steps, uint64_t took_us);

/**
 * tally_next_batch - how many steps to make before the next look at the clock
 * @batch: how many there were in the last one, @took_us: how long they took. Pure.
 */
uint64_t tally_next_batch(uint64_t batch, uint64_t took_us);

#endif

/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A stressor's side of the shared page: find the slot, wait at the start line, see the stop flags.
 */
#ifndef HANGAR_SLOT_H
#define HANGAR_SLOT_H

#include <stdbool.h>

#include "base/diag.h"
#include "slots.h"

struct place {
	struct slots_header *header;
	struct slot *slot;
	uint32_t index;
	bool alone; /* a private slot: nobody watches */
};

/**
 * place_find - map the slot that the environment names, or a private one when it names none
 * Closes the inherited descriptor: the mapping is all that is needed, and children must not inherit
 * it. Returns 0 or -errno with @diag (wrong magic or version, no such slot: the runner is of
 * another build).
 */
int place_find(struct place *ret, struct diag *diag);

/* Die when the runner dies, and exit now if it already has. Alone: nothing; a stressor may outlive
 * its shell. */
void place_follow_parent(const struct place *p);

/* Say READY, sleep until the runner says go (alone: not at all), say RUNNING. false: told to stop
 * instead. */
bool place_start_line(const struct place *p, bool (*stopping)(void));

/* Change the state and wake whoever waits for it. */
void place_say(const struct place *p, enum slot_state state);

/* Has the runner asked this copy or all of them to end? */
static inline bool place_stopped(const struct place *p)
{
	return __atomic_load_n(&p->slot->stop, __ATOMIC_RELAXED) ||
	       __atomic_load_n(&p->header->stop, __ATOMIC_RELAXED);
}

/* Sleep @us or until @word is no longer @value, whichever is first; a signal ends it too. */
void futex_wait_us(const uint32_t *word, uint32_t value, uint64_t us);

#endif

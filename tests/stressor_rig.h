/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The runner's part, for tests: a shared page, a built stressor in one of its slots, and waiting
 * without sleeping. */
#ifndef HANGAR_TESTS_STRESSOR_RIG_H
#define HANGAR_TESTS_STRESSOR_RIG_H

#include <stdbool.h>
#include <sys/types.h>

#include "stressors/slots.h"

/* Generous, since it only bounds a failure: a loaded machine under a sanitizer needs some of it. */
#define RIG_WAIT_MS 30000

struct rig {
	int fd;
	struct slots_header *header;
	char dir[64]; /* an empty folder of its own */
};

void rig_open(struct rig *r, uint32_t slots);
void rig_close(struct rig *r); /* fails the test when the folder is not empty */

static inline struct slot *rig_slot(const struct rig *r, uint32_t index)
{
	return slots_at(r->header, index);
}

/* The environment of a slot, for the calling process, and what it looks like from there. @parent 0:
 * leave it out. */
void rig_enter_slot(const struct rig *r, uint32_t index, pid_t parent);

/* Become stressor argv[0], a name. Exits with 126 when there is no such program. */
void rig_exec(const char *const argv[]) __attribute__((noreturn));

/* Start stressor argv[0] (a name) in slot @index, -1: alone. Its output goes to /dev/null. */
pid_t rig_spawn(const struct rig *r, int index, const char *const argv[]);
/* Wait for it; the wait status. */
int rig_wait(pid_t pid);
/* Start it alone, wait, and keep what it prints on stdout (or stderr). The wait status. */
int rig_run(const char *const argv[], bool standard_error, char *buf, size_t size);

void rig_wake(uint32_t *word, uint32_t value);
/* Until slot->state is @state; false: not in RIG_WAIT_MS. */
bool rig_wait_state(struct slot *slot, uint32_t state);
/* Until it has made more than @steps. */
bool rig_wait_steps(struct slot *slot, uint64_t steps);

/* The names of all stressors, ends with NULL. */
extern const char *const rig_stressors[];

/* "choices" or "steps" and the like from the line that a stressor prints at its end. */
void rig_field(const char *summary, const char *name, char *buf, size_t size);

#endif

/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The runner's side of the page shared with the stressors (stressors/slots.h). */
#ifndef HANGAR_SLOTS_MAP_H
#define HANGAR_SLOTS_MAP_H

#include <stdbool.h>

#include "stressors/slots.h"

/**
 * slots_map_open - make, map and touch a page of @count slots
 * @dirfd: where an unlinked file goes when there is neither memfd_create (3.17) nor /dev/shm
 * Its memory belongs to the caller's group and not to the first stressor that counts a step. 0 or
 * -errno; the descriptor is close-on-exec.
 */
int slots_map_open(uint32_t count, int dirfd, struct slots_header **ret, int *ret_fd);
void slots_map_close(struct slots_header *h, int fd);

/* Ready a slot for a new life: counters that add up over lives stay. Its start line is drawn again
 * when @line. */
void slots_reset(struct slot *s, uint64_t seed, bool line);
/* Wake everybody who sleeps on @word. */
void slots_wake(const uint32_t *word);

#endif

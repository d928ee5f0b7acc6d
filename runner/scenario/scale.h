/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Limits that were written for a larger machine, shrunk to this one. */
#ifndef HANGAR_SCALE_H
#define HANGAR_SCALE_H

#include <stdint.h>

#include "scenario/scenario.h"

/**
 * scale_percent - how large this machine is beside the one that limits were written for
 * @made_for_bytes: its memory, UNSET: any; @memory_bytes: of this one
 * Returns 1 to 100; 100 for a machine as large or larger. Pure.
 */
unsigned int scale_percent(uint64_t made_for_bytes, uint64_t memory_bytes);

/**
 * scale_groups - shrink memory, high and swap of all groups of @s to this machine
 * Sizes are rounded down to whole MiB, but none falls below 4 MiB, in which a process can still
 * start, nor below what it was if that was less. Returns the percentage, see scale_percent().
 */
unsigned int scale_groups(struct scenario *s, uint64_t memory_bytes);

#endif

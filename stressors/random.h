/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The first state of stressor_random(); the draws themselves are in stressor.h. */
#ifndef HANGAR_RANDOM_H
#define HANGAR_RANDOM_H

#include <stdint.h>

/* The same three numbers give the same state; never 0. */
uint64_t random_seed(uint64_t seed, uint32_t slot, unsigned int thread);

#endif

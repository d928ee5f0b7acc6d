/* SPDX-License-Identifier: GPL-2.0-or-later */
/* For each literal the four bytes by which the scan notices it: seldom in logs, shared by many
 * literals. Pure. */
#ifndef HANGAR_TRIAGE_WINDOWS_H
#define HANGAR_TRIAGE_WINDOWS_H

#include <stdint.h>

#include "triage/literals.h"

#define WINDOW_BYTES 4

/* ret_offset[i]: where in literal i its window begins. Each literal has WINDOW_BYTES at least. 0 or
 * -ENOMEM. */
int windows_choose(const struct literals *l, uint8_t *ret_offset);

/* The four bytes at @p as one number. */
static inline uint32_t window_at(const char *p)
{
	uint32_t n;

	__builtin_memcpy(&n, p, sizeof(n));
	return n;
}

/* How often a byte occurs in kernel logs, of 1,000. Never 0. */
unsigned int windows_frequency(unsigned char byte);

#endif

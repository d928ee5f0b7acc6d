/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Pressure stall information, Documentation/accounting/psi.rst: one line "some", one "full" (cpu
 * lacks it before 5.13). Pure. */
#ifndef HANGAR_WATCH_PSI_H
#define HANGAR_WATCH_PSI_H

#include <stdbool.h>
#include <stdint.h>

struct psi_line {
	bool known;
	double avg10;      /* percent */
	uint64_t total_us; /* stalled since boot */
};

int psi_parse(const char *text, struct psi_line *ret_some,
	      struct psi_line *ret_full); /* 0 or -EINVAL */

/* Was the share of stalled time between two samples at least @stall_us in each @window_us? */
bool psi_exceeds(uint64_t stalled_us, uint64_t elapsed_us, uint64_t stall_us, uint64_t window_us);

#endif

/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Bytes a second: wait until the next piece is due. */
#ifndef HANGAR_PACE_H
#define HANGAR_PACE_H

#include "stressor.h"

struct pace {
	uint64_t began_us; /* of the first piece; 0: none yet */
	uint64_t bytes;    /* due by then */
};

/* Sleep until @bytes more are due at @bytes_per_s; 0: not at all. Ends early at the stop flag. */
void pace_wait(struct stressor_run *run, struct pace *p, uint64_t bytes_per_s, uint64_t bytes);

#endif

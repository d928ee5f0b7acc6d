/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Many flights at once on an io_uring. */
#ifndef HANGAR_FLEET_H
#define HANGAR_FLEET_H

#include "flight.h"

struct fleet {
	struct ring ring;
	struct flight *flights;
	unsigned int *idle, *landed;                    /* stacks of indices */
	unsigned int idle_count, landed_count, waiting; /* waiting: calls that the ring has */
	uint64_t fallbacks; /* calls that the ring lacks, made plainly */
	uint32_t said;      /* those already said aloud, a bit a call */
};

/* 0; -EOPNOTSUPP: there is no io_uring, said aloud; -ENOMEM. */
int fleet_open(struct fleet *f, unsigned int depth);
/* Waits for the calls in the kernel, whose arguments are ours. Accepts a zeroed one. */
void fleet_close(struct fleet *f);

/* One to begin with flight_begin() and to launch, or NULL: all are under way. */
struct flight *fleet_idle(struct fleet *f);
void fleet_launch(struct fleet *f, struct flight *flight);
/* Wait until one is over. 0 with *ret_flight, idle again once it was ended with flight_end(); or
 * -errno of the ring. */
int fleet_land(struct fleet *f, struct flight **ret_flight);

#endif

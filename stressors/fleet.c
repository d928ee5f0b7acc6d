/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The ring engine of creat-storm. Each flight has at most one call in the kernel; what makes the
 * load is how many flights there are. Calls that cannot be answered at once the kernel hands to its
 * io workers, which are threads of this process: the folder locks are then fought over by tasks
 * that no one sees in the program.
 */
#include "fleet.h"

#include <errno.h>
#include <stdlib.h>

#include "base/cleanup.h"

int fleet_open(struct fleet *f, unsigned int depth)
{
	if (!ring_open(&f->ring, depth))
		return -EOPNOTSUPP;
	f->flights = calloc(depth, sizeof(*f->flights));
	f->idle = calloc(depth, sizeof(*f->idle));
	f->landed = calloc(depth, sizeof(*f->landed));
	if (!f->flights || !f->idle || !f->landed)
		return -ENOMEM;
	while (f->idle_count < depth) {
		f->idle[f->idle_count] = f->idle_count;
		f->idle_count++;
	}
	return 0;
}

void fleet_close(struct fleet *f)
{
	struct io_uring_cqe *cqe;

	while (f->ring.open && f->waiting && io_uring_submit(&f->ring.uring) >= 0) {
		int err = io_uring_wait_cqe(&f->ring.uring, &cqe);

		if (err && err != -EINTR)
			break;
		if (err)
			continue;
		io_uring_cqe_seen(&f->ring.uring, cqe);
		f->waiting--;
	}
	ring_close(&f->ring);
	free(take_ptr(f->flights));
	free(take_ptr(f->idle));
	free(take_ptr(f->landed));
}

struct flight *fleet_idle(struct fleet *f)
{
	return f->idle_count ? &f->flights[f->idle[--f->idle_count]] : NULL;
}

static void say_fallback(struct fleet *f, enum call_kind kind)
{
	f->fallbacks++;
	if (f->said & (1u << kind))
		return;
	f->said |= 1u << kind;
	stressor_say("io_uring here has no %s: a plain system call instead", calls_name(kind));
}

/* Queue the due call; make those that the ring lacks; a flight whose calls are all made has landed.
 */
void fleet_launch(struct fleet *f, struct flight *flight)
{
	struct chain *chain = &flight->chain;
	unsigned int index = (unsigned int)(flight - f->flights);
	enum call_kind kind;

	while ((kind = chain_due(chain)) != CALL_NONE) {
		if (calls_queue(&f->ring, kind, &chain->call, index)) {
			f->waiting++;
			return;
		}
		say_fallback(f, kind);
		chain_took(chain, calls_make(kind, &chain->call));
	}
	f->landed[f->landed_count++] = index;
}

static void reap(struct fleet *f)
{
	struct io_uring_cqe *cqe;

	while (io_uring_peek_cqe(&f->ring.uring, &cqe) == 0) {
		struct flight *flight = &f->flights[cqe->user_data];
		int res = cqe->res;

		io_uring_cqe_seen(&f->ring.uring, cqe);
		f->waiting--;
		chain_took(&flight->chain, res);
		fleet_launch(f, flight);
	}
}

int fleet_land(struct fleet *f, struct flight **ret_flight)
{
	while (!f->landed_count) {
		int err = io_uring_submit_and_wait(&f->ring.uring, 1);

		if (err < 0 && err != -EBUSY) /* EBUSY: completions first */
			return err;
		reap(f);
	}
	f->idle[f->idle_count++] = f->landed[--f->landed_count];
	*ret_flight = &f->flights[f->landed[f->landed_count]];
	return 0;
}

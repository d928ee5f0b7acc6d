/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The kernel starts the second request of a linked pair only when the first has succeeded in full,
 * so a sync never runs ahead of its write, whatever the depth. A short write breaks the link: the
 * sync then ends with ECANCELED, which says "no space" one line later and is not an error of its
 * own.
 */
#include "pairs.h"

#include <errno.h>
#include <stdlib.h>

#include "base/cleanup.h"

/* user_data: the pair's index, and which half of it */
#define HALF_WRITE 0u
#define HALF_SYNC 1u

int pairs_open(struct pairs *p, unsigned int depth)
{
	if (!ring_open(&p->ring, 2 * depth))
		return -EOPNOTSUPP;
	if (!ring_can(&p->ring, IORING_OP_WRITE) || !ring_can(&p->ring, IORING_OP_FSYNC) ||
	    !ring_can(&p->ring, IORING_OP_SYNC_FILE_RANGE)) {
		stressor_say("io_uring lacks an operation: plain system calls instead");
		ring_close(&p->ring);
		return -EOPNOTSUPP;
	}
	p->states = calloc(depth, sizeof(*p->states));
	if (!p->states) {
		ring_close(&p->ring);
		return -ENOMEM;
	}
	p->depth = depth;
	return 0;
}

static unsigned int free_state(const struct pairs *p)
{
	unsigned int i = 0;

	while (p->states[i].due)
		i++;
	return i;
}

static void prepare_sync(struct io_uring_sqe *sqe, const struct pair *pair)
{
	if (pair->sync == PAIR_RANGE)
		io_uring_prep_sync_file_range(sqe, pair->fd, pair->sync_bytes, pair->sync_offset,
					      SYNC_FILE_RANGE_WAIT_BEFORE | SYNC_FILE_RANGE_WRITE |
						      SYNC_FILE_RANGE_WAIT_AFTER);
	else
		io_uring_prep_fsync(sqe, pair->fd,
				    pair->sync == PAIR_FDATASYNC ? IORING_FSYNC_DATASYNC : 0);
}

void pairs_add(struct pairs *p, const struct pair *pair)
{
	unsigned int i = free_state(p);
	struct io_uring_sqe *sqe = ring_entry(&p->ring);

	p->states[i] = (struct pair_state){ .due = 1, .bytes = pair->bytes };
	p->in_flight++;
	io_uring_prep_write(sqe, pair->fd, pair->block, pair->bytes, pair->offset);
	sqe->user_data = 2 * (uint64_t)i + HALF_WRITE;
	if (pair->sync == PAIR_NONE)
		return;
	sqe->flags |= IOSQE_IO_LINK;
	sqe = ring_entry(&p->ring);
	prepare_sync(sqe, pair);
	sqe->user_data = 2 * (uint64_t)i + HALF_SYNC;
	p->states[i].due = 2;
}

/* What a completion says: 0, STRESSOR_PRESSURE or -errno. */
static int judge(const struct pair_state *state, uint64_t half, int res)
{
	if (res == -ECANCELED)
		return STRESSOR_PRESSURE;
	if (res < 0)
		return stressor_is_pressure(-res) ? STRESSOR_PRESSURE : res;
	return half == HALF_WRITE && (unsigned int)res < state->bytes ? STRESSOR_PRESSURE : 0;
}

static int worse(int a, int b)
{
	if (a < 0 || b < 0)
		return a < 0 ? a : b;
	return a > b ? a : b;
}

static void complete(struct pairs *p, const struct io_uring_cqe *cqe)
{
	struct pair_state *state = &p->states[cqe->user_data / 2];

	state->result = worse(state->result, judge(state, cqe->user_data % 2, cqe->res));
	if (--state->due > 0)
		return;
	p->result = worse(p->result, state->result);
	p->in_flight--;
	p->waiting++;
}

/* Take all completions that are there. */
static void reap(struct pairs *p)
{
	struct io_uring_cqe *cqe;

	while (io_uring_peek_cqe(&p->ring.uring, &cqe) == 0) {
		complete(p, cqe);
		io_uring_cqe_seen(&p->ring.uring, cqe);
	}
}

int pairs_fetch(struct pairs *p)
{
	int err;

	while (!p->waiting) {
		err = io_uring_submit_and_wait(&p->ring.uring, 1);
		if (err < 0)
			return err;
		reap(p);
	}
	p->waiting--;
	err = p->result;
	p->result = 0;
	return err;
}

void pairs_close(struct pairs *p)
{
	struct io_uring_cqe *cqe;

	while (p->ring.open && p->in_flight && io_uring_submit(&p->ring.uring) >= 0) {
		int err = io_uring_wait_cqe(&p->ring.uring, &cqe);

		if (err && err != -EINTR)
			break;
		reap(p);
	}
	ring_close(&p->ring);
	free(take_ptr(p->states));
}

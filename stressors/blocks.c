/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * packet_set_ring() asks for each block of a ring with __get_free_pages() and, when there is none,
 * takes single pages with vzalloc(): a machine without large pieces then gives its small ones. A
 * pipe of n pages has a table of n entries of 40 bytes (24 before 2.6.35) in one piece. A datagram
 * on a Unix socket lies in pieces of 32 KiB, if there are such, and in single pages otherwise.
 */
#include "blocks.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/if_packet.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "touch.h"

#ifndef F_SETPIPE_SZ
#define F_SETPIPE_SZ 1031
#endif
#ifndef SO_SNDBUFFORCE
#define SO_SNDBUFFORCE 32
#endif

#define PIPE_ENTRY_BYTES 40u
/* unix_dgram_sendmsg() refuses more than the send buffer less this. */
#define DATAGRAM_MAX 212992u

const char *const blocks_kinds[] = { "packet", "pipe", "socket", NULL };

static int hold_packet(struct blocks *b, const struct blocks_opts *o)
{
	struct tpacket_req req = {
		.tp_block_size = (unsigned int)o->block_bytes,
		.tp_block_nr =
			(unsigned int)((o->ring_bytes + o->block_bytes - 1) / o->block_bytes),
		.tp_frame_size = (unsigned int)touch_page_bytes(),
	};

	req.tp_frame_nr = req.tp_block_nr * (req.tp_block_size / req.tp_frame_size);
	b->fds[0] =
		socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC, 0); /* protocol 0: receives nothing */
	if (b->fds[0] < 0)
		return -errno;
	if (setsockopt(b->fds[0], SOL_PACKET, PACKET_RX_RING, &req, sizeof(req)) < 0)
		return -errno;
	b->bytes = (uint64_t)req.tp_block_nr * req.tp_block_size;
	return 0;
}

/* So many entries that their table needs a piece of @block_bytes, and no larger one. */
static uint64_t pipe_pages(uint64_t block_bytes)
{
	uint64_t pages = 16;

	while (pages * 2 * PIPE_ENTRY_BYTES <= block_bytes)
		pages *= 2;
	return pages;
}

static int hold_pipe(struct blocks *b, const struct blocks_opts *o)
{
	uint64_t pages = pipe_pages(o->block_bytes);

	if (pipe2(b->fds, O_CLOEXEC | O_NONBLOCK) < 0)
		return -errno;
	if (fcntl(b->fds[1], F_SETPIPE_SZ, (int)(pages * touch_page_bytes())) < 0)
		return -errno;
	b->bytes = o->block_bytes;
	return 0;
}

static int hold_socket(struct blocks *b, const struct blocks_opts *o)
{
	size_t bytes = o->block_bytes < DATAGRAM_MAX ? o->block_bytes : DATAGRAM_MAX;
	int buffer = (int)(o->ring_bytes * 2);
	char *data = calloc(1, bytes);
	int err = 0;

	if (!data)
		return -ENOMEM;
	if (socketpair(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0, b->fds) < 0)
		err = -errno;
	else if (setsockopt(b->fds[0], SOL_SOCKET, SO_SNDBUFFORCE, &buffer, sizeof(buffer)) < 0)
		setsockopt(b->fds[0], SOL_SOCKET, SO_SNDBUF, &buffer, sizeof(buffer));
	while (!err && b->bytes < o->ring_bytes) {
		if (send(b->fds[0], data, bytes, MSG_DONTWAIT) < 0)
			err = -errno;
		else
			b->bytes += bytes;
	}
	free(data);
	/* a queue has room for so many only (net.unix.max_dgram_qlen): what there is will do */
	return b->bytes ? 0 : err;
}

static int (*const hold[])(struct blocks *, const struct blocks_opts *) = {
	[BLOCKS_PACKET] = hold_packet,
	[BLOCKS_PIPE] = hold_pipe,
	[BLOCKS_SOCKET] = hold_socket,
};

int blocks_hold(struct blocks *b, enum blocks_kind kind, const struct blocks_opts *o)
{
	int err;

	*b = (struct blocks){ .fds = { -1, -1 } };
	err = hold[kind](b, o);
	if (err)
		blocks_release(b);
	return err;
}

void blocks_release(struct blocks *b)
{
	b->fds[0] = close_fd(b->fds[0]);
	b->fds[1] = close_fd(b->fds[1]);
	b->bytes = 0;
}

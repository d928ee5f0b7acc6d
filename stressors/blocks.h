/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Kernel memory in large pieces, as user space can ask for it: held by descriptors. */
#ifndef HANGAR_BLOCKS_H
#define HANGAR_BLOCKS_H

#include "stressor.h"

enum blocks_kind {
	BLOCKS_PACKET, /* rings of an AF_PACKET socket, each of their blocks one piece */
	BLOCKS_PIPE,   /* the table of a large pipe is one piece */
	BLOCKS_SOCKET, /* large datagrams wait in a socket pair; pieces of up to eight pages */
};

extern const char *const blocks_kinds[];

struct blocks_opts {
	uint64_t block_bytes; /* of a piece */
	uint64_t ring_bytes;  /* held by one descriptor, as far as the kind allows */
};

/* What one descriptor (or pair) holds. */
struct blocks {
	int fds[2];
	uint64_t bytes;
};

/**
 * blocks_hold - take kernel memory in pieces of @o->block_bytes
 * Returns 0, -ENOMEM and other pressure, or -EPERM, -EAFNOSUPPORT (the kind cannot be had here:
 * without CAP_NET_RAW, without AF_PACKET, a pipe above pipe-max-size without CAP_SYS_RESOURCE).
 */
int blocks_hold(struct blocks *b, enum blocks_kind kind, const struct blocks_opts *o);
void blocks_release(struct blocks *b);

#endif

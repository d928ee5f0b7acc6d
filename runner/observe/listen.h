/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The socket on which heartbeats arrive. */
#ifndef HANGAR_OBSERVE_LISTEN_H
#define HANGAR_OBSERVE_LISTEN_H

#include "base/diag.h"
#include "heartbeat.h"

struct listener {
	int fd; /* -1: closed */
	struct heartbeat_key key;
	uint64_t refused; /* datagrams that were no heartbeat, or were signed by nobody we know */
};

/* @where: "[HOST]:PORT"; without a host: every address of this machine. 0 or -errno with @d. */
int listener_open(struct listener *l, const char *where, const char *key_file, struct diag *d);
void listener_close(struct listener *l);
/* The next beat that has come, and the address it came from (of INET6_ADDRSTRLEN bytes). 1; 0: no
 * more. */
int listener_next(struct listener *l, struct heartbeat *ret, char *from, size_t size);

#endif

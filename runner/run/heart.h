/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The heart of a run: a thread that sends a heartbeat (results/heartbeat.h) each second to an
 * observer on another machine, with the loop's turns in it, so that a runner that is stuck is told
 * from a machine that is dead.
 */
#ifndef HANGAR_HEART_H
#define HANGAR_HEART_H

#include "base/diag.h"
#include "journal.h"

struct heart;

/**
 * heart_open - begin to beat
 * @to: "HOST:PORT", "[IPv6]:PORT"; the name is looked up once, here
 * @key_file: signs the beats; NULL: not signed
 * @run, @release: copied
 * The thread allocates nothing, opens nothing and never waits for the network. What the network
 * refuses is lost: the next beat is a second away. Returns 0 or -errno with @d.
 */
int heart_open(const char *to, const char *key_file, const char *run, const char *release,
	       struct journal *j, struct heart **ret, struct diag *d);

/* One more turn of the loop. @phase must live until heart_close(). @h may be NULL. */
void heart_turn(struct heart *h, const char *phase);

/* The farewell with @verdict, said three times, for datagrams get lost; then the thread ends. NULL
 * is allowed. Returns NULL. */
struct heart *heart_close(struct heart *h, const char *verdict);

#endif

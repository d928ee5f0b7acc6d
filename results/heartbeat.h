/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The heartbeat of a run: one UDP datagram a second to an observer on another machine, which so
 * learns of a death that nobody here can tell any more. Text, so that tcpdump shows it: HANGAR-BEAT
 * 1
 *   {"run":ID,"beat":N,"ticks":turns of the runner's loop,"mono_us":CLOCK_MONOTONIC,"seq":last
 * journal line on disk, "release":uname -r,"phase":NAME,"over":true,"verdict":WORD}         (the
 * last two in the farewell alone) HMAC-SHA256 of all before it, 64 hexadecimal digits (only with a
 * key) each line with its newline. "beat" counts from 1: whoever keeps beats and sends them again
 * later is found out.
 */
#ifndef HANGAR_HEARTBEAT_H
#define HANGAR_HEARTBEAT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/diag.h"

#define HEARTBEAT_EVERY_US 1000000u
#define HEARTBEAT_BYTES_MAX 1024 /* fits one frame of any network */
#define HEARTBEAT_KEY_MIN 16     /* bytes of a key: fewer could be guessed from one datagram */

struct heartbeat {
	char run[64];     /* id of struct rundir */
	char phase[64];   /* "" before the first */
	char release[64]; /* uname -r */
	char verdict[16]; /* of the farewell, "" otherwise */
	bool over;        /* the farewell: silence from here on means nothing */
	uint64_t beat;
	uint64_t ticks;
	uint64_t mono_us;
	uint64_t seq;
};

struct heartbeat_key {
	unsigned char bytes[256];
	size_t size; /* 0: none; beats are neither signed nor checked */
};

/* The whole file, but for newlines at its end, as key. 0 or -errno with @d: too short, too long,
 * not readable. */
int heartbeat_key_load(const char *path, struct heartbeat_key *ret, struct diag *d);

/* Into @buf of HEARTBEAT_BYTES_MAX. Allocates nothing. Returns the length. */
size_t heartbeat_encode(const struct heartbeat *h, const struct heartbeat_key *key, char *buf);

/**
 * heartbeat_decode - a datagram from anywhere
 * Returns 0; -EINVAL: no heartbeat; -EACCES: @key is set and the signature is missing or another
 * one.
 */
int heartbeat_decode(const void *data, size_t size, const struct heartbeat_key *key,
		     struct heartbeat *ret);

#endif

/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The journal's second way out: the writer thread's end of a wire (wire.h). Frames are packed into
 * one buffer and written whole; what is left of a write that was not taken goes out before anything
 * else.
 */
#ifndef HANGAR_JOURNAL_MIRROR_H
#define HANGAR_JOURNAL_MIRROR_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* One write of a virtio-serial port takes at most 32 KiB. */
#define MIRROR_BYTES (32u << 10)

enum mirror_state { MIRROR_NONE, MIRROR_FLOWS, MIRROR_STALLED, MIRROR_DEAD };

struct mirror {
	_Atomic int state; /* enum mirror_state; set by the writer, once it is not MIRROR_NONE */
	_Atomic int error; /* -errno that ended it */
	_Atomic uint64_t lost;  /* lines that went by it while it stalled */
	_Atomic uint64_t ticks; /* of the loop: for BEAT */
	int told;               /* the producer's: the state that the journal was told */

	/* the writer's */
	int fd;
	uint32_t sequence; /* of the last frame */
	uint64_t at;       /* byte of the ring up to which lines were taken */
	uint64_t next_beat_us;
	size_t size, sent; /* of @buf */
	unsigned char buf[MIRROR_BYTES];
};

struct journal;

/* All whole lines up to @head, as far as the wire takes them within its time. */
void mirror_lines(struct journal *j, uint64_t head);
/* BEAT, when it is due. */
void mirror_beat(struct journal *j);
/* Until the next BEAT; UINT64_MAX without a mirror. */
uint64_t mirror_idle_us(const struct journal *j);
/* The producer's: journal what became of the wire, once for each change. */
void mirror_tell(struct journal *j);

#endif

/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Between journal.c, which fills the ring, and journal_writer.c, which empties it onto the disk.
 * One producer, one consumer, no lock: each word is written by one side only.
 */
#ifndef HANGAR_JOURNAL_RING_H
#define HANGAR_JOURNAL_RING_H

#include <pthread.h>
#include <stdatomic.h>

#include "journal.h"
#include "journal_mirror.h"
#include "latency.h"

/*
 * What a disk that stands still for some 10 s is to leave unharmed: ten thousand short lines (exits
 * and restarts of a storm) or 250 full findings. A power of two, so that a mask wraps.
 */
#define RING_BYTES (1u << 21)

struct journal {
	/* fixed after journal_open() */
	int fd;
	int ballast_fd;
	uint64_t epoch_us;
	size_t map_bytes;
	pthread_t writer;

	/* the producer's */
	uint64_t next_seq;
	uint64_t lost;   /* all told */
	uint64_t untold; /* of these, not yet said in a note */
	struct jline line;
	char buf[JOURNAL_LINE_MAX];

	/* from the producer to the writer */
	_Atomic uint64_t head; /* bytes ever put in */
	_Atomic uint32_t wake; /* futex word, bumped with each line */
	_Atomic uint32_t stop;

	/* from the writer to the producer */
	_Atomic uint64_t tail; /* bytes ever taken out, at a line's end */
	_Atomic uint64_t synced;
	_Atomic uint64_t busy_since_us; /* 0: idle */
	_Atomic int error;              /* the first */
	_Atomic int failing;            /* of the latest try, 0 when it went through */
	_Atomic uint32_t progress;      /* futex word, bumped after each try */
	_Atomic uint32_t ended;         /* futex word */

	struct latency latency;

	/* the writer's */
	uint64_t done;    /* bytes of the ring that are in the file; @tail follows when the wire has
			     them, too */
	uint64_t written; /* lines, whether synced or not */
	uint64_t durable; /* lines, synced */
	uint64_t file_end; /* end of the last whole line in the file */
	bool torn;         /* part of a line lies behind file_end and could not be cut off */
	struct mirror mirror;

	char ring[RING_BYTES];
};

int journal_writer_start(struct journal *j);
/* Lets the writer finish; false: it is stuck and still owns @j. */
bool journal_writer_stop(struct journal *j, uint64_t timeout_us);

/* Sleep until *@word is not @seen, at most @timeout_us (UINT64_MAX: no limit). May wake early. */
void journal_futex_wait(_Atomic uint32_t *word, uint32_t seen, uint64_t timeout_us);
void journal_futex_bump(_Atomic uint32_t *word);

#endif

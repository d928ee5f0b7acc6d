/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The host's end of the wire: frames from both ports become files of the run directory. Journal
 * lines are appended and synced as they come; other files are written where they belong. What a
 * guest says is not trusted: a path that leaves the run directory or goes over a link, a file that
 * is the host's own (outside.jsonl, console.log, ...), more bytes or files than the limit: refused,
 * and counted. Passed over in silence is what the host has or makes itself, and undo.jsonl: what a
 * guest must put back is never put back on its host by `hangar clean`.
 */
#ifndef HANGAR_RECEIVE_H
#define HANGAR_RECEIVE_H

#include <stdbool.h>
#include <stdint.h>

#include "wire.h"

enum receive_port { RECEIVE_JOURNAL, RECEIVE_FILES, RECEIVE_PORTS };

/* A storm of 300 copies leaves some hundred files; a guest that makes files without end is stopped.
 */
#define RECEIVE_FILES_MAX 20000
#define RECEIVE_PATH_MAX 512

struct receiver {
	int dir_fd;         /* run directory, borrowed */
	int journal_fd;     /* journal.jsonl in it, -1 until the first line */
	uint64_t bytes_max; /* of all files together, the journal counted; 0: 64 GiB */
	struct wire_decoder decoder[RECEIVE_PORTS];

	/* what came so far */
	bool hello[RECEIVE_PORTS], ended[RECEIVE_PORTS];
	char release[128];     /* from the first HELLO that names one */
	char kind[16];         /* of the last HELLO on the files port: "run", "capture", "probe" */
	double boot_seconds;   /* of the last HELLO: its uptime when it began */
	int exit_code;         /* from END of the files port: of the runner; -1: none yet */
	double filter_seconds; /* from END of the capture: makedumpfile's own */
	uint64_t vmcore_bytes; /* from END of the capture: vmcore.flat is whole */
	char error[256];       /* from END */
	uint64_t lines, beats, ticks, bytes, refused;
	char refused_why[160]; /* the first of these: one sentence */
	uint64_t heard_us; /* CLOCK_MONOTONIC when the last good frame came on any port, 0: never */
	uint64_t files_heard_us; /* likewise on the files port */
	uint64_t ticked_us;      /* when "ticks" last grew; the first BEAT counts */
	int file_error;          /* first -errno of writing (ENOSPC): told once by the caller */

	/*
	 * Called for each journal line, without its newline, after it is synced (or refused by a
	 * full disk: then file_error is set); may be NULL. These two and bytes_max survive
	 * receiver_open().
	 */
	void (*line)(void *ctx, const char *text, size_t size);
	void *ctx;

	/* its own */
	char *batch; /* journal lines of one read, synced together */
	size_t batch_size;
	uint64_t journal_end; /* of the last whole line */
	int file_fd;          /* of the file written last */
	char file_path[RECEIVE_PATH_MAX];
	unsigned int files; /* that were made, folders counted */
};

int receiver_open(struct receiver *r, int dir_fd); /* 0 or -errno */
void receiver_close(struct receiver *r);           /* also one that was never opened, all zero */

/**
 * receiver_read - read what @fd (non-blocking) has, up to 1 MiB, and take it in
 * A second HELLO on the files port (the crash kernel's, kind "capture") begins anew: its sequence,
 * ended, error and vmcore_bytes.
 * Returns 1: more may come; 0: the other end closed; -errno of the read.
 */
int receiver_read(struct receiver *r, enum receive_port port, int fd, uint64_t now);

/* The same with bytes in hand; @size may be 0. */
void receiver_take(struct receiver *r, enum receive_port port, const void *data, size_t size,
		   uint64_t now);

enum heart_state {
	HEART_BEATS,
	HEART_STUCK /* beats come, but the loop's ticks stand */,
	HEART_SILENT
};

/**
 * heart_judge - is the guest silent? Pure
 * One that was never heard is not judged: the boot has a limit of its own. Limits are already
 * scaled.
 */
enum heart_state heart_judge(const struct receiver *r, uint64_t now, uint64_t silent_after_us,
			     uint64_t stuck_after_us);

/* We did not listen for @deaf_us until now (a slow disk under the record, a host that stood still):
 * that time says nothing of the guest. Pure. */
void heart_excuse(struct receiver *r, uint64_t deaf_us, uint64_t now);

#endif

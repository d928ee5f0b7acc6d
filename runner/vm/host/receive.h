/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The host's end of the wire: frames from both ports become files of the run directory. Journal lines are appended and synced as they come;
 * other files are written where they belong. What a guest says is not trusted: a path that leaves the run directory, a file that is the
 * host's own (OUTSIDE_FILE, CONSOLE_FILE, ...), more bytes than the limit: refused, and counted.
 */
#ifndef HANGAR_RECEIVE_H
#define HANGAR_RECEIVE_H

#include <stdbool.h>
#include <stdint.h>

#include "wire.h"

enum receive_port { RECEIVE_JOURNAL, RECEIVE_FILES, RECEIVE_PORTS };

struct receiver {
	int dir_fd;           /* run directory */
	int journal_fd;       /* journal.jsonl in it, -1 until the first line */
	uint64_t bytes_max;   /* of all files together; 0: 64 GiB */
	struct wire_decoder decoder[RECEIVE_PORTS];

	/* what came so far */
	bool hello[RECEIVE_PORTS], ended[RECEIVE_PORTS];
	char release[128];      /* from HELLO */
	char kind[16];          /* of the last HELLO on the files port: "run", "capture", "probe" */
	double boot_seconds;    /* likewise */
	int exit_code;          /* from END of the files port: of the runner; -1: none yet */
	uint64_t vmcore_bytes;  /* from END of the capture: vmcore.flat is whole */
	char error[256];        /* from END */
	uint64_t lines, beats, ticks, bytes, refused;
	uint64_t heard_us;      /* CLOCK_MONOTONIC when the last good frame came on any port, 0: never */
	uint64_t files_heard_us; /* likewise on the files port */
	uint64_t ticked_us;     /* when "ticks" last grew */
	int file_error;         /* first -errno of writing (ENOSPC): told once by the caller */

	/* called for each journal line, without its newline, after it is synced; may be NULL */
	void (*line)(void *ctx, const char *text, size_t size);
	void *ctx;
};

int receiver_open(struct receiver *r, int dir_fd); /* 0 or -errno */
void receiver_close(struct receiver *r);
/* Read what @fd (non-blocking) has and take it in. 1: more may come; 0: the other end closed; -errno. */
int receiver_read(struct receiver *r, enum receive_port port, int fd, uint64_t now);

/* Decides whether the guest is silent; pure. Limits are already scaled. */
enum heart_state { HEART_BEATS, HEART_STUCK /* beats come, but the loop's ticks stand */, HEART_SILENT };
enum heart_state heart_judge(const struct receiver *r, uint64_t now, uint64_t silent_after_us, uint64_t stuck_after_us);

#endif

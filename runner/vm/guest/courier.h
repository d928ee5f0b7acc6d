/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The courier takes files to the host while they grow: the record of a run lies in memory that is
 * lost with the kernel. It walks the folders each 100 ms and sends what is new of every file. Its
 * memory is set aside and locked before the storm; it is a thread of the first process, which no
 * OOM kill takes.
 */
#ifndef HANGAR_COURIER_H
#define HANGAR_COURIER_H

#include <pthread.h>
#include <stdatomic.h>
#include <stdint.h>

#include "vm/guest/parts.h"

/* Files known at a time: each repetition of each fio job leaves one. */
#define COURIER_FILES_MAX 16384
/* A frame is one page: the port's driver copies each write into memory from kmalloc(), and in a
 * storm only single pages are to be had without waiting. */
#define COURIER_FRAME_BYTES 4096

struct courier_file {
	uint64_t key; /* of its path, 0: free */
	uint64_t inode;
	uint64_t sent; /* bytes */
};

struct courier {
	struct line *line;
	const char *const *folders; /* NULL-terminated; a path is told relative to its folder */
	struct courier_file *files;
	unsigned char *payload;
	unsigned int count, unknown; /* files known; files that found no room in the table */
	int error;                   /* of the port: then nothing is sent any more */
	uint64_t bytes;
	_Atomic bool last; /* one more walk, then end */
	pthread_t thread;
};

/* Is this a file for the host? Not those that travel another way or are the run's own scratch.
 * Pure. */
bool courier_wants(const char *path);

/* 0 or -errno. @line and @folders stay the caller's. */
int courier_open(struct courier *c, struct line *line, const char *const *folders);
/* One walk over all folders, sending what is new. Returns bytes sent, or -errno of the port. */
int64_t courier_walk(struct courier *c);
void courier_close(struct courier *c);

/* As a thread: walk every 100 ms until courier_stop(), which waits for a last whole walk. */
int courier_start(struct courier *c);
int courier_stop(struct courier *c); /* 0 or -errno of the port */

#endif

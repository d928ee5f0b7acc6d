/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A file that is written in blocks: where the next one goes, how it gets there, and how it is made
 * durable. */
#ifndef HANGAR_BLOCKFILE_H
#define HANGAR_BLOCKFILE_H

#include "stressor.h"

enum blockfile_io { IO_BUFFERED, IO_DIRECT };
enum blockfile_sync { SYNC_FSYNC, SYNC_FDATASYNC, SYNC_O_DSYNC, SYNC_RANGE, SYNC_MSYNC, SYNC_NONE };
enum blockfile_layout { APPEND, OVERWRITE, RANDOM };

/* PARAM_CHOICE values, indices of the tables below. */
struct blockfile_opts {
	uint64_t io, sync, layout;
	uint64_t block_bytes, file_bytes;
};

extern const char *const blockfile_ios[];
extern const char *const blockfile_syncs[];
extern const char *const blockfile_layouts[];

struct blockfile {
	const struct blockfile_opts *opts;
	int fd;
	char *block;                   /* what is written */
	char *map;                     /* of the file, with msync */
	uint64_t at;                   /* where the next block goes, but with layout random */
	uint64_t dirty_from, dirty_to; /* around all that was written since the last sync */
};

#define BLOCKFILE_NONE                                                                             \
	{                                                                                          \
		.fd = -1                                                                           \
	}

/* Do these options go together? 0, or -EINVAL with stressor_why(). */
int blockfile_check(const struct blockfile_opts *opts);

/* Make or open @name in @dirfd; @opts must outlive it. 0, -EOPNOTSUPP (no O_DIRECT there) with
 * stressor_why(), or -errno. */
int blockfile_open(struct blockfile *f, int dirfd, const char *name,
		   const struct blockfile_opts *opts);
void blockfile_close(struct blockfile *f); /* accepts BLOCKFILE_NONE */

/* Choose where the next block goes. 0; 1: it goes to the start of a full file, which is to be cut
 * first (append). */
int blockfile_next(struct blockfile *f, struct stressor_run *run, uint64_t *ret_offset);
int blockfile_cut(struct blockfile *f); /* to nothing; a mapped one only starts anew */
/* What lies between the first and the last block written since the last sync; forgets it. */
struct blockfile_range {
	uint64_t offset, bytes;
};
struct blockfile_range blockfile_dirty(struct blockfile *f);

/* Each 0 or -errno; -ENOSPC also for a short write. A sync covers all that was written since the
 * last one. */
int blockfile_write(struct blockfile *f, uint64_t offset);
int blockfile_sync(struct blockfile *f);

#endif

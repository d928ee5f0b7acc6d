/* SPDX-License-Identifier: GPL-2.0-or-later */
/* File-system calls that can be made at once or queued on an io_uring: one row each. */
#ifndef HANGAR_CALLS_H
#define HANGAR_CALLS_H

#include "names.h"
#include "ring.h"

enum call_kind {
	CALL_NONE,
	CALL_CREATE, /* open O_CREAT | O_EXCL; the result is a descriptor */
	CALL_OPEN,   /* open for writing */
	CALL_OPEN_FOLDER,
	CALL_CLOSE,
	CALL_WRITE,
	CALL_FSYNC,
	CALL_TRUNCATE,
	CALL_SET_XATTR,
	CALL_REMOVE_XATTR,
	CALL_LIST, /* all of a folder */
	CALL_STAT,
	CALL_UNLINK,
	CALL_RMDIR,
	CALL_MKDIR,
	CALL_RENAME,
	CALL_LINK,
	CALL_SYMLINK,
};

struct call {
	int dirfd;                 /* that paths are relative to */
	int fd;                    /* for calls on an open file */
	char path[NAME_MAX_BYTES]; /* for the others */
	char to[NAME_MAX_BYTES];   /* RENAME, LINK: the new name; SYMLINK: what it points to */
	const char *data;          /* WRITE */
	uint64_t bytes;            /* WRITE, TRUNCATE */
};

/* Make it now. The descriptor or 0, or -errno (-ENOSPC for a short write). */
int calls_make(enum call_kind kind, const struct call *c);

/**
 * calls_queue - queue it on @r; *@c must stay until it is complete
 * Returns true, or false when there is no such operation on this ring: then calls_make() it is.
 */
bool calls_queue(struct ring *r, enum call_kind kind, struct call *c, uint64_t user_data);

/* The operation's name for messages, and whether a ring has it. */
const char *calls_name(enum call_kind kind);
bool calls_on_ring(const struct ring *r, enum call_kind kind);

/* Of a completion or calls_make(): the same, with a short write made -ENOSPC. */
int calls_result(enum call_kind kind, const struct call *c, int res);

#endif

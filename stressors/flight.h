/* SPDX-License-Identifier: GPL-2.0-or-later */
/* One operation of creat-storm on its way: which names it works on, which calls it is made of, what
 * it changes. */
#ifndef HANGAR_FLIGHT_H
#define HANGAR_FLIGHT_H

#include "chain.h"

enum flight_op {
	OP_CREATE,
	OP_WRITE,
	OP_RENAME,
	OP_LINK, /* made, or removed where it exists; so are folders, symbolic links and attributes
		  */
	OP_MKDIR,
	OP_XATTR,
	OP_UNLINK,
	OP_SYMLINK,
	OP_TRUNCATE,
	OP_READDIR,
	OP_STAT,
};

extern const char *const flight_ops[];

/* What all flights of a thread have in common. */
struct flight_plan {
	int dirfd;
	const uint64_t *mix;   /* weights over flight_ops */
	uint64_t sync_percent; /* of the operations on an open file that are followed by fsync */
	uint64_t file_bytes;
	const char *data; /* file_bytes of it */
};

struct flight {
	struct chain chain;
	enum flight_op op;
	bool has_name, present;
	bool has_other, other_present; /* RENAME: what is at the new name */
	bool undoes;                   /* the name or attribute is there: remove it */
	uint32_t index, other;
};

/**
 * flight_begin - choose an operation and the names for it, and set up its calls
 * An operation without a name to work on becomes the one that makes one: no file to rename is a
 * create, no room for another is an unlink. @remove: unlink a file, whatever the mix says, as long
 * as there is one.
 */
void flight_begin(struct flight *f, struct names *names, struct stressor_run *run,
		  const struct flight_plan *plan, bool remove);

/* The chain is over: note what now exists. Returns the chain's result. */
int flight_end(struct flight *f, struct names *names);

#endif

/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * One piece of a ramdisk while it is put together: a list of files, written sorted by path, with
 * every folder before what lies in it, without times, owners or inode numbers: the same files give
 * the same bytes.
 */
#ifndef HANGAR_PIECE_H
#define HANGAR_PIECE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/diag.h"

enum piece_kind { PIECE_FOLDER, PIECE_FILE, PIECE_DEVICE, PIECE_LINK };

struct piece_entry {
	char *path;   /* in the guest, absolute */
	char *source; /* on this machine: what it is a copy of, or what @data was made from; may be
			 NULL */
	void *data;   /* NULL: the content of @source */
	size_t size;  /* of @data */
	enum piece_kind kind;
	unsigned int mode, major, minor;
};

struct piece {
	struct piece_entry *entries;
	unsigned int count, room;
};

void piece_clear(struct piece *p);

/* Each adds an entry, and the folders above it. A path that is there already stays as it is. 0 or
 * -ENOMEM. */
int piece_add_source(struct piece *p, const char *path, const char *source, unsigned int mode);
/* @data is taken over, also after a failure. @source: what it was made from, or NULL. */
int piece_add_data(struct piece *p, const char *path, const char *source, void *data, size_t size,
		   unsigned int mode);
int piece_add_folder(struct piece *p, const char *path);
int piece_add_device(struct piece *p, const char *path, unsigned int major, unsigned int minor);
int piece_add_link(struct piece *p, const char *path, const char *target); /* symbolic */
bool piece_has(const struct piece *p, const char *path);

/**
 * piece_write - the archive at the present offset of @fd, padded to 512 bytes
 * Sorts @p. Returns 0, or -errno with @d naming the source that could not be read or the archive's
 * trouble.
 */
int piece_write(struct piece *p, int fd, struct diag *d);

#endif

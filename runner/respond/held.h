/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Files opened before the storm and copied out when it struck: what several rungs are made of. */
#ifndef HANGAR_RESPOND_HELD_H
#define HANGAR_RESPOND_HELD_H

#include <stddef.h>

struct held {
	unsigned int count, room;
	struct {
		int fd;
		char title[192];
	} files[];
};

struct held *held_new(unsigned int room); /* or NULL */
struct held *held_free(struct held *h);   /* closes all; returns NULL */
/* Hold @path under @title; one that cannot be opened is left out: this kernel has none. */
void held_add(struct held *h, const char *path, const char *title);
/* "==> TITLE <==" and the file, each in turn. 0 or the first -errno of a write. No allocation. */
int held_copy(const struct held *h, int out_fd);

/* All of @size to @fd. 0 or -errno. */
int held_write(int fd, const char *data, size_t size);
int held_print(int fd, const char *fmt, ...)
	__attribute__((format(printf, 2, 3))); /* at most 511 bytes */

#endif

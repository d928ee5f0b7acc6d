/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the kernel packed for its persistent store and could not unpack again: NAME.enc.z of
 * /sys/fs/pstore. Deflate with zlib's head until 4.17, without any since; nothing in the bytes says
 * so, the name does.
 */
#ifndef HANGAR_TRIAGE_DEFLATED_H
#define HANGAR_TRIAGE_DEFLATED_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

struct deflated;

bool deflated_is(const char *name); /* by its ending */
/* @head: the first @size bytes, not consumed. 0 or -errno. */
int deflated_open(const unsigned char *head, size_t size, struct deflated **ret);
struct deflated *deflated_close(struct deflated *z); /* NULL */

/**
 * deflated_read - unpack into @buf
 * @feed: more packed bytes into *@ret, their number, 0 at the end, or -errno
 * Returns bytes; 0 at the end (also of a record that the store cut); -EBADMSG, or what @feed said.
 */
ssize_t deflated_read(struct deflated *z, char *buf, size_t size,
		      ssize_t (*feed)(void *ctx, const void **ret), void *ctx);
const char *deflated_why(const struct deflated *z); /* after -EBADMSG */

#endif

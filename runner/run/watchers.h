/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The watchers that a run has on, as one thing: opened together, ticked when due, polled together.
 */
#ifndef HANGAR_WATCHERS_H
#define HANGAR_WATCHERS_H

#include "watch/watch.h"

#define WATCHERS_MAX 16
#define WATCHER_FDS_MAX                                                                            \
	512 /* v1 needs one eventfd a group; 300 groups is the largest run we think of */

struct watchers {
	struct watcher *list[WATCHERS_MAX];
	unsigned int count;
	struct {
		int fd;
		struct watcher *watcher;
	} polled[WATCHER_FDS_MAX];
	unsigned int n_polled;
	struct unseen unseen; /* theirs in common */
};

/* Open every watcher that the scenario wants. One that cannot work here is journalled with its
 * remedy. 0 or -errno. */
int watchers_open(struct watchers *w, const struct watch_ctx *ctx, struct diag *d);
void watchers_close(struct watchers *w);
/* Add all descriptors to @epoll_fd with data.u32 = @tag_base + index in polled. 0 or -errno. */
int watchers_poll(struct watchers *w, int epoll_fd, uint32_t tag_base);
void watchers_ready(struct watchers *w, unsigned int index, uint64_t now);
void watchers_tick(struct watchers *w, uint64_t now,
		   bool all); /* all: due or not, before arming and at the end */
void watchers_status(const struct watchers *w, char *buf, size_t size);

#endif

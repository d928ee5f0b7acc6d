/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The one loop over the array of watcher families: nobody else asks which watchers there are. */
#include "run/watchers.h"

#include <errno.h>
#include <string.h>
#include <sys/epoll.h>

static int open_one(struct watchers *w, const struct watch_ops *ops, const struct watch_ctx *ctx,
		    struct diag *d)
{
	struct diag why = { 0 };
	int r = ops->open(ctx, &w->list[w->count], &why);

	if (r < 0)
		return diag_set(d, r, "watcher %s: %s", ops->name,
				why.message[0] ? why.message : strerror(-r));
	if (r > 0) {
		journal_note(ctx->journal, "watcher %s cannot work here: %s", ops->name,
			     why.message);
		return 0;
	}
	w->count++;
	return 0;
}

int watchers_open(struct watchers *w, const struct watch_ctx *ctx, struct diag *d)
{
	memset(w, 0, sizeof(*w));
	for (unsigned int i = 0; watch_families[i]; i++) {
		int err;

		if (!watch_families[i]->wanted(&ctx->scenario->watch))
			continue;
		if (w->count == WATCHERS_MAX)
			return diag_set(d, -E2BIG, "more than %d watchers", WATCHERS_MAX);
		err = open_one(w, watch_families[i], ctx, d);
		if (err < 0)
			return err;
	}
	return 0;
}

void watchers_close(struct watchers *w)
{
	while (w->count)
		if (w->list[--w->count]->ops->close)
			w->list[w->count]->ops->close(w->list[w->count]);
	w->n_polled = 0;
}

static int poll_one(struct watchers *w, struct watcher *watcher, int epoll_fd, uint32_t tag_base)
{
	int fds[WATCHER_FDS_MAX];
	uint32_t events[WATCHER_FDS_MAX];
	unsigned int n = watcher->ops->fds(watcher, fds, events, WATCHER_FDS_MAX - w->n_polled);

	for (unsigned int i = 0; i < n; i++) {
		struct epoll_event ev = { .events = events[i], .data.u32 = tag_base + w->n_polled };

		if (epoll_ctl(epoll_fd, EPOLL_CTL_ADD, fds[i], &ev) < 0)
			return -errno;
		w->polled[w->n_polled].fd = fds[i];
		w->polled[w->n_polled++].watcher = watcher;
	}
	return 0;
}

int watchers_poll(struct watchers *w, int epoll_fd, uint32_t tag_base)
{
	int err = 0;

	for (unsigned int i = 0; i < w->count && !err; i++)
		if (w->list[i]->ops->fds)
			err = poll_one(w, w->list[i], epoll_fd, tag_base);
	return err;
}

void watchers_ready(struct watchers *w, unsigned int index, uint64_t now)
{
	struct watcher *watcher;

	if (index >= w->n_polled)
		return;
	watcher = w->polled[index].watcher;
	watcher->ops->ready(watcher, w->polled[index].fd, now);
}

void watchers_tick(struct watchers *w, uint64_t now, bool all)
{
	for (unsigned int i = 0; i < w->count; i++) {
		struct watcher *watcher = w->list[i];

		if (watcher->ops->tick && (all || now >= watcher->next_tick_us))
			watcher->next_tick_us = watcher->ops->tick(watcher, now);
	}
}

void watchers_status(const struct watchers *w, char *buf, size_t size)
{
	size_t len = 0;

	buf[0] = '\0';
	for (unsigned int i = 0; i < w->count; i++) {
		char one[128] = "";

		if (!w->list[i]->ops->status)
			continue;
		w->list[i]->ops->status(w->list[i], one, sizeof(one));
		if (one[0] && len < size)
			len += (size_t)snprintf(buf + len, size - len, "%s%s", len ? ", " : "",
						one);
	}
}

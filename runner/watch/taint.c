/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The taint mask: the cheapest oracle that there is. A warning that was lost from the log, or
 * printed while the console was off, still sets its bit, and no bit is ever cleared.
 */
#include "watch/watch.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/textfile.h"
#include "watch/taint_bits.h"

#define LOOK_EVERY_US 1000000

struct taint {
	struct watcher base;
	int fd;
	uint64_t mask;
};

static bool wanted(const struct watch_spec *spec)
{
	return spec->taint;
}

static bool read_mask(const struct taint *w, uint64_t *ret)
{
	char text[32], *end;

	if (textfile_read_fd(w->fd, text, sizeof(text)) <= 0)
		return false;
	*ret = strtoull(text, &end, 10);
	return end != text;
}

static uint64_t tick(struct watcher *base, uint64_t now)
{
	struct taint *w = (struct taint *)base;
	char about[256];
	struct finding f;
	uint64_t mask;

	if (!read_mask(w, &mask) || !(mask & ~w->mask))
		return now + LOOK_EVERY_US;
	finding_init(&f, FINDING_TAINT, "taint", now);
	snprintf(f.text, sizeof(f.text), "the kernel is tainted anew: %s; mask %llu, was %llu",
		 taint_explain(mask & ~w->mask, about, sizeof(about)), (unsigned long long)mask,
		 (unsigned long long)w->mask);
	taint_letters(mask & ~w->mask, about, sizeof(about));
	snprintf(f.signature, sizeof(f.signature), "taint|%.100s", about);
	taint_letters(mask, f.taint, sizeof(f.taint));
	w->mask = mask;
	watch_emit(base, &f);
	return now + LOOK_EVERY_US;
}

static void taint_close(struct watcher *base)
{
	struct taint *w = (struct taint *)base;

	close_fd(w->fd);
	free(w);
}

static int taint_open(const struct watch_ctx *ctx, struct watcher **ret, struct diag *why)
{
	struct taint *w = calloc(1, sizeof(*w));
	char path[512];

	if (!w)
		return -ENOMEM;
	w->base.ops = &watch_taint;
	w->base.ctx = ctx;
	w->fd = open(watch_path(ctx, "/proc/sys/kernel/tainted", path, sizeof(path)),
		     O_RDONLY | O_CLOEXEC);
	if (w->fd < 0 || !read_mask(w, &w->mask)) {
		diag_set(why, 1, "%s cannot be read: %s", path, strerror(errno));
		taint_close(&w->base);
		return 1;
	}
	*ret = &w->base;
	return 0;
}

const struct watch_ops watch_taint = {
	.name = "taint",
	.wanted = wanted,
	.open = taint_open,
	.close = taint_close,
	.tick = tick,
};

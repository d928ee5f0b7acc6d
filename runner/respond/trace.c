/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Rung "trace": the buffer of the run's own tracer, where the scenario has one. Without it, a copy
 * of the trace buffer as whoever set up tracing left it. That one is only read: tracers, events and
 * the buffer are somebody else's. The file is opened when the rung is fired, not before, because an
 * open `trace` pauses tracing on kernels before 5.8.
 */
#include "respond/rungs.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "respond/held.h"
#include "tracing/tracer.h"

#define TRACE_BYTES_MAX                                                                            \
	(16u << 20) /* the newest events are at the end, but 16 MiB hold 150,000 of them */

static const char *const places[] = { "/sys/kernel/tracing/trace",
				      "/sys/kernel/debug/tracing/trace" };

static int open_trace(const struct watch_ctx *ctx)
{
	char path[512];
	int fd = -1;

	for (size_t i = 0; i < ARRAY_SIZE(places) && fd < 0; i++)
		fd = open(watch_path(ctx, places[i], path, sizeof(path)), O_RDONLY | O_CLOEXEC);
	return fd < 0 ? -errno : fd;
}

static int trace_check(const struct watch_ctx *ctx, const void *with, struct diag *why)
{
	int fd = ctx->tracer ? -1 : open_trace(ctx);

	if (ctx->tracer)
		return 0;
	if (fd >= 0) {
		close(fd);
		return 0;
	}
	diag_set(why, 1,
		 "no trace buffer: %s: run as root and mount -t tracefs nodev /sys/kernel/tracing",
		 strerror(-fd));
	return 1;
}

static int trace_open(const struct watch_ctx *ctx, const void *with, void **ret)
{
	*ret = (void *)(uintptr_t)ctx;
	return 0;
}

static int trace_fire(void *own, const struct finding *f, int out_fd)
{
	const struct watch_ctx *ctx = own;
	_cleanup_close_ int fd = -1;
	char buf[8192];
	size_t copied = 0;
	ssize_t n = 0;
	int err;

	if (ctx->tracer)
		return tracer_keep(ctx->tracer, out_fd);
	fd = open_trace(ctx);
	err = fd < 0 ? fd : 0;
	while (!err && copied < TRACE_BYTES_MAX && (n = read(fd, buf, sizeof(buf))) > 0) {
		err = held_write(out_fd, buf, (size_t)n);
		copied += (size_t)n;
	}
	return err ? err : n < 0 ? -errno : 0;
}

static void trace_close(void *own)
{
}

const struct rung_ops rung_trace = { "trace",    20000000,   trace_check,
				     trace_open, trace_fire, trace_close };

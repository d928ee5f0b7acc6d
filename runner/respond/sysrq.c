/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Rung "sysrq-w": the kernel prints every blocked task into its log, from where kmsg.log has it.
 * Harmless: it shows and changes nothing. Writes to /proc/sysrq-trigger by root are not subject to
 * the kernel.sysrq mask.
 */
#include "respond/rungs.h"

#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <string.h>

#include "base/cleanup.h"
#include "respond/held.h"

static const char trigger_path[] = "/proc/sysrq-trigger";

static int sysrq_check(const struct watch_ctx *ctx, struct diag *why)
{
	char path[512];

	if (!access(watch_path(ctx, trigger_path, path, sizeof(path)), W_OK))
		return 0;
	diag_set(why, 1,
		 "%s: %s: needs root and a kernel with CONFIG_MAGIC_SYSRQ; the rung \"stacks\" "
		 "shows the same tasks",
		 path, strerror(errno));
	return 1;
}

static int sysrq_open(const struct watch_ctx *ctx, void **ret)
{
	char path[512];
	int fd = open(watch_path(ctx, trigger_path, path, sizeof(path)), O_WRONLY | O_CLOEXEC);

	if (fd < 0)
		return -errno;
	*ret = (void *)(intptr_t)fd;
	return 0;
}

static int sysrq_fire(void *own, const struct finding *f, int out_fd)
{
	if (write((int)(intptr_t)own, "w", 1) != 1)
		return -errno;
	return held_print(out_fd, "sysrq w was sent: see 'Show Blocked State' in kmsg.log\n");
}

static void sysrq_close(void *own)
{
	close_fd((int)(intptr_t)own);
}

const struct rung_ops rung_sysrq_w = { "sysrq-w",  10000000,   sysrq_check,
				       sysrq_open, sysrq_fire, sysrq_close };

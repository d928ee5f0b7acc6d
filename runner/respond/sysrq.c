/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Rungs "sysrq-w", "sysrq-l", "sysrq-m", "sysrq-t": the kernel prints its blocked tasks, the stacks
 * of its CPUs, its memory, or all its tasks into its log, from where they are copied at once. They
 * show and change nothing. Writes to /proc/sysrq-trigger by root are not subject to the mask in
 * kernel.sysrq. The letters stand in a list of their own: 'b', 'c' and their like must not get here
 * by a slip.
 */
#include "respond/rungs.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "respond/held.h"
#include "respond/log_copy.h"

static const char trigger_path[] = "/proc/sysrq-trigger";

struct sysrq {
	int trigger_fd, kmsg_fd; /* kmsg_fd: -1, the log may not be read */
	char letter;
};

static int sysrq_check(const struct watch_ctx *ctx, const void *with, struct diag *why)
{
	char path[512];

	if (!access(watch_path(ctx, trigger_path, path, sizeof(path)), W_OK))
		return 0;
	diag_set(why, 1,
		 "%s: %s: needs root and a kernel with CONFIG_MAGIC_SYSRQ; the rungs \"stacks\" "
		 "and \"vmstat\" show much of the same",
		 path, strerror(errno));
	return 1;
}

static void sysrq_close(void *own)
{
	struct sysrq *s = own;

	close_fd(s->trigger_fd);
	close_fd(s->kmsg_fd);
	free(s);
}

static int sysrq_open(const struct watch_ctx *ctx, const void *with, void **ret)
{
	struct sysrq *s = calloc(1, sizeof(*s));
	char path[512];

	if (!s)
		return -ENOMEM;
	s->letter = *(const char *)with;
	s->kmsg_fd = open(watch_path(ctx, "/dev/kmsg", path, sizeof(path)),
			  O_RDONLY | O_NONBLOCK | O_CLOEXEC);
	s->trigger_fd =
		open(watch_path(ctx, trigger_path, path, sizeof(path)), O_WRONLY | O_CLOEXEC);
	if (s->trigger_fd < 0) {
		int err = -errno;

		sysrq_close(s);
		return err;
	}
	*ret = s;
	return 0;
}

/* The write comes back when all is in the log. */
static int sysrq_fire(void *own, const struct finding *f, int out_fd)
{
	const struct sysrq *s = own;

	if (s->kmsg_fd >= 0)
		lseek(s->kmsg_fd, 0, SEEK_END);
	if (write(s->trigger_fd, &s->letter, 1) != 1)
		return -errno;
	if (s->kmsg_fd >= 0)
		return log_copy(s->kmsg_fd, out_fd);
	return held_print(out_fd, "sysrq %c was sent; the kernel log may not be read\n", s->letter);
}

/* What they print goes to a serial console too, at 11 KB a second: 20 KB of CPUs or blocked tasks,
 * 600 KB of 300 tasks. */
#define SYSRQ_RUNG(word, letter, limit_s)                                                          \
	{                                                                                          \
		word, limit_s * 1000000ull, sysrq_check, sysrq_open, sysrq_fire, sysrq_close,      \
			letter                                                                     \
	}

const struct rung_ops rung_sysrq_w = SYSRQ_RUNG("sysrq-w", "w", 15);
const struct rung_ops rung_sysrq_l = SYSRQ_RUNG("sysrq-l", "l", 15);
const struct rung_ops rung_sysrq_m = SYSRQ_RUNG("sysrq-m", "m", 15);
const struct rung_ops rung_sysrq_t = SYSRQ_RUNG("sysrq-t", "t", 60);

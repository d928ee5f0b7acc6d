/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The trigger that crashes this very machine: 'c' into /proc/sysrq-trigger is a NULL dereference in
 * the kernel, whose panic starts the loaded crash kernel. Writes there by root are not subject to
 * the mask in kernel.sysrq. Only where the run is armed.
 */
#include "respond/triggers.h"

#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "base/cleanup.h"
#include "doctor/doctor.h"

static int crash_check(const struct watch_ctx *ctx, const struct respond_options *o,
		       struct diag *why)
{
	return doctor_agrees(ctx->host->root, DOCTOR_SYSRQ_C, why);
}

static int crash_open(const struct watch_ctx *ctx, const struct respond_options *o, void **ret)
{
	char path[512];
	int fd = open(watch_path(ctx, "/proc/sysrq-trigger", path, sizeof(path)),
		      O_WRONLY | O_CLOEXEC);

	if (fd < 0)
		return -errno;
	*ret = (void *)(intptr_t)fd;
	return 0;
}

static int crash_fire(void *own, const struct finding *f, int give_up_fd, char *detail, size_t size)
{
	int err = write((int)(intptr_t)own, "c", 1) == 1 ? -EIO : -errno;

	snprintf(detail, size, "sysrq c was written, and this kernel lives on");
	return err;
}

static void crash_close(void *own)
{
	close_fd((int)(intptr_t)own);
}

const struct trigger_ops trigger_sysrq_c = {
	.name = "sysrq-c",
	.before = "fired",
	.harms = true,
	.limit_us = 10000000, /* a panic takes milliseconds; with a slow serial console, seconds */
	.check = crash_check,
	.open = crash_open,
	.fire = crash_fire,
	.close = crash_close,
};

/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The trigger of a throwaway guest: the host is asked for a dump, over the journal, and answers
 * with DO frames (wire.h). "resume": it has one, or gives up. "sysrq-c": crash yourself, so that
 * the crash kernel takes it. The host may stop this machine for seconds meanwhile.
 */
#include "respond/triggers.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/clock.h"
#include "wire.h"

/* The host's ladder has four rungs; under emulation each took 20 s at most, and its limits are
 * three times that. Beyond ten times the sum nobody will answer. */
#define PATIENCE_US (2400 * 1000000ull)

uint64_t trigger_vm_patience_us = PATIENCE_US;

struct vm {
	int wire_fd;  /* borrowed */
	int sysrq_fd; /* -1: not to be had, errno in sysrq_errno */
	int sysrq_errno;
	struct wire_decoder wire;
};

static int vm_check(const struct watch_ctx *ctx, const struct respond_options *o, struct diag *why)
{
	if (o->wire_fd >= 0)
		return 0;
	diag_set(why, 1, "nobody outside listens: `hangar vm` runs a scenario in a guest");
	return 1;
}

static void vm_close(void *own)
{
	struct vm *v = own;

	close_fd(v->sysrq_fd);
	wire_decoder_clear(&v->wire);
	free(v);
}

static int vm_open(const struct watch_ctx *ctx, const struct respond_options *o, void **ret)
{
	struct vm *v = calloc(1, sizeof(*v));
	char path[512];
	int err;

	if (!v)
		return -ENOMEM;
	v->wire_fd = o->wire_fd;
	v->sysrq_fd = open(watch_path(ctx, "/proc/sysrq-trigger", path, sizeof(path)),
			   O_WRONLY | O_CLOEXEC);
	v->sysrq_errno = errno;
	err = wire_decoder_init(&v->wire);
	if (err < 0) {
		vm_close(v);
		return err;
	}
	*ret = v;
	return 0;
}

/* It does not come back where there is a kernel to crash. */
static void crash(struct vm *v, char *detail, size_t size)
{
	int err = v->sysrq_errno;

	if (v->sysrq_fd >= 0)
		err = write(v->sysrq_fd, "c", 1) == 1 ? 0 : errno;
	snprintf(detail, size, "the host said sysrq-c, and this kernel lives on: %s",
		 err ? strerror(err) : "the write went through");
}

/* 1: go on with the run; 0: listen on. */
static int obey(struct vm *v, const struct wire_frame *frame, char *detail, size_t size)
{
	if (frame->type != WIRE_DO)
		return 0;
	if (frame->size == 6 && !memcmp(frame->payload, "resume", 6)) {
		if (!detail[0])
			snprintf(detail, size, "the dump is taken from outside");
		return 1;
	}
	if (frame->size == 7 && !memcmp(frame->payload, "sysrq-c", 7))
		crash(v, detail, size);
	return 0;
}

/* 1: told to go on; 0: more is to come; -errno. */
static int listen_once(struct vm *v, char *detail, size_t size)
{
	struct wire_frame frame;
	char buf[4096];
	ssize_t n = read(v->wire_fd, buf, sizeof(buf));

	if (n < 0)
		return errno == EINTR || errno == EAGAIN ? 0 : -errno;
	if (n == 0)
		return -EPIPE;
	for (size_t at = 0; at < (size_t)n;) {
		at += wire_feed(&v->wire, buf + at, (size_t)n - at);
		while (wire_next(&v->wire, &frame) > 0)
			if (obey(v, &frame, detail, size))
				return 1;
	}
	return 0;
}

static int vm_fire(void *own, const struct finding *f, int give_up_fd, char *detail, size_t size)
{
	struct vm *v = own;
	struct pollfd fds[] = { { v->wire_fd, POLLIN, 0 }, { give_up_fd, POLLIN, 0 } };
	uint64_t until = now_us() + trigger_vm_patience_us, now;
	int r = 0;

	while (!r && (now = now_us()) < until) {
		if (poll(fds, ARRAY_SIZE(fds), (int)((until - now) / 1000) + 1) <= 0)
			continue;
		if (fds[1].revents)
			return -ECANCELED;
		r = listen_once(v, detail, size);
	}
	if (r == 0)
		snprintf(detail, size, "the host did not answer within %u s",
			 (unsigned int)(trigger_vm_patience_us / 1000000));
	else if (r < 0)
		snprintf(detail, size, "the wire to the host is down");
	return r > 0 ? 0 : r < 0 ? r : -ETIMEDOUT;
}

const struct trigger_ops trigger_vm = {
	.name = "vm",
	.before = "asked",
	.limit_us = PATIENCE_US,
	.check = vm_check,
	.open = vm_open,
	.fire = vm_fire,
	.close = vm_close,
};

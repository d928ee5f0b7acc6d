/* SPDX-License-Identifier: GPL-2.0-or-later */
/* An eventfd as a bell: rung once, heard once, waited for with a limit. No allocation. */
#ifndef HANGAR_RESPOND_BELL_H
#define HANGAR_RESPOND_BELL_H

#include <errno.h>
#include <poll.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/eventfd.h>
#include <unistd.h>

/* A descriptor or -errno. */
static inline int bell_open(void)
{
	int fd = eventfd(0, EFD_CLOEXEC);

	return fd < 0 ? -errno : fd;
}

static inline void bell_ring(int fd)
{
	ssize_t n = write(fd, &(uint64_t){ 1 }, sizeof(uint64_t));

	(void)n; /* it fails only when it was rung 2^64 times */
}

/* Sleep until it is rung. */
static inline void bell_wait(int fd)
{
	uint64_t count;

	while (read(fd, &count, sizeof(count)) < 0 && errno == EINTR)
		;
}

#endif

/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A piece of shared memory without a name. memfd_create is asked for by number, since a 3.10 kernel
 * lacks it; then a file on tmpfs is unlinked at once, and where /dev/shm is missing too, one in the
 * run directory (whose disk then sees writeback of the counters: the last resort).
 */
#include "launch/slots_map.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/futex.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/cleanup.h"

#ifndef SYS_memfd_create
#define SYS_memfd_create (-1)
#endif
#define MEMFD_CLOEXEC 0x0001u

static int unnamed_memory(int dirfd)
{
	int fd = (int)syscall(SYS_memfd_create, "hangar-slots", MEMFD_CLOEXEC);
	char shm[] = "/dev/shm/hangar-XXXXXX", name[] = "slots.tmp";

	if (fd >= 0)
		return fd;
	fd = mkostemp(shm, O_CLOEXEC);
	if (fd >= 0) {
		unlink(shm);
		return fd;
	}
	fd = openat(dirfd, name, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	if (fd < 0)
		return -errno;
	unlinkat(dirfd, name, 0);
	return fd;
}

int slots_map_open(uint32_t count, int dirfd, struct slots_header **ret, int *ret_fd)
{
	_cleanup_close_ int fd = unnamed_memory(dirfd);
	const size_t size = slots_bytes(count);
	struct slots_header *h;

	if (fd < 0)
		return fd;
	if (ftruncate(fd, (off_t)size) < 0)
		return -errno;
	h = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	if (h == MAP_FAILED)
		return -errno;
	memset(h, 0, size); /* the first toucher pays */
	h->magic = SLOTS_MAGIC;
	h->version = SLOTS_VERSION;
	h->count = count;
	*ret = h;
	*ret_fd = take_fd(&fd);
	return 0;
}

void slots_map_close(struct slots_header *h, int fd)
{
	if (h)
		munmap(h, slots_bytes(h->count));
	close_fd(fd);
}

void slots_reset(struct slot *s, uint64_t seed, bool line)
{
	s->seed = seed;
	s->threads = 0;
	s->step_began_us = 0;
	__atomic_store_n(&s->stop, 0, __ATOMIC_RELAXED);
	if (line)
		__atomic_store_n(&s->go, 0, __ATOMIC_RELAXED);
	__atomic_store_n(&s->state, SLOT_SPAWNED, __ATOMIC_RELEASE);
}

void slots_wake(const uint32_t *word)
{
	syscall(SYS_futex, word, FUTEX_WAKE, INT_MAX, NULL, NULL, 0);
}

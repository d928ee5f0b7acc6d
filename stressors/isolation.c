/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * /proc/self/pagemap has 64 bits for each page of ours: present, and its frame number, for who has
 * CAP_SYS_ADMIN. /proc/kpageflags has 64 bits for each frame; one says that it is on an LRU list.
 * See Documentation/admin-guide/mm/pagemap.rst; both are older than 3.10.
 */
#include "isolation.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/clock.h"
#include "touch.h"

#define PAGEMAP_PRESENT (1ull << 63)
#define PAGEMAP_FRAME ((1ull << 55) - 1)
#define FLAG_LRU (1ull << 5)

/* Shared by all threads and children; opened by the first that waits. -1: not tried yet. */
static int flags_fd = -1;

static int open_flags(void)
{
	int fd = open("/proc/kpageflags", O_RDONLY | O_CLOEXEC), none = -1;

	if (fd < 0)
		return -EOPNOTSUPP;
	if (!__atomic_compare_exchange_n(&flags_fd, &none, fd, false, __ATOMIC_SEQ_CST,
					 __ATOMIC_SEQ_CST))
		close(fd); /* another thread was quicker */
	return 0;
}

static bool read_word(int fd, uint64_t index, uint64_t *ret)
{
	return pread(fd, ret, sizeof(*ret), (off_t)(index * sizeof(*ret))) == sizeof(*ret);
}

/* The frame of the page at @at; 0: none, or not for our eyes. */
static uint64_t frame_of(const void *at)
{
	_cleanup_close_ int fd = open("/proc/self/pagemap", O_RDONLY | O_CLOEXEC);
	uint64_t word = 0;

	if (fd < 0 || !read_word(fd, (uintptr_t)at / touch_page_bytes(), &word))
		return 0;
	return word & PAGEMAP_PRESENT ? word & PAGEMAP_FRAME : 0;
}

int isolation_wait(const struct stressor_run *run, const void *at, uint64_t patience_us)
{
	uint64_t until = now_us() + patience_us, frame = frame_of(at), flags;
	int err = flags_fd < 0 ? open_flags() : 0;

	if (err)
		return err;
	while (frame && !stressor_stopping(run) && now_us() < until)
		if (!read_word(flags_fd, frame, &flags) || !(flags & FLAG_LRU))
			break;
	return 0;
}

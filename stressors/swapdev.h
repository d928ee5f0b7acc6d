/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A swap device of our own: on zram or in a file. */
#ifndef HANGAR_SWAPDEV_H
#define HANGAR_SWAPDEV_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <sys/types.h>

struct swapdev {
	char path[256];
	int zram;  /* number of the device; -1: a file */
	bool made; /* the zram device was added for us */
	bool on;
	pid_t keeper; /* tidies up when we are gone; 0: none */
	int keeper_fd;
};

#define SWAPDEV_NONE                                                                               \
	{                                                                                          \
		.zram = -1, .keeper_fd = -1                                                        \
	}

/**
 * swapdev_zram - a zram device of @bytes, with the header of swap space on it; not yet swapped on
 * @root: before "/sys" and "/dev"
 * Takes a new device (zram-control, Linux 4.2), or the first that nobody has given a size. Returns
 * 0, -EOPNOTSUPP with stressor_why() (no zram in this kernel), or -errno.
 */
int swapdev_zram(struct swapdev *s, const char *root, uint64_t bytes);

/* A file at @path of @bytes, written in full: swap space may have no holes. 0 or -errno. */
int swapdev_file(struct swapdev *s, const char *path, uint64_t bytes);

/* 0 or -errno (-EPERM; -EINVAL: swapping to such a file system is not possible). */
int swapdev_on(struct swapdev *s);
/* Brings all of it back into memory. 0 or -errno: -ENOMEM when it does not fit. */
int swapdev_off(struct swapdev *s);

/* Swap off and give the device or file back. Accepts SWAPDEV_NONE and what is half made. */
void swapdev_clear(struct swapdev *s);

/* The first page of swap space of @pages pages, of @page_bytes each, in @page. */
void swapdev_header(char *page, size_t page_bytes, uint64_t pages);

#endif

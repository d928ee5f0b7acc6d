/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Small text files (procfs, sysfs, cgroupfs, our own) read and written whole. */
#ifndef HANGAR_TEXTFILE_H
#define HANGAR_TEXTFILE_H

#include <stddef.h>
#include <sys/types.h>

/**
 * textfile_read_fd - read an already open file again from offset 0 into @buf, NUL-terminated
 * No allocation, no open: for the observer's path. Returns the length (cut at @size - 1) or -errno.
 */
ssize_t textfile_read_fd(int fd, char *buf, size_t size);

/* Open, read, close; @dirfd may be AT_FDCWD. Returns the length or -errno. */
ssize_t textfile_read_at(int dirfd, const char *path, char *buf, size_t size);

/**
 * textfile_load - the whole of @path in a heap buffer with a NUL behind it
 * @max: refuse with -EFBIG what is larger (0: no limit)
 * Returns 0 or -errno; *ret_text is the caller's to free, *ret_size leaves out the NUL.
 */
int textfile_load(const char *path, size_t max, char **ret_text, size_t *ret_size);

/* All of @size to @fd, in as many writes as it takes. No allocation. 0 or -errno. */
int textfile_write_fd(int fd, const char *text, size_t size);

/* Write @text to an existing file (sysctl, cgroup knob) in one write. Returns 0 or -errno. */
int textfile_write_at(int dirfd, const char *path, const char *text);

/*
 * Make @path with @text: temporary name, fsync, rename, so that a reader sees the old or the new
 * whole. 0 or -errno; after a failure the old one is untouched.
 */
int textfile_replace_at(int dirfd, const char *path, const char *text, size_t size);

#endif

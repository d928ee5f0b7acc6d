/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Ownership in the type of the variable: a resource is released where its scope ends unless
 * take_ptr() or take_fd() hands it over. Every release accepts NULL or -1 and keeps errno.
 */
#ifndef HANGAR_CLEANUP_H
#define HANGAR_CLEANUP_H

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#define _cleanup_(fn) __attribute__((cleanup(fn)))

#define take_ptr(p)                                                                                \
	({                                                                                         \
		__typeof__(p) taken_ = (p);                                                        \
		(p) = NULL;                                                                        \
		taken_;                                                                            \
	})

static inline int take_fd(int *fd)
{
	int taken = *fd;

	*fd = -1;
	return taken;
}

/* Close @fd if it is one, leave errno alone, return -1 for `fd = close_fd(fd)`. */
static inline int close_fd(int fd)
{
	int saved = errno;

	if (fd >= 0)
		close(fd);
	errno = saved;
	return -1;
}

static inline void cleanup_free_ptr(void *p)
{
	int saved = errno;

	free(*(void **)p);
	errno = saved;
}

static inline void cleanup_close_fd(int *fd)
{
	*fd = close_fd(*fd);
}

static inline void cleanup_fclose(FILE **f)
{
	if (*f)
		fclose(*f);
}

static inline void cleanup_closedir(DIR **d)
{
	if (*d)
		closedir(*d);
}

#define _cleanup_free_ _cleanup_(cleanup_free_ptr)
#define _cleanup_close_ _cleanup_(cleanup_close_fd)
#define _cleanup_fclose_ _cleanup_(cleanup_fclose)
#define _cleanup_closedir_ _cleanup_(cleanup_closedir)

#define ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]))

#endif

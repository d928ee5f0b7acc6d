/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Path names put together without being cut, and folders made with their parents. */
#ifndef HANGAR_PATHS_H
#define HANGAR_PATHS_H

#include <stddef.h>

/* snprintf() that fails rather than cut: 0 or -ENAMETOOLONG. */
int path_format(char *buf, size_t size, const char *fmt, ...) __attribute__((format(printf, 3, 4)));

/*
 * mkdir -p with mode 0755. 0; -EEXIST only when @path itself is there already (whatever it is),
 * -errno.
 */
int path_make(const char *path);

#endif

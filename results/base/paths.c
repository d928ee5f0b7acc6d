/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A path that was cut names another file: so a path that does not fit is an error. */
#include "base/paths.h"

#include <errno.h>
#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

int path_format(char *buf, size_t size, const char *fmt, ...)
{
	va_list ap;
	int n;

	va_start(ap, fmt);
	n = vsnprintf(buf, size, fmt, ap);
	va_end(ap);
	return n < 0 || (size_t)n >= size ? -ENAMETOOLONG : 0;
}

int path_make(const char *path)
{
	char copy[PATH_MAX];
	int r = path_format(copy, sizeof(copy), "%s", path);

	if (r < 0)
		return r;
	if (!copy[0])
		return -ENOENT;
	for (char *slash = strchr(copy + 1, '/'); slash; slash = strchr(slash + 1, '/')) {
		*slash = '\0';
		if (mkdir(copy, 0755) < 0 && errno != EEXIST)
			return -errno;
		*slash = '/';
	}
	return mkdir(path, 0755) < 0 ? -errno : 0;
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * One binary runs from a build tree, from a staged installation and from /usr. /proc/self/exe says
 * where it really lies, whatever argv[0] says.
 */
#include "scenario/beside.h"

#include <limits.h>
#include <string.h>
#include <sys/stat.h>

#include "base/cleanup.h"

static char *binary_folder(void)
{
	char path[PATH_MAX];
	ssize_t n = readlink("/proc/self/exe", path, sizeof(path) - 1);
	char *slash;

	if (n < 0)
		return NULL;
	path[n] = '\0';
	slash = strrchr(path, '/');
	if (slash)
		*slash = '\0';
	return strdup(path);
}

/* The folder as an absolute path, or NULL when it is not what is looked for. */
static char *try_folder(const char *folder, const char *marker)
{
	_cleanup_free_ char *path = NULL;
	struct stat st;

	if (asprintf(&path, "%s%s%s", folder, marker ? "/" : "", marker ? marker : "") < 0)
		return NULL;
	if (stat(path, &st) < 0 || (!marker && !S_ISDIR(st.st_mode)))
		return NULL;
	return realpath(folder, NULL);
}

char *beside_find(const char *variable, const char *const *beside, const char *fixed,
		  const char *marker)
{
	_cleanup_free_ char *here = binary_folder();
	const char *asked = getenv(variable);

	if (asked && *asked)
		return strdup(asked);
	for (; here && *beside; beside++) {
		_cleanup_free_ char *folder = NULL;
		char *found;

		if (asprintf(&folder, "%s/%s", here, *beside) < 0)
			return NULL;
		found = try_folder(folder, marker);
		if (found)
			return found;
	}
	return strdup(fixed);
}

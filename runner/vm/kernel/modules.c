/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * depmod reads every module, packed or not, once: two seconds for the 1,800 of a Debian cloud
 * kernel, which is why its result lies in the cache.
 */
#include "vm/kernel/modules.h"

#include <fnmatch.h>
#include <string.h>
#include <sys/stat.h>

#include "base/cleanup.h"
#include "base/paths.h"
#include "vm/kernel/child.h"

#define DEPTH_MAX 16

int modules_depmod(const char *root, const char *release, struct diag *d)
{
	const char *argv[] = { "depmod", "-b", root, release, NULL };
	struct child_run run = { .argv = argv };
	int r = child_lines(&run, d);

	if (r == -ENOENT)
		diag_set(d, r, "no depmod on this machine; install kmod");
	return r;
}

bool modules_ready(const char *folder)
{
	char path[4096];
	struct stat st;

	return path_format(path, sizeof(path), "%s/modules.dep", folder) == 0 &&
	       stat(path, &st) == 0 && S_ISREG(st.st_mode) && st.st_size > 0;
}

static bool any_below(const char *folder, unsigned int depth)
{
	_cleanup_closedir_ DIR *dir = opendir(folder);
	const struct dirent *entry;
	char path[4096];

	while (dir && (entry = readdir(dir))) {
		if (entry->d_name[0] == '.')
			continue;
		if (fnmatch("*.ko", entry->d_name, 0) == 0 ||
		    fnmatch("*.ko.*", entry->d_name, 0) == 0)
			return true;
		if (entry->d_type == DT_REG || depth >= DEPTH_MAX ||
		    strcmp(entry->d_name, "build") == 0 || strcmp(entry->d_name, "source") == 0)
			continue;
		if (path_format(path, sizeof(path), "%s/%s", folder, entry->d_name) == 0 &&
		    any_below(path, depth + 1))
			return true;
	}
	return false;
}

bool modules_any(const char *folder)
{
	return any_below(folder, 0);
}

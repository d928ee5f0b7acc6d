/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * <cache>/built/planted is a link to a folder that is keyed by all that the kernel was made from; a
 * new build moves the link. The folder is resolved once, so that a build in the middle of a run
 * takes nothing away from it.
 */
#include "vm/kernel/built.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/cleanup.h"
#include "base/paths.h"
#include "vm/cache.h"
#include "vm/kernel/folder.h"

static const char *const words[] = { "planted", "stock" };

bool built_knows(const char *spec)
{
	for (size_t i = 0; i < ARRAY_SIZE(words); i++)
		if (strcmp(spec, words[i]) == 0)
			return true;
	return false;
}

static void take_config(const char *folder, struct kernel *k)
{
	struct stat st;

	if (path_format(k->config, sizeof(k->config), "%s/config", folder) < 0 ||
	    stat(k->config, &st) < 0 || !S_ISREG(st.st_mode))
		k->config[0] = '\0';
}

int built_kernel(const char *spec, kernel_say *say, void *ctx, struct kernel *k, struct diag *d)
{
	char cache[4096], link[4096], folder[4096];
	int r = cache_folder("built", cache, sizeof(cache));

	if (r == 0)
		r = path_format(link, sizeof(link), "%s/%s", cache, spec);
	if (r < 0)
		return diag_set(d, r, "the cache has no place for built kernels: %s", strerror(-r));
	if (!realpath(link, folder))
		return diag_set(d, -ENOENT,
				"no kernel \"%s\" is built (%s: %s): build it with "
				"`tests/kernels/build %s`, some 10 minutes",
				spec, link, strerror(errno), spec);
	r = folder_kernel(folder, say, ctx, k, d);
	if (r == 0)
		take_config(folder, k);
	return r;
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A vmlinux of another build has the same names at other places, and an analyser fed with it reads
 * garbage or refuses with a riddle. VMCOREINFO has the build-id since 5.9; before, the release must
 * do.
 */
#include "vmcore/debuginfo.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/paths.h"
#include "vm/cache.h"
#include "vm/kernel/vmlinux.h"

/* "Linux version 6.1.0-50-cloud-amd64 (debian...": the release in it. */
static void release_of(const struct vmlinux *v, char *buf, size_t size)
{
	const char *from = v->banner + strlen("Linux version ");

	if (!v->banner[0])
		snprintf(buf, size, "unknown");
	else
		snprintf(buf, size, "%.*s", (int)strcspn(from, " "), from);
}

int vmlinux_fits(const char *path, const struct vmcore_header *h, struct diag *d)
{
	struct vmlinux v;
	char release[66];
	int err = vmlinux_load(path, &v, d);

	if (err < 0)
		return err;
	release_of(&v, release, sizeof(release));
	if (h->build_id[0] && v.build_id[0] && strcmp(h->build_id, v.build_id))
		return diag_set(d, -ESTALE,
				"%s is of another build: it is release %s, build-id %.12s; the "
				"vmcore is of %s, %.12s",
				path, release, v.build_id, h->release, h->build_id);
	if (v.banner[0] && strcmp(release, h->release))
		return diag_set(d, -ESTALE,
				"%s is of another kernel: it is release %s, the vmcore is of %s",
				path, release, h->release);
	if (!v.debug)
		return diag_set(d, -EINVAL,
				"%s has no debug symbols: take the one of the -dbg or -debuginfo "
				"package",
				path);
	return 0;
}

static bool will_do(const char *path, const struct vmcore_header *h)
{
	return access(path, R_OK) == 0 && vmlinux_fits(path, h, NULL) == 0;
}

static bool find_below(const char *kind, const struct vmcore_header *h, char ret_path[4096])
{
	_cleanup_closedir_ DIR *dir = NULL;
	const struct dirent *entry;
	char folder[4096];

	if (cache_folder(kind, folder, sizeof(folder)) == 0)
		dir = opendir(folder);
	while (dir && (entry = readdir(dir)))
		if (entry->d_name[0] != '.' &&
		    path_format(ret_path, 4096, "%s/%s/vmlinux", folder, entry->d_name) == 0 &&
		    will_do(ret_path, h))
			return true;
	return false;
}

/* `hangar kernel fetch --symbols` keeps them by what only the kernel's image tells, and
 * tests/kernels/build by what a kernel was made from: so all are asked. */
static bool find_cached(const struct vmcore_header *h, char ret_path[4096])
{
	return find_below("symbols", h, ret_path) || find_below("built", h, ret_path);
}

int debuginfo_find(const char *root, const struct vmcore_header *h, char ret_path[4096],
		   struct diag *d)
{
	static const char *const places[][2] = {
		{ "/usr/lib/debug/boot/vmlinux-", "" },        /* Debian, Arch */
		{ "/usr/lib/debug/lib/modules/", "/vmlinux" }, /* Fedora, and Debian's link */
		{ "/lib/modules/", "/build/vmlinux" },         /* built here */
		{ "/boot/vmlinux-", "" },
	};

	if (strlen(h->build_id) > 2 && !strchr(h->build_id, '/') &&
	    path_format(ret_path, 4096, "%s/usr/lib/debug/.build-id/%.2s/%s.debug", root,
			h->build_id, h->build_id + 2) == 0 &&
	    will_do(ret_path, h))
		return 0;
	for (size_t i = 0; h->release[0] && !strchr(h->release, '/') && i < ARRAY_SIZE(places); i++)
		if (path_format(ret_path, 4096, "%s%s%s%s", root, places[i][0], h->release,
				places[i][1]) == 0 &&
		    will_do(ret_path, h))
			return 0;
	if (!*root && find_cached(h, ret_path))
		return 0;
	ret_path[0] = '\0';
	return diag_set(
		d, -ENOENT,
		"no vmlinux with debug symbols of %s (build-id %.12s) was found: name it with "
		"--vmlinux, or `hangar kernel fetch --symbols` Debian's",
		h->release[0] ? h->release : "this kernel",
		h->build_id[0] ? h->build_id : "unknown");
}

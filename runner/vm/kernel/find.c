/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a user's words for a kernel can mean. A file that is there always wins over a special form.
 */
#include <string.h>
#include <sys/stat.h>

#include "base/cleanup.h"
#include "base/paths.h"
#include "vm/kernel/built.h"
#include "vm/kernel/debian.h"
#include "vm/kernel/folder.h"
#include "vm/kernel/kernel.h"
#include "vm/kernel/package.h"
#include "vm/kernel/packages.h"

/* "a.rpm,b.rpm": every part is a package. */
static int from_packages(const char *spec, kernel_say *say, void *ctx, struct kernel *k,
			 struct diag *d)
{
	_cleanup_free_ char *list = strdup(spec);
	const char *paths[PACKAGES_MAX];
	char about[600], *rest = NULL;
	unsigned int count = 0;
	int kind;

	if (!list)
		return diag_set(d, -ENOMEM, "no memory");
	for (char *path = strtok_r(list, ",", &rest); path; path = strtok_r(NULL, ",", &rest)) {
		if (count == PACKAGES_MAX)
			return diag_set(d, -E2BIG, "more than %d packages for one kernel",
					PACKAGES_MAX);
		kind = package_kind(path);
		if (kind < 0)
			return diag_set(d, kind, "%s cannot be read: %s", path, strerror(-kind));
		if (kind == PACKAGE_NONE)
			return diag_set(d, -EINVAL, "%s is neither a .deb nor an .rpm", path);
		paths[count++] = path;
	}
	if (count == 0)
		return diag_set(d, -EINVAL, "\"%s\" names no package", spec);
	snprintf(about, sizeof(about), "file %.500s", paths[0]);
	return packages_kernel(paths, count, about, say, ctx, k, d);
}

static int from_file(const char *spec, kernel_say *say, void *ctx, struct kernel *k, struct diag *d)
{
	int kind = package_kind(spec);
	const char *paths[] = { spec };
	char about[600];

	if (kind < 0)
		return diag_set(d, kind, "%s cannot be read: %s", spec, strerror(-kind));
	if (kind == PACKAGE_NONE)
		return folder_of_image(spec, NULL, say, ctx, k, d);
	snprintf(about, sizeof(about), "file %.500s", spec); /* its name may hold a comma */
	return packages_kernel(paths, 1, about, say, ctx, k, d);
}

/* "bzImage:modules-folder": at the last colon behind which there is a folder. */
static int from_pair(const char *spec, kernel_say *say, void *ctx, struct kernel *k, struct diag *d)
{
	const char *colon = strrchr(spec, ':');
	char image[4096];
	int r = path_format(image, sizeof(image), "%.*s", (int)(colon - spec), spec);

	return r < 0 ? r : folder_of_image(image, colon + 1, say, ctx, k, d);
}

static int find_it(const char *spec, kernel_say *say, void *ctx, struct kernel *k, struct diag *d)
{
	struct stat st;

	if (stat(spec, &st) == 0) {
		if (S_ISDIR(st.st_mode))
			return folder_kernel(spec, say, ctx, k, d);
		if (S_ISREG(st.st_mode))
			return from_file(spec, say, ctx, k, d);
		return diag_set(d, -EINVAL, "%s is neither a file nor a folder", spec);
	}
	if (strcmp(spec, "host") == 0)
		return folder_of_host(say, ctx, k, d);
	if (built_knows(spec))
		return built_kernel(spec, say, ctx, k, d);
	if (strncmp(spec, "debian:", 7) == 0)
		return debian_kernel(spec, false, say, ctx, k, d);
	if (strchr(spec, ','))
		return from_packages(spec, say, ctx, k, d);
	if (strchr(spec, ':'))
		return from_pair(spec, say, ctx, k, d);
	return diag_set(d, -ENOENT,
			"no kernel \"%s\": name a bzImage, a .deb, an .rpm, an unpacked folder, "
			"host, planted, stock, or debian:RELEASE as debian:6.1",
			spec);
}

int kernel_find(const char *spec, kernel_say *say, void *ctx, struct kernel *ret, struct diag *d)
{
	_cleanup_free_ struct kernel *k = calloc(1, sizeof(*k));
	int r;

	if (!k)
		return diag_set(d, -ENOMEM, "no memory");
	if (path_format(k->spec, sizeof(k->spec), "%s", spec) < 0)
		return diag_set(d, -ENAMETOOLONG, "the name of a kernel has at most %zu bytes",
				sizeof(k->spec) - 1);
	r = find_it(spec, say, ctx, k, d);
	if (r == 0)
		*ret = *k;
	return r;
}

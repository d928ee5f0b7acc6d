/* SPDX-License-Identifier: GPL-2.0-or-later */
/* apt checks size and digest against the signed lists; what it brought appears in the cache by one
 * rename. */
#include "vm/kernel/fetch.h"

#include <fnmatch.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/paths.h"
#include "vm/cache.h"
#include "vm/kernel/apt.h"
#include "vm/kernel/entry.h"

#define AT_ONCE 8

int fetch_packages(const struct offered *const *packages, unsigned int count, const char *folder,
		   kernel_say *say, void *ctx, struct diag *d)
{
	char text[AT_ONCE][280];
	const char *names[AT_ONCE];
	uint64_t bytes = 0;

	if (count == 0)
		return diag_set(d, -ENOENT, "the mirror has none of the packages that are needed");
	if (count > AT_ONCE)
		return diag_set(d, -E2BIG, "more than %d packages at once", AT_ONCE);
	for (unsigned int i = 0; i < count; i++) {
		snprintf(text[i], sizeof(text[i]), "%s=%s", packages[i]->name,
			 packages[i]->version);
		names[i] = text[i];
		bytes += packages[i]->bytes;
	}
	kernel_tell(say, ctx, "fetching %s %s from %s, %.0f MB", packages[0]->name,
		    packages[0]->version, packages[0]->suite, (double)bytes / 1e6);
	return apt_download(packages[0]->suite, names, count, folder, say, ctx, d);
}

int fetch_unpack_all(const char *folder, const struct package_rules *rules, int root,
		     struct diag *d)
{
	_cleanup_closedir_ DIR *dir = opendir(folder);
	const struct dirent *entry;
	char path[4096];
	int r = dir ? 0 : diag_set(d, -errno, "%s: %s", folder, strerror(errno));

	while (r >= 0 && (entry = readdir(dir)))
		if (entry->d_name[0] != '.' &&
		    path_format(path, sizeof(path), "%s/%s", folder, entry->d_name) == 0)
			r = package_unpack(path, rules, root, d);
	return r < 0 ? r : 0;
}

int fetch_first_file(const char *folder, char ret[4096])
{
	_cleanup_closedir_ DIR *dir = opendir(folder);
	const struct dirent *entry;

	while (dir && (entry = readdir(dir)))
		if (fnmatch("*.deb", entry->d_name, FNM_PERIOD) == 0)
			return path_format(ret, 4096, "%s/%s", folder, entry->d_name);
	return -ENOENT;
}

/* apt names the file as the archive does: NAME_VERSION_ARCH.deb. Move it beside the others of its
 * suite. */
static int keep(const struct offered *p, const char *made, const char *kind, char ret[4096])
{
	_cleanup_closedir_ DIR *dir = opendir(made);
	const struct dirent *entry;
	char folder[4096 - 256], from[4096];
	size_t length = strlen(p->name);
	int r = cache_folder(kind, folder, sizeof(folder));

	while (r == 0 && dir && (entry = readdir(dir))) {
		if (strncmp(entry->d_name, p->name, length) != 0 || entry->d_name[length] != '_')
			continue;
		if (path_format(from, sizeof(from), "%s/%s", made, entry->d_name) < 0 ||
		    path_format(ret, 4096, "%s/%s_%s_amd64.deb", folder, p->name, p->version) < 0)
			return -ENAMETOOLONG;
		return rename(from, ret) < 0 ? -errno : 0;
	}
	return r < 0 ? r : -ENOENT;
}

static bool have(const struct offered *p, const char *kind, char ret[4096])
{
	char folder[4096 - 256];

	return cache_folder(kind, folder, sizeof(folder)) == 0 &&
	       path_format(ret, 4096, "%s/%s_%s_amd64.deb", folder, p->name, p->version) == 0 &&
	       access(ret, R_OK) == 0;
}

static int fetch_and_keep(const struct offered *const *packages, unsigned int count,
			  const char *kind, kernel_say *say, void *ctx, struct cached_kernel *ret,
			  struct diag *d)
{
	char made[4096];
	int r = entry_begin(kind, made, d);

	if (r < 0)
		return r;
	r = fetch_packages(packages, count, made, say, ctx, d);
	for (unsigned int i = 0; r == 0 && i < count; i++) {
		r = keep(packages[i], made, kind, ret->package[i]);
		if (r < 0)
			diag_set(d, r, "%s cannot be put into the cache: %s", packages[i]->name,
				 strerror(-r));
	}
	cache_remove(made);
	return r;
}

int fetch_offer(const struct kernel_offer *offer, kernel_say *say, void *ctx,
		struct cached_kernel *ret, struct diag *d)
{
	const struct offered *parts[] = { offer->image, offer->modules, offer->base },
			     *packages[CACHED_PARTS];
	unsigned int count = 0;
	char kind[128];
	bool all = true;
	int r = path_format(kind, sizeof(kind), PACKAGES_KIND "/%s", offer->image->suite);

	if (r < 0)
		return r;
	for (size_t i = 0; i < ARRAY_SIZE(parts); i++)
		if (parts[i])
			packages[count++] = parts[i];
	memset(ret, 0, sizeof(*ret));
	snprintf(ret->release, sizeof(ret->release), "%s", offer->release);
	snprintf(ret->version, sizeof(ret->version), "%s", offer->image->version);
	snprintf(ret->suite, sizeof(ret->suite), "%s", offer->image->suite);
	for (unsigned int i = 0; i < count; i++)
		all = have(packages[i], kind, ret->package[i]) && all;
	return all ? 0 : fetch_and_keep(packages, count, kind, say, ctx, ret, d);
}

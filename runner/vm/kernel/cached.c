/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Everything is told by names: an entry's description, a package's file name, the folder of its
 * suite. From 6.19 on Debian has image, modules and the lists of built-ins (linux-base) in packages
 * of their own, and linux-image is an empty one that ties them together.
 */
#include "vm/kernel/cached.h"

#include <string.h>
#include <sys/stat.h>

#include "base/cleanup.h"
#include "base/paths.h"
#include "vm/cache.h"
#include "vm/kernel/entry.h"

#define META_PACKAGE_MAX 65536 /* linux-image without an image: 2 KB */
#define ARCHITECTURE "_amd64.deb"

struct scan {
	const struct debian_spec *spec;
	int (*each)(void *ctx, const struct cached_kernel *c);
	void *ctx;
	struct cached_kernel found;
};

void cached_about(const char *release, const char *version, const char *suite, char *ret,
		  size_t size)
{
	snprintf(ret, size, "debian %s %s %s", release, version, suite[0] ? suite : "-");
}

static int offer(struct scan *s)
{
	const struct debian_spec *spec = s->spec;

	if (!debian_spec_matches(spec, s->found.release) ||
	    (spec->suite[0] && strcmp(spec->suite, s->found.suite) != 0))
		return 0;
	return s->each(s->ctx, &s->found);
}

static int scan_entry(struct scan *s, const char *folder, const char *name)
{
	char about[ENTRY_ABOUT_MAX];
	struct cached_kernel *f = &s->found;

	memset(f, 0, sizeof(*f));
	if (strlen(name) != 64 || entry_about("kernels", name, about) < 0 ||
	    sscanf(about, "debian %127s %127s %63s", f->release, f->version, f->suite) != 3)
		return 0;
	if (strcmp(f->suite, "-") == 0)
		f->suite[0] = '\0';
	memcpy(f->key, name, sizeof(f->key));
	return offer(s);
}

static bool split_name(const char *name, const char *start, char release[128], char version[128])
{
	const char *bar = strchr(name, '_'), *end = bar ? strstr(bar, ARCHITECTURE) : NULL;
	size_t skip = strlen(start);

	if (strncmp(name, start, skip) != 0 || !end || end[strlen(ARCHITECTURE)] ||
	    !strchr("0123456789", name[skip]))
		return false;
	return path_format(release, 128, "%.*s", (int)(bar - name - (long)skip), name + skip) ==
		       0 &&
	       path_format(version, 128, "%.*s", (int)(end - bar - 1), bar + 1) == 0 &&
	       strcmp(release + (strlen(release) > 6 ? strlen(release) - 6 : 0), "-amd64") == 0;
}

/* Another package of the same kernel, when it is there. */
static bool take_part(struct cached_kernel *f, unsigned int i, const char *folder, const char *part)
{
	if (path_format(f->package[i], sizeof(f->package[i]), "%s/linux-%s-%s_%s" ARCHITECTURE,
			folder, part, f->release, f->version) == 0 &&
	    access(f->package[i], R_OK) == 0)
		return true;
	f->package[i][0] = '\0';
	return false;
}

static int scan_package(struct scan *s, const char *folder, const char *name)
{
	struct cached_kernel *f = &s->found;
	struct stat st;

	memset(f, 0, sizeof(*f));
	if (strcmp(strrchr(folder, '/'), "/kernels") != 0)
		snprintf(f->suite, sizeof(f->suite), "%s", strrchr(folder, '/') + 1);
	if (path_format(f->package[0], sizeof(f->package[0]), "%s/%s", folder, name) < 0)
		return 0;
	if (split_name(name, "linux-image-", f->release, f->version))
		return stat(f->package[0], &st) == 0 && st.st_size > META_PACKAGE_MAX ? offer(s)
										      : 0;
	if (!split_name(name, "linux-binary-", f->release, f->version) ||
	    !take_part(f, 1, folder, "modules"))
		return 0;
	take_part(f, 2, folder, "base");
	return offer(s);
}

static int scan_folder(struct scan *s, const char *folder,
		       int (*one)(struct scan *, const char *, const char *))
{
	_cleanup_closedir_ DIR *dir = opendir(folder);
	const struct dirent *entry;
	int r = 0;

	while (r == 0 && dir && (entry = readdir(dir)))
		if (entry->d_name[0] != '.')
			r = one(s, folder, entry->d_name);
	return r;
}

static int scan_suite(struct scan *s, const char *folder, const char *suite)
{
	char path[4096];

	return path_format(path, sizeof(path), "%s/%s", folder, suite) < 0
		       ? 0
		       : scan_folder(s, path, scan_package);
}

int cached_each(const struct debian_spec *spec,
		int (*each)(void *ctx, const struct cached_kernel *c), void *ctx)
{
	_cleanup_free_ struct scan *s = calloc(1, sizeof(*s));
	char folder[4096];
	int r;

	if (!s)
		return -ENOMEM;
	s->spec = spec;
	s->each = each;
	s->ctx = ctx;
	r = cache_folder("kernels", folder, sizeof(folder));
	if (r == 0)
		r = scan_folder(s, folder, scan_entry);
	if (r == 0)
		r = scan_folder(s, folder,
				scan_package); /* kept there by hand, or by earlier versions */
	if (r == 0)
		r = cache_folder(PACKAGES_KIND, folder, sizeof(folder));
	return r ? r : scan_folder(s, folder, scan_suite);
}

static int keep_best(void *ctx, const struct cached_kernel *c)
{
	struct cached_kernel *best = ctx;
	int r = best->release[0]
			? debian_better(c->release, c->version, best->release, best->version)
			: 1;

	if (r > 0 || (r == 0 && c->key[0] && !best->key[0]))
		*best = *c;
	return 0;
}

int cached_best(const struct debian_spec *spec, struct cached_kernel *ret)
{
	int r;

	memset(ret, 0, sizeof(*ret));
	r = cached_each(spec, keep_best, ret);
	return r < 0 ? r : ret->release[0] ? 0 : -ENOENT;
}

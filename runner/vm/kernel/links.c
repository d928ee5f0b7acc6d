/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * depmod follows links, and so does whoever reads a module by the name in modules.dep. The key is
 * made of name, size and date of each module: a module that is built anew gives another entry.
 */
#include "vm/kernel/links.h"

#include <fcntl.h>
#include <fnmatch.h>
#include <ftw.h>
#include <string.h>
#include <sys/stat.h>

#include <nettle/sha2.h>

#include "base/cleanup.h"
#include "base/paths.h"
#include "vm/cache.h"
#include "vm/kernel/entry.h"
#include "vm/kernel/modules.h"
#include "vm/kernel/packages.h"
#include "vm/kernel/unpack.h"

static uint8_t sum[SHA256_DIGEST_SIZE]; /* nftw() hands no context to its callback */

/* Added up, so that the order in which a file system lists files does not matter. */
static void sum_file(const char *path, const struct stat *st)
{
	uint8_t digest[SHA256_DIGEST_SIZE];
	struct sha256_ctx sha;
	char line[4200];
	int n = snprintf(line, sizeof(line), "%s %lld %lld.%ld", path, (long long)st->st_size,
			 (long long)st->st_mtim.tv_sec, st->st_mtim.tv_nsec);

	sha256_init(&sha);
	sha256_update(&sha, (size_t)n, (const uint8_t *)line);
	sha256_digest(&sha, sizeof(digest), digest);
	for (size_t i = 0; i < sizeof(digest); i++)
		sum[i] = (uint8_t)(sum[i] + digest[i]);
}

static int sum_one(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
	if (type == FTW_F &&
	    (strstr(path + ftw->base, ".ko") || strncmp(path + ftw->base, "modules.", 8) == 0))
		sum_file(path, st);
	return 0;
}

static void finish_key(const char *image, char key[65])
{
	uint8_t digest[SHA256_DIGEST_SIZE];
	struct sha256_ctx sha;

	sha256_init(&sha);
	sha256_update(&sha, 64, (const uint8_t *)image);
	sha256_update(&sha, sizeof(sum), sum);
	sha256_digest(&sha, sizeof(digest), digest);
	for (size_t i = 0; i < sizeof(digest); i++)
		snprintf(key + 2 * i, 3, "%02x", digest[i]);
}

/* "lib/modules/R/NAME" below @root leads to @target. */
static int link_one(int root, const char *release, const char *name, const char *target)
{
	char path[4096];
	int r = path_format(path, sizeof(path), "lib/modules/%s/%s", release, name);

	return r < 0 ? r : unpack_symlink(root, path, target);
}

/* What lies in the folder of modules, but for links to trees and for lists that are made anew. */
static int link_folder(int root, const struct kernel *k)
{
	static const char *const kept[] = { "modules.builtin", "modules.builtin.modinfo",
					    "modules.order" };
	_cleanup_closedir_ DIR *dir = opendir(k->modules);
	const struct dirent *entry;
	char target[4096];
	int r = dir ? 0 : -errno;

	while (r == 0 && (entry = readdir(dir))) {
		bool list = strncmp(entry->d_name, "modules.", 8) == 0;

		for (size_t i = 0; i < ARRAY_SIZE(kept); i++)
			list = list && strcmp(entry->d_name, kept[i]) != 0;
		if (list || entry->d_name[0] == '.' || strcmp(entry->d_name, "build") == 0 ||
		    strcmp(entry->d_name, "source") == 0)
			continue;
		r = path_format(target, sizeof(target), "%s/%s", k->modules, entry->d_name);
		if (r == 0)
			r = link_one(root, k->release, entry->d_name, target);
	}
	return r;
}

/* A line of modules.order, "kernel/fs/xfs/xfs.ko", "fs/xfs/xfs.ko" or "fs/xfs/xfs.o", to the
 * module's path. */
static bool tree_module(const char *tree, char *line, char path[4096], const char **ret_name)
{
	size_t length = strcspn(line, "\r\n");
	struct stat st;

	line[length] = '\0';
	if (length > 2 && strcmp(line + length - 2, ".o") == 0)
		line[length - 1] = 'k', line[length] = 'o', line[length + 1] = '\0';
	for (const char *name = line; name;
	     name = strncmp(name, "kernel/", 7) == 0 ? name + 7 : NULL)
		if (path_format(path, 4096, "%s/%s", tree, name) == 0 && stat(path, &st) == 0 &&
		    S_ISREG(st.st_mode)) {
			*ret_name = name;
			return true;
		}
	return false;
}

/* Each module of the tree: into the sum (@root < 0), or as a link. Returns how many, or -errno. */
static int each_in_tree(const char *tree, int root, const char *release)
{
	char order[4096], line[4096], path[4096], name[4096];
	_cleanup_fclose_ FILE *f = NULL;
	const char *found;
	struct stat st;
	int count = 0, r = path_format(order, sizeof(order), "%s/modules.order", tree);

	if (r < 0 || !(f = fopen(order, "re")))
		return 0;
	while (r == 0 && fgets(line, sizeof(line) - 2, f)) {
		if (!tree_module(tree, line, path, &found))
			continue;
		count++;
		if (root < 0 && stat(path, &st) == 0)
			sum_file(path, &st);
		if (root >= 0 && path_format(name, sizeof(name), "kernel/%s", found) == 0)
			r = link_one(root, release, name, path);
	}
	return r < 0 ? r : count;
}

static int link_tree(int root, const char *tree, const char *release)
{
	static const char *const lists[] = { "modules.builtin", "modules.builtin.modinfo",
					     "modules.order" };
	char path[4096];
	int r = each_in_tree(tree, root, release);

	for (size_t i = 0; r >= 0 && i < ARRAY_SIZE(lists); i++)
		if (path_format(path, sizeof(path), "%s/%s", tree, lists[i]) == 0 &&
		    access(path, R_OK) == 0)
			r = link_one(root, release, lists[i], path);
	return r < 0 ? r : 0;
}

static int make(const char *made, const char *tree, const struct kernel *k, struct diag *d)
{
	_cleanup_close_ int root = open(made, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	int r;

	if (root < 0)
		return diag_set(d, -errno, "%s: %s", made, strerror(errno));
	r = tree ? link_tree(root, tree, k->release) : link_folder(root, k);
	if (r < 0)
		return diag_set(d, r, "%s: links to the modules of %s cannot be made: %s", made,
				k->spec, strerror(-r));
	return modules_depmod(made, k->release, d);
}

/* The entry of k->key, made when absent; k->modules leads into it. */
static int entry_of_links(const char *tree, kernel_say *say, void *ctx, struct kernel *k,
			  struct diag *d)
{
	char entry[4096], made[4096], about[600];
	int r = entry_find("kernels", k->key, entry, NULL);

	if (r < 0) {
		if (!k->release[0])
			return diag_set(
				d, -EINVAL,
				"%s does not say its release, so its modules cannot be used",
				k->vmlinuz);
		kernel_tell(say, ctx, "listing the modules of %s", k->release);
		r = entry_begin("kernels", made, d);
		if (r < 0)
			return r;
		r = make(made, tree, k, d);
		if (r < 0) {
			cache_remove(made);
			return r;
		}
		snprintf(about, sizeof(about), "links %s", tree ? tree : k->modules);
		r = entry_publish("kernels", made, k->key, about, entry, d);
	}
	if (r < 0)
		return r;
	r = path_format(k->modules, sizeof(k->modules), "%s/lib/modules/%s", entry, k->release);
	return r < 0 ? diag_set(d, r, "%s: too long a path", entry) : 0;
}

int links_of_folder(const char *image, kernel_say *say, void *ctx, struct kernel *k, struct diag *d)
{
	memset(sum, 0, sizeof(sum));
	if (!k->modules[0] || !modules_any(k->modules)) {
		k->modules[0] = '\0';
		finish_key(image, k->key);
		return 0;
	}
	nftw(k->modules, sum_one, 32, FTW_PHYS);
	finish_key(image, k->key);
	return modules_ready(k->modules) ? 0 : entry_of_links(NULL, say, ctx, k, d);
}

int links_of_tree(const char *tree, const char *image, kernel_say *say, void *ctx, struct kernel *k,
		  struct diag *d)
{
	int modules;

	memset(sum, 0, sizeof(sum));
	modules = each_in_tree(tree, -1, k->release);
	finish_key(image, k->key);
	if (modules > 0)
		return entry_of_links(tree, say, ctx, k, d);
	k->modules[0] = '\0';
	return 0;
}

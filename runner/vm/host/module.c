/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A module fits one kernel build alone, so it is made by that kernel's own makefiles (its headers
 * package), out of tree. It takes seconds; the cache makes it once for each kernel.
 */
#include "vm/host/module.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>

#include "base/cleanup.h"
#include "base/paths.h"
#include "base/textfile.h"
#include "scenario/scenario_path.h"
#include "vm/cache.h"
#include "vm/host/module_make.h"

#define KIND "modules"
#define SOURCE_MAX (1u << 20)

#define SOURCES 2 /* NAME.c and Kbuild */

/* Path of source file @i of module @name. 0 or -errno. */
static int source_path(const char *name, size_t i, char *buf, size_t size)
{
	_cleanup_free_ char *folder = scenario_folder();
	char file[128];

	if (!folder)
		return -ENOMEM;
	if (!*name || strchr(name, '/') || strlen(name) > 64)
		return -EINVAL;
	snprintf(file, sizeof(file), "%s%s", i ? "Kbuild" : name, i ? "" : ".c");
	return path_format(buf, size, "%s/modules/%s/%s", folder, name, file);
}

bool module_is_ours(const char *name)
{
	char path[4096];

	return source_path(name, 0, path, sizeof(path)) == 0 && access(path, R_OK) == 0;
}

/* 16 digits of the kernel and of each source: a new build of either is a new entry. */
static int make_key(const struct kernel *k, const char *name, char *buf, size_t size)
{
	char path[4096], digest[SOURCES][65];
	int err = 0;

	for (size_t i = 0; i < SOURCES && !err; i++) {
		err = source_path(name, i, path, sizeof(path));
		if (!err)
			err = cache_digest_file(path, digest[i]);
	}
	return err ? err
		   : path_format(buf, size, "%.64s-%.16s-%.16s-%.16s", name,
				 k->key[0] ? k->key : k->release, digest[0], digest[1]);
}

/* The module in folder @dir; true when it is there and is an ELF file. */
static bool find_built(const char *dir, const char *name, char *buf, size_t size)
{
	_cleanup_fclose_ FILE *file = NULL;
	char magic[4] = "";

	if (path_format(buf, size, "%s/%s.ko", dir, name) < 0)
		return false;
	file = fopen(buf, "re");
	return file && fread(magic, 1, sizeof(magic), file) == sizeof(magic) &&
	       !memcmp(magic, "\177ELF", 4);
}

static int copy_sources(const char *name, const char *to)
{
	char from_path[4096], to_path[4096];
	int err = 0;

	for (size_t i = 0; i < SOURCES && !err; i++) {
		_cleanup_free_ char *text = NULL;
		_cleanup_fclose_ FILE *file = NULL;
		size_t size;

		err = source_path(name, i, from_path, sizeof(from_path));
		if (!err)
			err = textfile_load(from_path, SOURCE_MAX, &text, &size);
		if (!err)
			err = path_format(to_path, sizeof(to_path), "%s/%s", to,
					  strrchr(from_path, '/') + 1);
		if (err)
			return err;
		file = fopen(to_path, "we");
		if (!file || fwrite(text, 1, size, file) != size || fflush(file))
			err = -errno;
	}
	return err;
}

static int make_in(const char *folder, const struct kernel *k, const char *name,
		   const char *headers, struct diag *d)
{
	char ko[4096];
	int err = copy_sources(name, folder);

	if (err)
		return diag_set(d, err, "the source of module %s cannot be copied to %s: %s", name,
				folder, strerror(-err));
	err = module_make(headers, folder, name, k->release, d);
	if (!err && !find_built(folder, name, ko, sizeof(ko)))
		err = diag_set(d, -EIO, "make in %s left no %s.ko", headers, name);
	return err;
}

/* From the cache: 0 with @ret_ko; else 1 with the @key that it is to have; -errno with @d. */
static int look_up(const struct kernel *k, const char *name, char *key, size_t size,
		   char ret_ko[4096], struct diag *d)
{
	char kind[4096 - 512], entry[4096 - 128];
	int err;

	if (!module_is_ours(name))
		return diag_set(d, -ENOENT,
				"hangar has no kernel module %s; its own lie in the folder modules "
				"beside its scenarios",
				name);
	err = make_key(k, name, key, size);
	if (!err)
		err = cache_folder(KIND, kind, sizeof(kind));
	if (!err)
		err = path_format(entry, sizeof(entry), "%s/%s", kind, key);
	if (err)
		return diag_set(d, err, "the cache of kernel modules cannot be used: %s",
				strerror(-err));
	if (find_built(entry, name, ret_ko, 4096))
		return 0;
	if (access(entry, F_OK) == 0)
		cache_remove(entry); /* damaged: made again */
	return path_format(ret_ko, 4096, "%s/%s.ko", entry, name) < 0 ? -ENAMETOOLONG : 1;
}

static int build(const struct kernel *k, const char *name, const char *headers, const char *key,
		 struct diag *d)
{
	char folder[4096];
	int err = cache_begin(KIND, folder, sizeof(folder));

	if (err)
		return diag_set(d, err, "no folder to build module %s in: %s", name,
				strerror(-err));
	err = make_in(folder, k, name, headers, d);
	if (err) {
		cache_remove(folder);
		return err;
	}
	err = cache_publish(KIND, folder, key);
	return err ? diag_set(d, err, "module %s cannot be kept in the cache: %s", name,
			      strerror(-err))
		   : 0;
}

int module_build_with(const struct kernel *k, const char *name, const char *headers,
		      char ret_ko[4096], struct diag *d)
{
	char key[256];
	int err = look_up(k, name, key, sizeof(key), ret_ko, d);

	if (err <= 0)
		return err;
	err = module_make_check(name, k->release, d);
	return err ? err : build(k, name, headers, key, d);
}

int module_build(const struct kernel *k, const char *name, kernel_say *say, void *ctx,
		 char ret_ko[4096], struct diag *d)
{
	char key[256], headers[4096], line[256];
	int err = look_up(k, name, key, sizeof(key), ret_ko, d);

	if (err <= 0)
		return err;
	err = module_make_check(name, k->release, d);
	if (!err)
		err = kernel_headers(k, say, ctx, headers, d);
	if (err)
		return err;
	snprintf(line, sizeof(line), "building module %s for %s", name, k->release);
	if (say)
		say(ctx, line);
	return build(k, name, headers, key, d);
}

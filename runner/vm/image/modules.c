/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The piece with modules. libkmod answers from the indexes that depmod made (modules.dep.bin,
 * modules.builtin.bin, modules.softdep): what a module needs comes before it, what it merely likes
 * ("softdep pre") too when it is there.
 */
#include "vm/image/image.h"

#include <errno.h>
#include <string.h>
#include <syslog.h>

#include "base/cleanup.h"
#include "base/paths.h"
#include "base/textfile.h"
#include "vm/image/kept.h"
#include "vm/image/module_file.h"
#include "vm/image/piece.h"
#include "vm/libs/late_kmod.h"

#define MODULES_MAX 512 /* in one guest; ext4, xfs and all of virtio with their needs are forty */
#define DEPTH_MAX 16    /* of softdeps that name one another in a circle */
#define BUILTIN_MAX (4u << 20)

struct order {
	const struct kernel *kernel;
	struct kmod_ctx *ctx;
	char *builtin; /* text of modules.builtin; may be NULL */
	char *paths[MODULES_MAX];
	unsigned int count;
	struct diag *d;
};

static void order_clear(struct order *o)
{
	for (unsigned int i = 0; i < o->count; i++)
		free(o->paths[i]);
	free(o->builtin);
	if (o->ctx)
		kmod_unref(o->ctx);
}

static void cleanup_list(struct kmod_list **list)
{
	if (*list)
		kmod_module_unref_list(*list);
}

static int take_path(struct order *o, const char *path)
{
	for (unsigned int i = 0; i < o->count; i++)
		if (strcmp(o->paths[i], path) == 0)
			return 0;
	if (o->count == MODULES_MAX)
		return diag_set(o->d, -E2BIG, "more than %d kernel modules", MODULES_MAX);
	o->paths[o->count] = strdup(path);
	return o->paths[o->count++] ? 0 : -ENOMEM;
}

static int take_module(struct order *o, const struct kmod_module *m, unsigned int depth);

static int take_list(struct order *o, struct kmod_list *list, unsigned int depth)
{
	struct kmod_list *at;
	int err = 0;

	kmod_list_foreach(at, list)
	{
		struct kmod_module *m = kmod_module_get_module(at);

		if (!err)
			err = take_module(o, m, depth);
		kmod_module_unref(m);
	}
	return err;
}

/* Built-ins have no path. The list of what a module needs is ordered by libkmod, the first to be
 * loaded first. */
static int take_module(struct order *o, const struct kmod_module *m, unsigned int depth)
{
	_cleanup_(cleanup_list) struct kmod_list *pre = NULL, *post = NULL, *needs = NULL;
	const char *path = kmod_module_get_path(m);
	int err = 0;

	if (!path || depth > DEPTH_MAX)
		return 0;
	for (unsigned int i = 0; i < o->count; i++)
		if (strcmp(o->paths[i], path) == 0)
			return 0;
	if (kmod_module_get_softdeps(m, &pre, &post) >= 0)
		err = take_list(o, pre, depth + 1);
	needs = kmod_module_get_dependencies(m);
	if (!err)
		err = take_list(o, needs, depth + 1);
	if (!err)
		err = take_path(o, path);
	return err ? err : take_list(o, post, depth + 1);
}

/* "kernel/fs/ext4/ext4.ko" a line; a name may be written with '-' or '_'. */
static bool built_in(const char *text, const char *name)
{
	size_t len = strlen(name);

	for (const char *at = text; at && (at = strstr(at, ".ko")); at += 3) {
		size_t i = 0;

		if ((size_t)(at - text) <= len || at[-(ptrdiff_t)len - 1] != '/')
			continue;
		while (i < len &&
		       (at[(ptrdiff_t)i - (ptrdiff_t)len] == name[i] ||
			(strchr("-_", at[(ptrdiff_t)i - (ptrdiff_t)len]) && strchr("-_", name[i]))))
			i++;
		if (i == len)
			return true;
	}
	return false;
}

/* 0; -ENOENT: neither a module nor built in. */
static int take_name(struct order *o, const char *name)
{
	_cleanup_(cleanup_list) struct kmod_list *found = NULL;
	int err;

	if (built_in(o->builtin, name))
		return 0;
	err = kmod_module_new_from_lookup(o->ctx, name, &found);
	if (err < 0 && err != -ENOENT)
		return diag_set(o->d, err, "%s: looking for module %s: %s", o->kernel->modules,
				name, strerror(-err));
	if (!found)
		return -ENOENT;
	return take_list(o, found, 0);
}

/* "lzo-rle|lzo": the first that there is. */
static int take_one_of(struct order *o, const char *names)
{
	while (true) {
		size_t length = strcspn(names, "|");
		char name[64];
		int err;

		snprintf(name, sizeof(name), "%.*s", (int)length, names);
		err = take_name(o, name);
		if (err != -ENOENT || !names[length])
			return err;
		names += length + 1;
	}
}

static int take_names(struct order *o, const char *const *names, bool optional)
{
	for (; names && *names; names++) {
		int err = take_one_of(o, *names);

		if (err == -ENOENT && optional)
			continue;
		if (err == -ENOENT)
			return diag_set(o->d, err, "kernel %s has neither module nor built-in %s",
					o->kernel->release, *names);
		if (err)
			return err;
	}
	return 0;
}

static int order_open(struct order *o)
{
	static const char *const no_config[] = {
		NULL
	}; /* this machine's modprobe.d is not the guest's */
	char path[4096 + 32];
	size_t size;
	int err = late_kmod(o->d);

	if (err)
		return err;
	snprintf(path, sizeof(path), "%s/modules.dep.bin", o->kernel->modules);
	if (access(path, R_OK) < 0)
		return diag_set(o->d, -errno, "%s cannot be read (%s); run depmod for it", path,
				strerror(errno));
	o->ctx = kmod_new(o->kernel->modules, no_config);
	if (!o->ctx)
		return -ENOMEM;
	kmod_set_log_priority(o->ctx, LOG_CRIT); /* what goes wrong is told once, by us */
	snprintf(path, sizeof(path), "%s/modules.builtin", o->kernel->modules);
	err = textfile_load(path, BUILTIN_MAX, &o->builtin, &size);
	return err == -ENOENT ? 0 : err;
}

/* "/lib/modules/R/kernel/fs/ext4/ext4.ko.xz" as "/modules/07-ext4.ko" */
static int add_module(struct piece *p, unsigned int number, const char *path, struct diag *d)
{
	const char *base = strrchr(path, '/') + 1, *end = strstr(base, ".ko");
	char name[256];
	void *data;
	size_t size;
	int err = module_file_load(path, &data, &size, d);

	if (err)
		return err;
	snprintf(name, sizeof(name), "/modules/%03u-%.*s.ko", number,
		 (int)(end ? end - base : (ptrdiff_t)strlen(base)), base);
	return piece_add_data(p, name, path, data, size, 0644);
}

static int key_of(const struct kernel *k, const char *const *wanted, const char *const *optional,
		  char ret_key[65])
{
	static const char *const index[] = { "modules.dep.bin", "modules.builtin",
					     "modules.softdep" };
	_cleanup_free_ char *recipe = NULL;
	char path[4096 + 32];
	size_t size;
	FILE *to = open_memstream(&recipe, &size);

	if (!to)
		return -errno;
	fprintf(to, "modules 1 %s\n%s\n%s\n", k->key, k->release, k->modules);
	for (size_t i = 0; i < ARRAY_SIZE(index); i++) {
		snprintf(path, sizeof(path), "%s/%s", k->modules, index[i]);
		kept_identity(to, path);
	}
	for (; wanted && *wanted; wanted++)
		fprintf(to, "wanted %s\n", *wanted);
	for (; optional && *optional; optional++)
		fprintf(to, "optional %s\n", *optional);
	if (fclose(to) != 0)
		return -errno;
	kept_key(recipe, size, ret_key);
	return 0;
}

static int gather(struct piece *p, const struct kernel *k, const char *const *wanted,
		  const char *const *optional, struct diag *d)
{
	_cleanup_(order_clear) struct order o = { .kernel = k, .d = d };
	int err = piece_add_folder(p, "/modules");

	if (!err && k->modules[0]) { /* without modules all is built in, or the guest will say what
					is not */
		err = order_open(&o);
		if (!err)
			err = take_names(&o, wanted, false);
		if (!err)
			err = take_names(&o, optional, true);
	}
	for (unsigned int i = 0; i < o.count && !err; i++)
		err = add_module(p, i, o.paths[i], d);
	return err;
}

int image_modules(const struct kernel *k, const char *const *wanted, const char *const *optional,
		  char ret_path[4096], struct diag *d)
{
	_cleanup_(piece_clear) struct piece p = { 0 };
	char key[65];
	int err = key_of(k, wanted, optional, key);

	if (!err)
		err = kept_find(key, ret_path);
	if (err != -ENOENT)
		return err ? diag_set(d, err, "the cache of images cannot be read: %s",
				      strerror(-err))
			   : 0;
	err = gather(&p, k, wanted, optional, d);
	if (err)
		return diag_set(d, err, "the modules of %s cannot be gathered: %s", k->release,
				strerror(-err));
	return kept_make(key, &p, ret_path, d);
}

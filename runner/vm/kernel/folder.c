/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A folder that somebody unpacked or built in has modules but no modules.dep, and is not ours to
 * write to: the lists are made in the cache, over links to the modules, keyed by name, size and
 * date of every one of them.
 */
#include "vm/kernel/folder.h"

#include <string.h>
#include <sys/stat.h>
#include <sys/utsname.h>

#include "base/cleanup.h"
#include "base/paths.h"
#include "vm/cache.h"
#include "vm/kernel/layout.h"
#include "vm/kernel/links.h"
#include "vm/kernel/modules.h"

/* The modules of @k as they can be used, and its key. @tree: where they lie scattered; NULL: they
 * are a folder. */
static int settle(const char *tree, kernel_say *say, void *ctx, struct kernel *k, struct diag *d)
{
	char image[65];
	int r = cache_digest_file(k->vmlinuz, image);

	if (r < 0)
		return diag_set(d, r, "%s cannot be read: %s", k->vmlinuz, strerror(-r));
	if (tree)
		return links_of_tree(tree, image, say, ctx, k, d);
	return links_of_folder(image, say, ctx, k, d);
}

int folder_kernel(const char *folder, kernel_say *say, void *ctx, struct kernel *k, struct diag *d)
{
	char root[4096];
	int r;

	if (!realpath(folder, root))
		return diag_set(d, -errno, "%s: %s", folder, strerror(errno));
	r = layout_of_tree(root, k, d);
	if (r != -ENOENT)
		return r < 0 ? r : settle(root, say, ctx, k, d);
	r = layout_find(root, k, d);
	return r < 0 ? r : settle(NULL, say, ctx, k, d);
}

static int take_modules(const char *modules, struct kernel *k, struct diag *d)
{
	const char *name;

	if (!realpath(modules, k->modules))
		return diag_set(d, -errno,
				"%s: %s; behind the image comes the folder of its modules, as "
				"bzImage:lib/modules/6.1.0",
				modules, strerror(errno));
	name = strrchr(k->modules, '/') + 1;
	if (k->release[0] && name[0] >= '0' && name[0] <= '9' && strcmp(name, k->release) != 0)
		return diag_set(d, -EINVAL, "%s is of another kernel: the image's release is %s",
				modules, k->release);
	if (!k->release[0])
		snprintf(k->release, sizeof(k->release), "%s", name);
	return modules_ready(k->modules) || modules_any(k->modules)
		       ? 0
		       : diag_set(d, -ENOENT, "%s holds no modules", modules);
}

int folder_of_image(const char *image, const char *modules, kernel_say *say, void *ctx,
		    struct kernel *k, struct diag *d)
{
	static const char in_tree[] = "/arch/x86/boot/bzImage";
	char root[4096];
	size_t length;
	int r = layout_of_image(image, k, d);

	if (r == 0 && modules)
		r = take_modules(modules, k, d);
	if (r < 0)
		return r;
	length = strlen(k->vmlinuz);
	if (modules || length <= strlen(in_tree) ||
	    strcmp(k->vmlinuz + length - strlen(in_tree), in_tree) != 0)
		return settle(NULL, say, ctx, k, d);
	snprintf(root, sizeof(root), "%.*s", (int)(length - strlen(in_tree)), k->vmlinuz);
	return folder_kernel(root, say, ctx, k, d);
}

int folder_of_host(kernel_say *say, void *ctx, struct kernel *k, struct diag *d)
{
	static const char *const forms[] = { "/boot/vmlinuz-%s", "/lib/modules/%s/vmlinuz",
					     "/usr/lib/modules/%s/vmlinuz", "/boot/%s/linux" };
	char path[4096];
	struct utsname uts;
	struct stat st;

	uname(&uts);
	for (size_t i = 0; i < ARRAY_SIZE(forms); i++) {
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
		snprintf(path, sizeof(path), forms[i], uts.release);
#pragma GCC diagnostic pop
		if (stat(path, &st) == 0)
			return folder_of_image(path, NULL, say, ctx, k, d);
	}
	return diag_set(d, -ENOENT,
			"this machine's kernel %s has no image in /boot or /lib/modules (a "
			"container, or a kernel from "
			"outside); name another, as debian:6.1",
			uts.release);
}

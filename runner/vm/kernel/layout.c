/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Distributions put the image into /boot (Debian, RHEL 7) or beside the modules (Fedora, openSUSE),
 * and the modules below /lib or, merged, /usr/lib. The image itself says its release; folders are
 * only believed after it.
 */
#include "vm/kernel/layout.h"

#include <glob.h>
#include <string.h>
#include <sys/stat.h>

#include "base/cleanup.h"
#include "base/paths.h"
#include "vm/kernel/bzimage.h"
#include "vm/kernel/debver.h"

static bool is_file(const char *path)
{
	struct stat st;

	return stat(path, &st) == 0 && S_ISREG(st.st_mode);
}

static bool is_folder(const char *path)
{
	struct stat st;

	return stat(path, &st) == 0 && S_ISDIR(st.st_mode);
}

/* The release between what surrounds it in a file's name; "" when the name has none. */
static void release_of(const char *path, char *ret, size_t size)
{
	const char *name = strrchr(path, '/') + 1;

	ret[0] = '\0';
	if (strncmp(name, "vmlinuz-", 8) == 0)
		snprintf(ret, size, "%s", name + 8);
	else if (strstr(path, "/lib/modules/"))
		snprintf(ret, size, "%.*s", (int)strcspn(strstr(path, "/lib/modules/") + 13, "/"),
			 strstr(path, "/lib/modules/") + 13);
}

/* A folder's own name may hold what glob() would take for a pattern. */
static int quote_for_glob(const char *text, char *ret, size_t size)
{
	size_t used = 0;

	for (; *text; text++) {
		if (used + 3 > size)
			return -ENAMETOOLONG;
		if (strchr("*?[\\", *text))
			ret[used++] = '\\';
		ret[used++] = *text;
	}
	ret[used] = '\0';
	return 0;
}

/* Of all files that match, that of the newest release. */
static void newest_image(const char *folder, const char *pattern, char best[4096])
{
	char quoted[4096], full[4096 + 64], release[128], best_release[128] = "";
	glob_t found = { 0 };

	if (quote_for_glob(folder, quoted, sizeof(quoted)) < 0)
		return;
	snprintf(full, sizeof(full), "%s%s", quoted, pattern);
	if (glob(full, 0, NULL, &found) != 0)
		return;
	for (size_t i = 0; i < found.gl_pathc; i++) {
		release_of(found.gl_pathv[i], release, sizeof(release));
		if (!is_file(found.gl_pathv[i]) ||
		    (best[0] && debver_compare(release, best_release) <= 0))
			continue;
		if (path_format(best, 4096, "%s", found.gl_pathv[i]) == 0)
			snprintf(best_release, sizeof(best_release), "%s", release);
	}
	globfree(&found);
}

/* "lib/modules/R" below @root in either place. */
static void find_modules(const char *root, struct kernel *k)
{
	static const char *const places[] = { "lib/modules", "usr/lib/modules" };

	for (size_t i = 0; !k->modules[0] && k->release[0] && i < ARRAY_SIZE(places); i++)
		if (path_format(k->modules, sizeof(k->modules), "%s/%s/%s", root, places[i],
				k->release) < 0 ||
		    !is_folder(k->modules))
			k->modules[0] = '\0';
}

static void find_config(const char *root, struct kernel *k)
{
	const char *forms[][2] = { { root, "boot/config" }, { root, "config" } };

	for (size_t i = 0; i < ARRAY_SIZE(forms); i++)
		if (path_format(k->config, sizeof(k->config), "%s/%s-%s", forms[i][0], forms[i][1],
				k->release) == 0 &&
		    is_file(k->config))
			return;
	if (k->modules[0] &&
	    path_format(k->config, sizeof(k->config), "%s/config", k->modules) == 0 &&
	    is_file(k->config))
		return;
	k->config[0] = '\0';
}

static int take_image(const char *vmlinuz, struct kernel *k, struct diag *d)
{
	struct bzimage image;
	int r = bzimage_load(vmlinuz, &image, d);

	if (r < 0)
		return r;
	if (!realpath(vmlinuz, k->vmlinuz))
		return diag_set(d, -errno, "%s: %s", vmlinuz, strerror(errno));
	snprintf(k->release, sizeof(k->release), "%s", image.release);
	return 0;
}

int layout_find(const char *folder, struct kernel *k, struct diag *d)
{
	static const char *const patterns[] = {
		"/boot/vmlinuz-*", "/lib/modules/*/vmlinuz", "/usr/lib/modules/*/vmlinuz",
		"/vmlinuz-*",      "/boot/vmlinuz",          "/vmlinuz",
		"/bzImage"
	};
	char image[4096] = "";
	int r;

	for (size_t i = 0; !image[0] && i < ARRAY_SIZE(patterns); i++)
		newest_image(folder, patterns[i], image);
	if (!image[0])
		return diag_set(d, -ENOENT,
				"%s holds no kernel: neither boot/vmlinuz-RELEASE nor "
				"lib/modules/RELEASE/vmlinuz nor "
				"arch/x86/boot/bzImage",
				folder);
	r = take_image(image, k, d);
	if (r < 0)
		return r;
	find_modules(folder, k);
	find_config(folder, k);
	return 0;
}

int layout_of_image(const char *vmlinuz, struct kernel *k, struct diag *d)
{
	char root[4096];
	int r = take_image(vmlinuz, k, d);

	if (r < 0)
		return r;
	r = path_format(root, sizeof(root), "%s", k->vmlinuz);
	/* beside it, beside its folder (boot), and where lib/modules/R/vmlinuz has its root */
	for (int up = 0; r == 0 && up < 4; up++) {
		*strrchr(root, '/') = '\0';
		find_modules(root, k);
		if (!k->config[0])
			find_config(root, k);
		if (!root[0])
			break;
	}
	return r;
}

int layout_of_tree(const char *folder, struct kernel *k, struct diag *d)
{
	char path[4096];
	int r = path_format(path, sizeof(path), "%s/arch/x86/boot/bzImage", folder);

	if (r < 0 || !is_file(path))
		return -ENOENT;
	r = take_image(path, k, d);
	if (r == 0 && (path_format(k->config, sizeof(k->config), "%s/.config", folder) < 0 ||
		       !is_file(k->config)))
		k->config[0] = '\0';
	return r;
}

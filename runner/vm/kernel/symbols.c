/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Debug symbols are only as good as their match: a vmlinux of the neighbouring build decodes every
 * stack, wrongly. The boot header's banner tells builds apart; entries of the cache are keyed by
 * its digest, so one vmlinux serves the same kernel from whatever file it came.
 */
#include <fcntl.h>
#include <ftw.h>
#include <string.h>
#include <sys/stat.h>

#include <nettle/sha2.h>

#include "base/cleanup.h"
#include "base/paths.h"
#include "vm/cache.h"
#include "vm/kernel/bzimage.h"
#include "vm/kernel/debian.h"
#include "vm/kernel/entry.h"
#include "vm/kernel/package.h"
#include "vm/kernel/packages.h"
#include "vm/kernel/symbols.h"
#include "vm/kernel/vmlinux.h"

int symbols_check(const char *banner, const char *path, struct diag *d)
{
	struct vmlinux v;
	int r = vmlinux_load(path, &v, d);

	if (r < 0)
		return r;
	if (!v.banner[0])
		return diag_set(
			d, -EINVAL,
			"%s does not hold the kernel's banner, so it cannot be told whose it is",
			path);
	if (!banner[0])
		return diag_set(
			d, -ENOTSUP,
			"the kernel image does not say its build, so no vmlinux can be trusted");
	if (!bzimage_same_build(banner, v.banner))
		return diag_set(
			d, -ESTALE,
			"%s is of another build: it is \"%.200s\", the kernel is \"%.200s\"", path,
			v.banner, banner);
	return v.debug ? 0
		       : diag_set(d, -ENOENT, "%s has no debug information (.debug_info)", path);
}

static void digest_text(const char *text, char key[65])
{
	uint8_t digest[SHA256_DIGEST_SIZE];
	struct sha256_ctx sha;

	sha256_init(&sha);
	sha256_update(&sha, strlen(text), (const uint8_t *)text);
	sha256_digest(&sha, sizeof(digest), digest);
	for (size_t i = 0; i < sizeof(digest); i++)
		snprintf(key + 2 * i, 3, "%02x", digest[i]);
}

static bool take_if_same(const char *path, const char *banner, struct kernel *k)
{
	struct stat st;

	if (stat(path, &st) < 0 || !S_ISREG(st.st_mode) || symbols_check(banner, path, NULL) < 0)
		return false;
	return realpath(path, k->vmlinux) != NULL;
}

/* Where people and packages put it. */
static bool find_beside(const char *banner, struct kernel *k)
{
	char folder[4096], path[4096 + 256];

	snprintf(folder, sizeof(folder), "%.*s", (int)(strrchr(k->vmlinuz, '/') - k->vmlinuz),
		 k->vmlinuz);
	const struct {
		const char *start, *middle, *end;
	} places[] = {
		{ folder, "/vmlinux", "" },
		{ folder, "/vmlinux-", k->release },
		{ folder, "/../../../vmlinux", "" }, /* of arch/x86/boot/bzImage */
		{ folder, "/../usr/lib/debug/boot/vmlinux-", k->release },
		{ k->modules, "/build/vmlinux", "" },
		{ "/usr/lib/debug/boot/vmlinux-", k->release, "" },
		{ "/usr/lib/debug/lib/modules/", k->release, "/vmlinux" },
		{ "/usr/lib/debug/usr/lib/modules/", k->release, "/vmlinux" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(places); i++) {
		snprintf(path, sizeof(path), "%s%s%s", places[i].start, places[i].middle,
			 places[i].end);
		if (places[i].start[0] && take_if_same(path, banner, k))
			return true;
	}
	return false;
}

static bool find_cached(const char *key, const char *banner, struct kernel *k)
{
	char entry[4096], path[4096];

	return entry_find("symbols", key, entry, NULL) == 0 &&
	       path_format(path, sizeof(path), "%s/vmlinux", entry) == 0 &&
	       take_if_same(path, banner, k);
}

static char found_vmlinux[4096]; /* nftw() hands no context to its callback */

static int note_vmlinux(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
	if (type != FTW_F || strncmp(path + ftw->base, "vmlinux", 7) != 0)
		return 0;
	snprintf(found_vmlinux, sizeof(found_vmlinux), "%s", path);
	return 1;
}

/* vmlinux of @package as <made>/vmlinux, checked. */
static int unpack_symbols(const char *package, const char *made, const char *banner, struct diag *d)
{
	_cleanup_close_ int root = open(made, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	char path[4096];
	int r = root < 0 ? -errno : package_unpack(package, &package_symbols, root, d);

	if (r < 0)
		return r;
	found_vmlinux[0] = '\0';
	nftw(made, note_vmlinux, 16, FTW_PHYS);
	if (!found_vmlinux[0])
		return diag_set(d, -ENOENT, "%s holds no vmlinux", package);
	r = path_format(path, sizeof(path), "%s/vmlinux", made);
	if (r == 0 && rename(found_vmlinux, path) < 0)
		r = -errno;
	return r < 0 ? diag_set(d, r, "%s: %s", path, strerror(-r))
		     : symbols_check(banner, path, d);
}

static int symbols_of_package(const char *package, const char *key, const char *banner,
			      kernel_say *say, void *ctx, struct kernel *k, struct diag *d)
{
	char made[4096], entry[4096];
	int r;

	if (find_cached(key, banner, k))
		return 0;
	r = entry_begin("symbols", made, d);
	if (r < 0)
		return r;
	kernel_tell(say, ctx, "unpacking vmlinux of %s",
		    strrchr(package, '/') ? strrchr(package, '/') + 1 : package);
	r = unpack_symbols(package, made, banner, d);
	if (r < 0) {
		cache_remove(made);
		return r;
	}
	r = entry_publish("symbols", made, key, banner, entry, d);
	if (r == 0)
		r = path_format(k->vmlinux, sizeof(k->vmlinux), "%s/vmlinux", entry);
	return r;
}

static int take_given(const char *given, const char *key, const char *banner, kernel_say *say,
		      void *ctx, struct kernel *k, struct diag *d)
{
	int kind = package_kind(given), r;

	if (kind < 0)
		return diag_set(d, kind, "%s cannot be read: %s", given, strerror(-kind));
	if (kind != PACKAGE_NONE)
		return symbols_of_package(given, key, banner, say, ctx, k, d);
	r = symbols_check(banner, given, d);
	if (r == 0 && !realpath(given, k->vmlinux))
		r = diag_set(d, -errno, "%s: %s", given, strerror(errno));
	return r;
}

int kernel_symbols(struct kernel *k, const char *given, bool fetch, kernel_say *say, void *ctx,
		   struct diag *d)
{
	struct bzimage image;
	char key[65], package[4096];
	int r = bzimage_load(k->vmlinuz, &image, d);

	if (r < 0)
		return r;
	digest_text(image.banner, key);
	if (given)
		return take_given(given, key, image.banner, say, ctx, k, d);
	if (find_beside(image.banner, k) || find_cached(key, image.banner, k))
		return 0;
	if (!fetch || strncmp(k->spec, "debian:", 7) != 0)
		return diag_set(d, -ENOENT,
				"no debug symbols of %s here: name them with --vmlinux, or %s",
				k->release,
				strncmp(k->spec, "debian:", 7) == 0
					? "fetch them with `hangar kernel fetch --symbols`"
					: "put vmlinux beside the kernel");
	r = symbols_fetch(k->release, image.banner, say, ctx, package, d);
	if (r < 0)
		return r;
	r = symbols_of_package(package, key, image.banner, say, ctx, k, d);
	*strrchr(package, '/') = '\0';
	cache_remove(package);
	return r;
}

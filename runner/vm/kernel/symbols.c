/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Where a vmlinux for a kernel can come from: the user, the places where people and packages put
 * it, the cache, a -dbg package. In the cache it is keyed by the digest of the kernel's banner, so
 * one serves the same kernel from whatever file that came.
 */
#include <fcntl.h>
#include <ftw.h>
#include <string.h>
#include <sys/stat.h>

#include <nettle/sha2.h>

#include "base/cleanup.h"
#include "base/paths.h"
#include "vm/cache.h"
#include "vm/kernel/entry.h"
#include "vm/kernel/package.h"
#include "vm/kernel/packages.h"
#include "vm/kernel/symbols.h"

struct search {
	struct kernel *k;
	struct symbols_build build;
	char key[65];
	kernel_say *say;
	void *ctx;
	struct diag *d;
};

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

static bool take_if_same(struct search *s, const char *path)
{
	struct stat st;

	if (stat(path, &st) < 0 || !S_ISREG(st.st_mode) ||
	    symbols_check(&s->build, path, path, NULL) < 0)
		return false;
	return realpath(path, s->k->vmlinux) != NULL;
}

static bool find_beside(struct search *s)
{
	char folder[4096], path[4096 + 256];
	const struct kernel *k = s->k;

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
		if (places[i].start[0] && take_if_same(s, path))
			return true;
	}
	return false;
}

/* /usr/lib/debug/.build-id/bb/603a...debug, as debuggers look for it. */
static bool find_by_build_id(struct search *s)
{
	static const char folder[] = "/usr/lib/debug/.build-id";
	char path[256];
	const char *id;

	if (access(folder, X_OK) < 0)
		return false;
	id = symbols_build_id(&s->build);
	if (strlen(id) < 4)
		return false;
	snprintf(path, sizeof(path), "%s/%.2s/%s.debug", folder, id, id + 2);
	return take_if_same(s, path);
}

/* What is in the cache was checked when it came, and its key is the banner's. */
static bool find_cached(struct search *s)
{
	char entry[4096];

	return entry_find("symbols", s->key, entry, NULL) == 0 &&
	       path_format(s->k->vmlinux, sizeof(s->k->vmlinux), "%s/vmlinux", entry) == 0 &&
	       access(s->k->vmlinux, R_OK) == 0;
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
static int unpack_symbols(struct search *s, const char *package, const char *made)
{
	_cleanup_close_ int root = open(made, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	char path[4096], name[400];
	int r = root < 0 ? -errno : package_unpack(package, &package_symbols, root, s->d);

	if (r < 0)
		return r;
	found_vmlinux[0] = '\0';
	nftw(made, note_vmlinux, 16, FTW_PHYS);
	if (!found_vmlinux[0])
		return diag_set(s->d, -ENOENT, "%s holds no vmlinux", package);
	r = path_format(path, sizeof(path), "%s/vmlinux", made);
	if (r == 0 && rename(found_vmlinux, path) < 0)
		r = -errno;
	snprintf(name, sizeof(name), "the vmlinux in %s", package);
	return r < 0 ? diag_set(s->d, r, "%s: %s", path, strerror(-r))
		     : symbols_check(&s->build, path, name, s->d);
}

static int take_package(struct search *s, const char *package)
{
	const char *name = strrchr(package, '/');
	char made[4096], entry[4096];
	int r;

	if (find_cached(s))
		return 0;
	r = entry_begin("symbols", made, s->d);
	if (r < 0)
		return r;
	kernel_tell(s->say, s->ctx, "unpacking vmlinux of %s", name ? name + 1 : package);
	r = unpack_symbols(s, package, made);
	if (r < 0) {
		cache_remove(made);
		return r;
	}
	r = entry_publish("symbols", made, s->key, s->build.banner, entry, s->d);
	if (r == 0)
		r = path_format(s->k->vmlinux, sizeof(s->k->vmlinux), "%s/vmlinux", entry);
	return r;
}

static int take_given(struct search *s, const char *given)
{
	int kind = package_kind(given), r;

	if (kind < 0)
		return diag_set(s->d, kind, "%s cannot be read: %s", given, strerror(-kind));
	if (kind != PACKAGE_NONE)
		return take_package(s, given);
	r = symbols_check(&s->build, given, given, s->d);
	if (r == 0 && !realpath(given, s->k->vmlinux))
		r = diag_set(s->d, -errno, "%s: %s", given, strerror(errno));
	return r;
}

static int fetch_and_take(struct search *s)
{
	char package[4096];
	int r = symbols_fetch(s->k->release, s->build.banner, s->say, s->ctx, package, s->d);

	if (r < 0)
		return r;
	r = take_package(s, package);
	*strrchr(package, '/') = '\0';
	cache_remove(package);
	return r;
}

int kernel_symbols(struct kernel *k, const char *given, bool fetch, kernel_say *say, void *ctx,
		   struct diag *d)
{
	struct search s = { .k = k, .say = say, .ctx = ctx, .d = d };
	bool debian = strncmp(k->spec, "debian:", 7) == 0;
	int r = symbols_build_load(k->vmlinuz, &s.build, d);

	if (r < 0)
		return r;
	k->vmlinux[0] = '\0';
	digest_text(s.build.banner, s.key);
	if (given)
		r = take_given(&s, given);
	else if (find_cached(&s) || find_beside(&s) || find_by_build_id(&s))
		r = 0;
	else if (debian && fetch)
		r = fetch_and_take(&s);
	else
		r = diag_set(d, -ENOENT,
			     "no debug symbols of %s here: name them with --vmlinux, or %s",
			     k->release,
			     debian ? "fetch them with `hangar kernel fetch --symbols`"
				    : "put vmlinux beside the kernel");
	if (r < 0)
		k->vmlinux[0] = '\0';
	return r;
}

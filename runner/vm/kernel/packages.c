/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The entry's key is the digest of the packages, so equal packages share one, whatever they are
 * called and wherever they came from; several are keyed by the digest of their digests.
 */
#include "vm/kernel/packages.h"

#include <fcntl.h>
#include <stdarg.h>
#include <string.h>

#include <nettle/sha2.h>

#include "base/cleanup.h"
#include "base/paths.h"
#include "vm/cache.h"
#include "vm/kernel/entry.h"
#include "vm/kernel/layout.h"
#include "vm/kernel/modules.h"
#include "vm/kernel/package.h"

void kernel_tell(kernel_say *say, void *ctx, const char *fmt, ...)
{
	char line[512];
	va_list ap;

	if (!say)
		return;
	va_start(ap, fmt);
	vsnprintf(line, sizeof(line), fmt, ap);
	va_end(ap);
	say(ctx, line);
}

static int digest_all(const char *const *paths, unsigned int count, char key[65], struct diag *d)
{
	uint8_t digest[SHA256_DIGEST_SIZE];
	struct sha256_ctx sha;
	int r;

	sha256_init(&sha);
	for (unsigned int i = 0; i < count; i++) {
		r = cache_digest_file(paths[i], key);
		if (r < 0)
			return diag_set(d, r, "%s cannot be read: %s", paths[i], strerror(-r));
		sha256_update(&sha, 64, (const uint8_t *)key);
	}
	if (count == 1)
		return 0;
	sha256_digest(&sha, sizeof(digest), digest);
	for (size_t i = 0; i < sizeof(digest); i++)
		snprintf(key + 2 * i, 3, "%02x", digest[i]);
	return 0;
}

/* A kernel in @made, ready for guests. */
static int complete(const char *made, const char *package, struct kernel *k, struct diag *d)
{
	struct diag inner = { 0 };
	int r = layout_find(made, k, &inner);

	if (r == -ENOENT)
		return diag_set(d, -EINVAL,
				"%s holds no kernel image: it is a package of something else",
				package);
	if (r == -EINVAL)
		return diag_set(d, r, "%s: its kernel image is none for x86 machines", package);
	if (r < 0)
		return diag_set(d, r, "%s: %s", package, inner.message);
	if (k->modules[0] && modules_any(k->modules))
		return modules_depmod(made, k->release, d);
	return 0;
}

static int unpack_all(const char *const *paths, unsigned int count, const char *made,
		      kernel_say *say, void *ctx, struct diag *d)
{
	_cleanup_close_ int root = open(made, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	int r;

	if (root < 0)
		return diag_set(d, -errno, "%s: %s", made, strerror(errno));
	for (unsigned int i = 0; i < count; i++) {
		kernel_tell(say, ctx, "unpacking %s",
			    strrchr(paths[i], '/') ? strrchr(paths[i], '/') + 1 : paths[i]);
		r = package_unpack(paths[i], &package_image, root, d);
		if (r < 0)
			return r;
	}
	return 0;
}

static int make_entry(const char *const *paths, unsigned int count, const char *about,
		      const char *key, kernel_say *say, void *ctx, char entry[4096], struct diag *d)
{
	struct kernel k = { 0 };
	char made[4096];
	int r = entry_begin("kernels", made, d);

	if (r < 0)
		return r;
	r = unpack_all(paths, count, made, say, ctx, d);
	if (r == 0)
		r = complete(made, paths[0], &k, d);
	if (r < 0) {
		cache_remove(made);
		return r;
	}
	return entry_publish("kernels", made, key, about, entry, d);
}

int packages_kernel(const char *const *paths, unsigned int count, const char *about,
		    kernel_say *say, void *ctx, struct kernel *k, struct diag *d)
{
	char entry[4096];
	int r = digest_all(paths, count, k->key, d);

	if (r < 0)
		return r;
	if (entry_find("kernels", k->key, entry, NULL) < 0) {
		r = make_entry(paths, count, about, k->key, say, ctx, entry, d);
		if (r < 0)
			return r;
	}
	r = layout_find(entry, k, d);
	if (r == 0 && k->modules[0] && !modules_ready(k->modules))
		k->modules[0] = '\0'; /* a folder of lists without a module */
	return r;
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The cache first: a bisection asks for the same kernels all night, and a laboratory has no
 * network. What is fetched stays as package beside the unpacked entry, so that a damaged entry is
 * made again without the mirror.
 */
#include "vm/kernel/debian.h"

#include <string.h>

#include "base/cleanup.h"
#include "base/paths.h"
#include "vm/cache.h"
#include "vm/kernel/apt.h"
#include "vm/kernel/cached.h"
#include "vm/kernel/entry.h"
#include "vm/kernel/fetch.h"
#include "vm/kernel/layout.h"
#include "vm/kernel/modules.h"
#include "vm/kernel/offers.h"
#include "vm/kernel/packages.h"
#include "vm/kernel/spec.h"

#define LIST_AGE_MAX (12 * 3600) /* Debian's archive is published four times a day */
#define TRIES 4                  /* each removes one damaged entry or package */

/* -ENOENT: it was damaged, and is gone; look again. */
static int use_entry(const struct cached_kernel *c, struct kernel *k, struct diag *d)
{
	char entry[4096];
	int r = entry_find("kernels", c->key, entry, NULL);

	if (r < 0)
		return -ENOENT;
	memcpy(k->key, c->key, sizeof(k->key));
	r = layout_find(entry, k, d);
	if (r == 0 && k->modules[0] && !modules_ready(k->modules))
		k->modules[0] = '\0';
	return r;
}

static int use_packages(const struct cached_kernel *c, kernel_say *say, void *ctx, struct kernel *k,
			struct diag *d)
{
	const char *paths[CACHED_PARTS];
	char about[ENTRY_ABOUT_MAX];
	struct diag inner = { 0 };
	unsigned int count = 0;
	int r;

	for (unsigned int i = 0; i < CACHED_PARTS; i++)
		if (c->package[i][0])
			paths[count++] = c->package[i];
	cached_about(c->release, c->version, c->suite, about, sizeof(about));
	r = packages_kernel(paths, count, about, say, ctx, k, &inner);
	if (r != -EBADMSG && r != -EINVAL && r != -ENOENT)
		return r < 0 ? diag_set(d, r, "%s", inner.message) : 0;
	/* a package of our own that went bad: without it the next look finds another, or the mirror
	 */
	kernel_tell(say, ctx, "removed from the cache: %s", inner.message);
	for (unsigned int i = 0; i < count; i++)
		unlink(paths[i]);
	return -ENOENT;
}

static int from_cache(const struct debian_spec *spec, kernel_say *say, void *ctx, struct kernel *k,
		      struct diag *d)
{
	struct cached_kernel c;
	int r = -ENOENT;

	for (unsigned int i = 0; r == -ENOENT && i < TRIES; i++) {
		if (cached_best(spec, &c) < 0)
			return -ENOENT;
		r = c.key[0] ? use_entry(&c, k, d) : use_packages(&c, say, ctx, k, d);
		if (r == -ENOENT && c.key[0])
			kernel_tell(say, ctx,
				    "the cache's entry of %s was damaged; making it again",
				    c.release);
	}
	return r;
}

static int from_mirror(const struct debian_spec *spec, bool refresh, kernel_say *say, void *ctx,
		       struct kernel *k, struct diag *d)
{
	_cleanup_(archive_index_clear) struct archive_index c = { 0 };
	struct cached_kernel got = { 0 };
	struct kernel_offer offer;
	int r = offers_load(spec->suite, refresh ? 0 : LIST_AGE_MAX, say, ctx, &c, d);

	if (r < 0)
		return r;
	if (!offers_best(&c, spec, &offer))
		return diag_set(d, -ENOENT,
				"Debian offers no whole kernel %s%s%s; `hangar kernel list` shows "
				"what there is",
				spec->glob, spec->suite[0] ? " in " : "", spec->suite);
	r = fetch_offer(&offer, say, ctx, &got, d);
	if (r < 0)
		return r;
	r = use_packages(&got, say, ctx, k, d);
	return r == -ENOENT ? diag_set(d, -EBADMSG, "%s was fetched and is no good package",
				       got.package[0])
			    : r;
}

int debian_kernel(const char *text, bool refresh, kernel_say *say, void *ctx, struct kernel *k,
		  struct diag *d)
{
	struct debian_spec spec;
	int r = debian_spec_parse(text, &spec, d);

	if (r < 0)
		return r;
	if (spec.newest && !refresh) {
		struct diag inner = { 0 };

		r = from_mirror(&spec, false, say, ctx, k, &inner);
		if (r < 0)
			kernel_tell(say, ctx, "the newest in the cache will do: %s", inner.message);
		if (r == 0)
			return 0;
		r = from_cache(&spec, say, ctx, k, d);
		return r == -ENOENT ? diag_set(d, r, "%s", inner.message) : r;
	}
	r = refresh ? -ENOENT : from_cache(&spec, say, ctx, k, d);
	return r == -ENOENT ? from_mirror(&spec, refresh, say, ctx, k, d) : r;
}

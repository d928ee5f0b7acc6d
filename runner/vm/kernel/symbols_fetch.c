/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * linux-image-R-dbg has the same name for every version that was built with the ABI R; only the
 * version in the banner ("Debian 6.1.176-1 (date)") says which. The package is not kept: 280 MB for
 * a vmlinux that is kept.
 */
#include <string.h>

#include "base/cleanup.h"
#include "base/paths.h"
#include "vm/cache.h"
#include "vm/kernel/entry.h"
#include "vm/kernel/fetch.h"
#include "vm/kernel/mirror.h"
#include "vm/kernel/symbols.h"

#define LIST_AGE_MAX (12 * 3600)

void symbols_version(const char *banner, char *ret, size_t size)
{
	const char *at = strstr(banner, " Debian ");

	snprintf(ret, size, "%.*s", at ? (int)strcspn(at + 8, " ") : 0, at ? at + 8 : "");
}

static const struct offered *find_offer(const struct archive_index *c, const char *name,
					const char *version)
{
	for (unsigned int i = 0; i < c->count; i++)
		if (strcmp(c->packages[i].name, name) == 0 &&
		    (!version[0] || strcmp(c->packages[i].version, version) == 0))
			return &c->packages[i];
	return NULL;
}

int symbols_fetch(const char *release, const char *banner, kernel_say *say, void *ctx,
		  char ret_package[4096], struct diag *d)
{
	_cleanup_(archive_index_clear) struct archive_index c = { 0 };
	const struct offered *package;
	char name[256], version[128], made[4096];
	int r = offers_load("", LIST_AGE_MAX, say, ctx, &c, d);

	if (r < 0)
		return r;
	symbols_version(banner, version, sizeof(version));
	snprintf(name, sizeof(name), "linux-image-%s-dbg", release);
	package = find_offer(&c, name, version);
	if (!package)
		return diag_set(d, -ENOENT,
				"Debian's mirror no longer has %s %s; name the vmlinux with "
				"--vmlinux, or take a "
				"newer kernel (`hangar kernel list` marks those with symbols)",
				name, version);
	r = entry_begin("symbols", made, d);
	if (r < 0)
		return r;
	r = fetch_packages(&package, 1, made, say, ctx, d);
	if (r == 0)
		r = fetch_first_file(made, ret_package);
	if (r < 0) {
		cache_remove(made);
		return diag_set(d, r, "%s was not fetched: %s", name, strerror(-r));
	}
	return 0;
}

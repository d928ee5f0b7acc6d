/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A suite keeps the signed images of old versions (they come from another source package) while
 * their modules, headers and debug symbols go with the source: an image without modules can boot,
 * but has no virtio to speak by.
 */
#include "vm/kernel/offers.h"

#include <errno.h>
#include <string.h>

#include "vm/kernel/apt.h"
#include "vm/kernel/mirror.h"
#include "vm/kernel/packages.h"

#define META_PACKAGE_MAX 65536

static const struct offered *beside(const struct archive_index *c, const struct offered *image,
				    const char *form, const char *release)
{
	char name[256];
	const char *star = strchr(form, '*');

	snprintf(name, sizeof(name), "%.*s%s%s", (int)(star - form), form, release, star + 1);
	return archive_index_get(c, image->suite, name, image->version);
}

static bool ends_with(const char *text, const char *end)
{
	size_t length = strlen(text), tail = strlen(end);

	return length >= tail && strcmp(text + length - tail, end) == 0;
}

bool offers_at(const struct archive_index *c, unsigned int i, struct kernel_offer *ret)
{
	const struct offered *p = &c->packages[i];

	if (strncmp(p->name, "linux-image-", 12) != 0 || !ends_with(p->name, "-amd64"))
		return false;
	memset(ret, 0, sizeof(*ret));
	ret->release = p->name + 12;
	ret->image = p;
	ret->complete = p->bytes > META_PACKAGE_MAX;
	if (!ret->complete) {
		const struct offered *binary = beside(c, p, "linux-binary-*", ret->release);

		if (!binary)
			return false; /* "linux-image-6.12-amd64": stands for the newest one */
		ret->image = binary;
		ret->modules = beside(c, p, "linux-modules-*", ret->release);
		ret->complete = ret->modules;
	}
	ret->base = beside(c, p, "linux-base-*", ret->release);
	ret->symbols = beside(c, p, "linux-image-*-dbg", ret->release);
	ret->headers = beside(c, p, "linux-headers-*", ret->release);
	return true;
}

bool offers_best(const struct archive_index *c, const struct debian_spec *spec,
		 struct kernel_offer *ret)
{
	struct kernel_offer offer;
	bool found = false;

	for (unsigned int i = 0; i < c->count; i++) {
		if (!offers_at(c, i, &offer) || !offer.complete ||
		    !debian_spec_matches(spec, offer.release) ||
		    (spec->suite[0] && strcmp(spec->suite, offer.image->suite) != 0))
			continue;
		if (found && debian_better(offer.release, offer.image->version, ret->release,
					   ret->image->version) <= 0)
			continue;
		*ret = offer;
		found = true;
	}
	return found;
}

/*
 * The first list that cannot be brought up to date lifts @max_age for those after it: without a
 * network an old list is better than none, and one wait for it is enough.
 */
static int load_one(const char *suite, int64_t *max_age, kernel_say *say, void *ctx,
		    struct archive_index *c, struct diag *d)
{
	int64_t age = archive_index_age(suite);
	struct diag inner = { 0 };
	int r = age < 0 || age > *max_age ? apt_update(suite, say, ctx, &inner) : 0;

	if (r == -ENETUNREACH && age >= 0 && *max_age > 0) {
		kernel_tell(say, ctx, "no network: what the mirror offered %lld hours ago must do",
			    (long long)age / 3600);
		*max_age = INT64_MAX;
		r = 0;
	}
	if (r < 0)
		return diag_set(d, r, "%s", inner.message);
	r = archive_index_load(c, suite);
	return r < 0 ? diag_set(d, r, "the list of suite %s cannot be read: %s", suite,
				strerror(-r))
		     : 0;
}

int offers_load(const char *suite, int64_t max_age, kernel_say *say, void *ctx,
		struct archive_index *c, struct diag *d)
{
	struct diag first = { 0 }; /* what the first suite that failed said */
	unsigned int loaded = 0;
	int failed = 0;

	if (suite[0])
		return load_one(suite, &max_age, say, ctx, c, d);
	for (const char *const *s = mirror_suites; *s; s++) {
		struct diag inner = { 0 };
		int r = load_one(*s, &max_age, say, ctx, c, &inner);

		if (r == 0) {
			loaded++;
			continue;
		}
		if (r == -ENETUNREACH && !loaded && max_age != INT64_MAX)
			return diag_set(d, r, "%s", inner.message);
		/* a mirror lacks some suites, and the list of one may have expired: the others do
		 */
		kernel_tell(say, ctx, "passing over %s: %s", *s, inner.message);
		failed = failed ? failed : diag_set(&first, r, "%s", inner.message);
	}
	return loaded ? 0 : diag_set(d, failed, "%s", first.message);
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Debian splits what modules are built with into three packages that find one another by absolute
 * paths below /usr/src. Unpacked elsewhere, links lead back into the package (package.h) and the
 * one Makefile that includes another by its absolute path is told where it lies. The tools in
 * linux-kbuild are programs of that suite: on an older machine they miss symbols of a newer C
 * library, and the kernel's options those of a newer compiler.
 */
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>

#include <nettle/sha2.h>

#include "base/cleanup.h"
#include "base/paths.h"
#include "base/textfile.h"
#include "vm/cache.h"
#include "vm/kernel/bzimage.h"
#include "vm/kernel/entry.h"
#include "vm/kernel/fetch.h"
#include "vm/kernel/headers_tools.h"
#include "vm/kernel/package.h"
#include "vm/kernel/packages.h"
#include "vm/kernel/symbols.h"

#define LIST_AGE_MAX (12 * 3600)
#define MAKEFILE_MAX 65536

struct wanted {
	const struct offered *headers, *common, *kbuild;
};

/* "6.1.0-50" of "6.1.0-50-cloud-amd64": flavours are words without digits at the start. */
static void abi_of(const char *release, char *ret, size_t size)
{
	static const char *const flavours[] = { "-cloud-amd64", "-rt-amd64", "-amd64" };
	size_t length = strlen(release);

	for (size_t i = 0; i < ARRAY_SIZE(flavours); i++) {
		size_t tail = strlen(flavours[i]);

		if (length > tail && strcmp(release + length - tail, flavours[i]) == 0) {
			length -= tail;
			break;
		}
	}
	snprintf(ret, size, "%.*s", (int)length, release);
}

/* The first of the forms "linux-headers-%s-common-rt", ... that @suite has, with the ABI or the
 * major version put in. */
static const struct offered *first_of(const struct archive_index *c, const char *suite,
				      const char *const names[], const char *version)
{
	const struct offered *p = NULL;

	for (; *names && !p; names++)
		p = archive_index_get(c, suite, *names, version);
	return p;
}

static bool find_all(const struct archive_index *c, const char *release, const char *version,
		     struct wanted *w)
{
	char abi[128], names[5][256];
	bool rt = strstr(release, "-rt-");

	abi_of(release, abi, sizeof(abi));
	snprintf(names[0], 256, "linux-headers-%s", release);
	snprintf(names[1], 256, "linux-headers-%s-common-rt", abi);
	snprintf(names[2], 256, "linux-headers-%s-common", abi);
	snprintf(names[3], 256, "linux-kbuild-%s", abi);
	snprintf(names[4], 256, "linux-kbuild-%.*s",
		 (int)(strspn(abi, "0123456789") + 1 +
		       strspn(abi + strspn(abi, "0123456789") + 1, "0123456789")),
		 abi);
	const char *const commons[] = { rt ? names[1] : names[2], names[2], NULL };
	const char *const kbuilds[] = { names[3], names[4], NULL };

	for (unsigned int i = 0; i < c->count; i++) {
		const struct offered *p = &c->packages[i];

		if (strcmp(p->name, names[0]) != 0 ||
		    (version[0] && strcmp(p->version, version) != 0))
			continue;
		w->headers = p;
		w->common = first_of(c, p->suite, commons, p->version);
		w->kbuild = first_of(c, p->suite, kbuilds, NULL);
		if (w->common && w->kbuild)
			return true;
	}
	return false;
}

/* "/usr/src" in the Makefile becomes the folder that it lies in, asked of make itself: the cache
 * may move. */
static int rewrite_makefile(const char *path, struct diag *d)
{
	static const char prologue[] =
		"hangar_src := $(realpath $(dir $(abspath $(lastword $(MAKEFILE_LIST))))..)\n";
	_cleanup_free_ char *text = NULL, *out = NULL;
	size_t size, out_size = 0;
	const char *at, *next;
	FILE *f;
	int r = textfile_load(path, MAKEFILE_MAX, &text, &size);

	if (r < 0 || !(f = open_memstream(&out, &out_size)))
		return diag_set(d, r < 0 ? r : -ENOMEM, "%s cannot be read", path);
	fputs(prologue, f);
	for (at = text; (next = strstr(at, "/usr/src/")); at = next + strlen("/usr/src"))
		fprintf(f, "%.*s$(hangar_src)", (int)(next - at), at);
	fputs(at, f);
	fclose(f);
	r = textfile_replace_at(AT_FDCWD, path, out, out_size);
	return r < 0 ? diag_set(d, r, "%s cannot be written: %s", path, strerror(-r)) : 0;
}

static int fill(const char *made, const struct wanted *w, const char *release, kernel_say *say,
		void *ctx, struct diag *d)
{
	const struct offered *const packages[] = { w->headers, w->common, w->kbuild };
	_cleanup_close_ int root = open(made, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	char debs[4096], path[4096];
	int r = path_format(debs, sizeof(debs), "%s/packages", made);

	if (r < 0 || root < 0 || mkdir(debs, 0755) < 0)
		return diag_set(d, -EIO, "%s cannot be written", made);
	r = fetch_packages(packages, ARRAY_SIZE(packages), debs, say, ctx, d);
	if (r == 0)
		r = fetch_unpack_all(debs, &package_headers, root, d);
	cache_remove(debs);
	if (r < 0)
		return r;
	r = path_format(path, sizeof(path), "%s/usr/src/linux-headers-%s/Makefile", made, release);
	if (r == 0)
		r = rewrite_makefile(path, d);
	if (r < 0)
		return r;
	return headers_tools(made, w->kbuild, say, ctx, d);
}

static void key_of(const struct wanted *w, char key[65])
{
	uint8_t digest[SHA256_DIGEST_SIZE];
	struct sha256_ctx sha;
	char text[1024];
	int n = snprintf(text, sizeof(text), "2: %s=%s %s=%s %s=%s", w->headers->name,
			 w->headers->version, w->common->name, w->common->version, w->kbuild->name,
			 w->kbuild->version);

	sha256_init(&sha);
	sha256_update(&sha, (size_t)n, (const uint8_t *)text);
	sha256_digest(&sha, sizeof(digest), digest);
	for (size_t i = 0; i < sizeof(digest); i++)
		snprintf(key + 2 * i, 3, "%02x", digest[i]);
}

static int make_entry(const struct wanted *w, const char *key, const char *release, kernel_say *say,
		      void *ctx, char entry[4096], struct diag *d)
{
	char made[4096], about[300];
	int r = entry_begin("headers", made, d);

	if (r < 0)
		return r;
	r = fill(made, w, release, say, ctx, d);
	if (r < 0) {
		cache_remove(made);
		return r;
	}
	snprintf(about, sizeof(about), "%s %s", w->headers->name, w->headers->version);
	return entry_publish("headers", made, key, about, entry, d);
}

int kernel_headers(const struct kernel *k, kernel_say *say, void *ctx, char ret_dir[4096],
		   struct diag *d)
{
	_cleanup_(archive_index_clear) struct archive_index c = { 0 };
	char version[128], key[65], entry[4096];
	struct bzimage image;
	struct wanted w = { 0 };
	int r;

	if (strncmp(k->spec, "debian:", 7) != 0)
		return diag_set(d, -ENOTSUP,
				"headers are fetched for debian: kernels alone, not for %s",
				k->spec);
	r = bzimage_load(k->vmlinuz, &image, d);
	if (r == 0)
		r = offers_load("", LIST_AGE_MAX, say, ctx, &c, d);
	if (r < 0)
		return r;
	symbols_version(image.banner, version, sizeof(version));
	if (!find_all(&c, k->release, version, &w))
		return diag_set(
			d, -ENOENT,
			"Debian's mirror no longer has the headers of %s %s; take a kernel that "
			"`hangar kernel list` marks with headers",
			k->release, version);
	key_of(&w, key);
	if (entry_find("headers", key, entry, NULL) < 0)
		r = make_entry(&w, key, k->release, say, ctx, entry, d);
	if (r == 0 &&
	    path_format(ret_dir, 4096, "%s/usr/src/linux-headers-%s", entry, k->release) < 0)
		r = diag_set(d, -ENAMETOOLONG, "%s: too long a path", entry);
	return r;
}

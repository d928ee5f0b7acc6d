/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Debian's kernels have names like 6.1.0-50-cloud-amd64, 6.12.95+deb12-rt-amd64, 7.3-amd64:
 * version, ABI, flavour. */
#include "vm/kernel/spec.h"

#include <errno.h>
#include <fnmatch.h>
#include <string.h>

#include "base/paths.h"
#include "vm/kernel/debver.h"

static const char suite_bytes[] = "abcdefghijklmnopqrstuvwxyz0123456789-";
static const char glob_bytes[] =
	"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-.+~_*?[]!";

int debian_spec_parse(const char *text, struct debian_spec *ret, struct diag *d)
{
	const char *slash;
	size_t length;

	memset(ret, 0, sizeof(*ret));
	if (strncmp(text, "debian:", 7) == 0)
		text += 7;
	slash = strchr(text, '/');
	length = slash ? (size_t)(slash - text) : 0;
	if (length >= sizeof(ret->suite) ||
	    (slash && (length == 0 || strspn(text, suite_bytes) < length || text[0] == '-')))
		return diag_set(
			d, -EINVAL,
			"\"debian:%s\": the suite before '/' is a name like bookworm-backports",
			text);
	memcpy(ret->suite, text, length);
	if (slash)
		text = slash + 1;
	ret->newest = strcmp(text, "newest") == 0;
	if (!text[0] || text[strspn(text, glob_bytes)] ||
	    path_format(ret->glob, sizeof(ret->glob), "%s", ret->newest ? "*" : text) < 0)
		return diag_set(d, -EINVAL,
				"\"%s\" is no pattern of kernel releases: write debian:6.1, "
				"debian:trixie-backports/7.*, "
				"debian:newest",
				text);
	return 0;
}

bool debian_spec_matches(const struct debian_spec *spec, const char *release)
{
	char longer[sizeof(spec->glob) + 8];

	if (fnmatch(spec->glob, release, FNM_NOESCAPE) == 0)
		return true;
	return path_format(longer, sizeof(longer), "%s[-.+]*", spec->glob) == 0 &&
	       fnmatch(longer, release, FNM_NOESCAPE) == 0;
}

static int flavour_rank(const char *release)
{
	if (fnmatch("*-cloud-*64", release, FNM_NOESCAPE) == 0)
		return 2;
	return fnmatch("*-rt-*64", release, FNM_NOESCAPE) == 0 ? 0 : 1;
}

int debian_better(const char *release_a, const char *version_a, const char *release_b,
		  const char *version_b)
{
	int r = flavour_rank(release_a) - flavour_rank(release_b);

	if (r == 0)
		r = debver_compare(version_a, version_b);
	return r ? r : debver_compare(release_a, release_b);
}

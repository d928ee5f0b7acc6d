/* SPDX-License-Identifier: GPL-2.0-or-later */
/* "debian:[SUITE/]RELEASE-GLOB": which kernels of Debian are meant, and which of two is better. */
#ifndef HANGAR_KERNEL_SPEC_H
#define HANGAR_KERNEL_SPEC_H

#include <stdbool.h>

#include "base/diag.h"

struct debian_spec {
	char suite[64]; /* "bookworm-backports"; "": any */
	char glob[128]; /* "6.1", "7.*"; "newest" is "*" */
	bool newest;    /* that very word */
};

/* @text: the whole spec, or what follows "debian:". 0; -EINVAL with @d. Pure. */
int debian_spec_parse(const char *text, struct debian_spec *ret, struct diag *d);

/* "6.1" matches 6.1.0-50-cloud-amd64 and 6.1.7+deb13-amd64, not 6.12.1-amd64. Pure. */
bool debian_spec_matches(const struct debian_spec *spec, const char *release);

/* Order of two matches: the flavour for clouds (small, virtio, quick to boot) before the plain one
 * before others, then the newer version. >0: @a is better. Pure. */
int debian_better(const char *release_a, const char *version_a, const char *release_b,
		  const char *version_b);

#endif

/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The archive of files inside a package: cpio in an .rpm, data.tar in an .deb, whatever they are
 * packed with. */
#ifndef HANGAR_LAYERS_H
#define HANGAR_LAYERS_H

#include <stdint.h>

#include "base/diag.h"

struct archive;
struct layers;

/**
 * layers_open - open a package down to its files
 * @max_bytes: of the unpacked archive; reading past it fails
 * Returns 0; -EINVAL (no package), -EBADMSG (damaged), -ENOPKG (no libarchive), -errno, with @d.
 */
int layers_open(const char *path, uint64_t max_bytes, struct layers **ret, struct diag *d);

/* Read it by libarchive's functions; after a failure of theirs layers_failed() says why. */
struct archive *layers_archive(struct layers *l);

/* -E2BIG or -EBADMSG, with @d. */
int layers_failed(struct layers *l, const char *path, struct diag *d);

/* Accepts what layers_open() left NULL. */
void layers_close(struct layers **l);

#endif

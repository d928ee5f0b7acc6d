/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What kernel packages a suite offers: lists/SUITE/index2, a few hundred lines of the archive's
 * 60,000. */
#ifndef HANGAR_KERNEL_CATALOGUE_H
#define HANGAR_KERNEL_CATALOGUE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/diag.h"

struct offered { /* one package */
	char name[128], version[128], suite[64];
	uint64_t bytes;
};

struct archive_index {
	struct offered *packages;
	unsigned int count, room;
};

/* Make the index of a suite from apt's lists. 0 or -errno with @d. */
int archive_index_distil(const char *suite, struct diag *d);

/* Add the packages of @suite. 0; -ENOENT: not fetched yet; -errno. */
int archive_index_load(struct archive_index *c, const char *suite);
void archive_index_clear(struct archive_index *c);

/* Seconds since it was fetched; -ENOENT: never. */
int64_t archive_index_age(const char *suite);

/* The package of that name in @suite, of @version (NULL: the newest there); NULL: none. */
const struct offered *archive_index_get(const struct archive_index *c, const char *suite,
					const char *name, const char *version);

/* One paragraph of a Packages file, line by line: true when @p was completed by the blank line and
 * is of a kernel.
 * @p: all zero at first. Pure. */
bool archive_index_line(struct offered *p, const char *line);

#endif

/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The table of libarchive's functions. */
#define LATE_ARCHIVE_ITSELF
#include "vm/libs/late_archive.h"

#include <stdbool.h>
#include <stddef.h>

#include "base/cleanup.h"
#include "vm/libs/late.h"

struct late_archive late_archive_table;

int late_archive(struct diag *d)
{
	static const struct late_symbol symbols[] = {
#define X(name) { #name, offsetof(struct late_archive, name##_) },
		LATE_ARCHIVE(X)
#undef X
	};
	static bool loaded;
	int err;

	if (loaded)
		return 0;
	err = late_load("libarchive.so.13", "libarchive", symbols, ARRAY_SIZE(symbols),
			&late_archive_table, d);
	loaded = !err;
	return err;
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The table of libkmod's functions. */
#define LATE_KMOD_ITSELF
#include "vm/libs/late_kmod.h"

#include <stdbool.h>
#include <stddef.h>

#include "base/cleanup.h"
#include "vm/libs/late.h"

struct late_kmod late_kmod_table;

int late_kmod(struct diag *d)
{
	static const struct late_symbol symbols[] = {
#define X(name) { #name, offsetof(struct late_kmod, name##_) },
		LATE_KMOD(X)
#undef X
	};
	static bool loaded;
	int err;

	if (loaded)
		return 0;
	err = late_load("libkmod.so.2", "libkmod", symbols, ARRAY_SIZE(symbols), &late_kmod_table,
			d);
	loaded = !err;
	return err;
}

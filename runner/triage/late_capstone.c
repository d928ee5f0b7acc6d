/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The table of libcapstone's functions; its layout of instructions is that of one major version. */
#define LATE_CAPSTONE_ITSELF
#include "triage/late_capstone.h"

#include <stddef.h>

#include "base/cleanup.h"
#include "base/diag.h"
#include "vm/libs/late.h"

#define TEXT_OF(number) #number
#define SONAME(major) "libcapstone.so." TEXT_OF(major)

struct late_capstone late_capstone_table;

bool late_capstone(void)
{
	static const struct late_symbol symbols[] = {
#define X(name) { #name, offsetof(struct late_capstone, name##_) },
		LATE_CAPSTONE(X)
#undef X
	};
	static bool tried, loaded;
	struct diag d = { .line = 0 };

	if (!tried)
		loaded = late_load(SONAME(CS_API_MAJOR), "libcapstone", symbols,
				   ARRAY_SIZE(symbols), &late_capstone_table, &d) == 0;
	tried = true;
	return loaded;
}

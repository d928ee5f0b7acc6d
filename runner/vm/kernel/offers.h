/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Kernels that the suites of the mirror offer whole. */
#ifndef HANGAR_KERNEL_OFFERS_H
#define HANGAR_KERNEL_OFFERS_H

#include <stdbool.h>

#include "vm/kernel/archive_index.h"
#include "vm/kernel/kernel.h"
#include "vm/kernel/spec.h"

struct kernel_offer {
	const struct offered *image;   /* what is to be unpacked: linux-image, or linux-binary */
	const struct offered *modules; /* NULL: in the image's package */
	const struct offered *base; /* configuration and modules.builtin; NULL: in the image's, or
				       not to be had */
	const char *release;
	bool complete; /* false: the suite dropped the modules and kept the signed image, as happens
			  with old ones */
	bool symbols, headers;
};

/* Bring the indices of @suite ("": all that hangar knows) no older than @max_age seconds (0: of
 * now) and load them. A suite that the mirror does not have is passed over unless it was named. 0
 * or -errno with
 * @d. */
int offers_load(const char *suite, int64_t max_age, kernel_say *say, void *ctx,
		struct archive_index *c, struct diag *d);

/* The package at @i as the offer of a kernel; false: it is none. Pure. */
bool offers_at(const struct archive_index *c, unsigned int i, struct kernel_offer *ret);

/* The best complete one that @spec means; false: none. Pure. */
bool offers_best(const struct archive_index *c, const struct debian_spec *spec,
		 struct kernel_offer *ret);

#endif

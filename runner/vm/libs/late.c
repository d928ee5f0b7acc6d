/* SPDX-License-Identifier: GPL-2.0-or-later */
/* dlopen() and dlsym(), with a sentence when something is missing. A library stays loaded to the
 * end. */
#include "vm/libs/late.h"

#include <dlfcn.h>
#include <errno.h>
#include <string.h>

int late_load(const char *soname, const char *package, const struct late_symbol *symbols,
	      unsigned int count, void *table, struct diag *d)
{
	void *library = dlopen(soname, RTLD_NOW | RTLD_LOCAL);

	if (!library)
		return diag_set(d, -ENOPKG, "%s cannot be loaded (%s); install %s", soname,
				dlerror(), package);
	for (unsigned int i = 0; i < count; i++) {
		void *at = dlsym(library, symbols[i].name);

		if (!at) {
			dlclose(library);
			return diag_set(d, -ENOPKG, "%s has no %s: it is too old", soname,
					symbols[i].name);
		}
		memcpy((char *)table + symbols[i].offset, &at, sizeof(at));
	}
	return 0;
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * makedumpfile's level 31 leaves out "user data": pages whose mapping has its lowest bit set. It
 * must first know slab pages, where that word is something else. Since 6.10 these are a page type
 * instead of a flag (VMCOREINFO then has PAGE_SLAB_MAPCOUNT_VALUE): makedumpfile 1.7.2 and 1.7.6
 * take slab pages of a 7.3 kernel for user data, and the dump is whole, of the right size, and
 * without its tasks. At level 23 user pages stay: 44.4 MB instead of 43.5.
 */
#include "vmcore/level.h"

#include <stdio.h>

#define USER_DATA 8u
#define SLAB_KEY "NUMBER(PAGE_SLAB_MAPCOUNT_VALUE)"

unsigned int level_for(const struct vmcore_header *h, unsigned int wanted)
{
	char value[32];

	return vmcore_info(h, SLAB_KEY, value, sizeof(value)) ? wanted & ~USER_DATA : wanted;
}

unsigned int vmcore_level(const char *release, unsigned int wanted)
{
	unsigned int major, minor;

	if (!release || sscanf(release, "%u.%u", &major, &minor) != 2)
		return wanted & ~USER_DATA;
	return major > 6 || (major == 6 && minor >= 10) ? wanted & ~USER_DATA : wanted;
}

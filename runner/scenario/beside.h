/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Folders that come with the program: stressors and scenarios, in a build tree as well as
 * installed. */
#ifndef HANGAR_BESIDE_H
#define HANGAR_BESIDE_H

#include <stddef.h>

/**
 * beside_find - the first of several folders that holds @marker
 * @variable: environment variable that decides alone when it is set
 * @beside: paths relative to the folder of the running binary, ends with NULL
 * @fixed: the place fixed at build time; the answer when none of the others will do
 * @marker: file that tells the folder from a namesake; NULL: the folder itself will do
 * Returns an absolute path for the caller to free, or NULL without memory.
 */
char *beside_find(const char *variable, const char *const *beside, const char *fixed,
		  const char *marker);

#endif

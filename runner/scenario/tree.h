/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Groups as the scenario nests them, looked up by the path that "in" writes: "outer/inner". Pure.
 */
#ifndef HANGAR_GROUP_TREE_H
#define HANGAR_GROUP_TREE_H

#include "scenario/scenario.h"

/* Groups that a scenario may come to with all its counts. The kernel takes some ms to make and
 * remove each. */
#define GROUPS_TOTAL_MAX 10000

/* The group at @path, or NULL; instance suffixes ("victims.3") are not understood here. */
const struct group_spec *group_find(const struct scenario *s, const char *path);
/* Does @path name a group or instances of one ("victims.3", "outer.0/inner")? */
bool group_is_instance(const struct scenario *s, const char *path);
/* The group path that is nearest to @path into @buf, or NULL when none is near. */
const char *group_nearest(const struct scenario *s, const char *path, char *buf, size_t size);
/* Groups of the whole scenario with all counts, at most GROUPS_TOTAL_MAX + 1. */
uint64_t group_total(const struct scenario *s);
/* Is @pattern, or a folder inside it, what @path names? "a/b" holds "a.0/b.7/c"; "a.1" holds only
 * "a.1...". */
bool group_within(const char *pattern, const char *path);

#endif

/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Making groups and moving their values, through libcgroup where it can and by plain files where it
 * cannot. */
#ifndef HANGAR_CGFS_H
#define HANGAR_CGFS_H

#include <stddef.h>

#include "cgroup/hierarchy.h"

/* In all of these @group is the path below the mount, without a leading '/': "hangar/ID/victims.3".
 * 0 or -errno. */

/* The folder and its parents. */
int cgfs_make(const struct hierarchy *h, const char *group);
/* Remove one empty group; -EBUSY when it is not empty. Tasks are never moved. */
int cgfs_remove(const struct hierarchy *h, const char *group);
/* Write @value to @file of @controller; -ENOENT: the kernel has no such knob. */
int cgfs_write(const struct hierarchy *h, enum controller controller, const char *group,
	       const char *file, const char *value);
/* The whole file, NUL-terminated, cut at @size - 1. */
int cgfs_read(const struct hierarchy *h, const char *group, const char *file, char *buf,
	      size_t size);

#endif

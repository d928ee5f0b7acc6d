/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A folder in the cache that knows what it should hold, so that a damaged one is told from a whole
 * one before a guest boots from it: the file ".contents" lists size and date of each file.
 */
#ifndef HANGAR_KERNEL_ENTRY_H
#define HANGAR_KERNEL_ENTRY_H

#include <stdbool.h>

#include "base/diag.h"

#define ENTRY_ABOUT_MAX 512

/**
 * entry_find - the entry of that key, when it is whole
 * @ret_about: its line of description; NULL: not wanted
 * A damaged entry is removed. Returns 0, -ENOENT (none, or it was damaged), -errno.
 */
int entry_find(const char *kind, const char *key, char ret_path[4096],
	       char ret_about[ENTRY_ABOUT_MAX]);

/* Write the list of contents into @made (of cache_begin()) and publish it. 0 or -errno with @d. */
int entry_publish(const char *kind, const char *made, const char *key, const char *about,
		  char ret_path[4096], struct diag *d);

/* Its line of description without looking at the rest. 0, -ENOENT. */
int entry_about(const char *kind, const char *key, char ret_about[ENTRY_ABOUT_MAX]);

/* cache_begin(), with a sentence when it fails. */
int entry_begin(const char *kind, char ret_made[4096], struct diag *d);

#endif

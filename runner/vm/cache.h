/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What is slow to get, kept between runs: $HANGAR_CACHE_HOME, else $XDG_CACHE_HOME/hangar, else
 * ~/.cache/hangar. Entries are keyed by content, appear whole by one rename, and may be deleted or
 * damaged at any time: whoever finds one unusable makes it again. Two runs at once may both make an
 * entry; one of them wins.
 */
#ifndef HANGAR_CACHE_H
#define HANGAR_CACHE_H

#include <stdbool.h>
#include <stddef.h>

/* Absolute path of the folder of one kind ("kernels", "images", "probes"), made when absent. 0 or
 * -errno. */
int cache_folder(const char *kind, char *buf, size_t size);

/* A new empty folder in the same file system, for making an entry: <folder>/.new-XXXXXX. Left-overs
 * of dead makers (by flock) are removed on the way. 0 or -errno. */
int cache_begin(const char *kind, char *buf, size_t size);

/* Rename @made to <folder>/@key; when another was quicker, @made is removed. 0 or -errno. */
int cache_publish(const char *kind, const char *made, const char *key);

/* Remove a tree below the cache (a damaged entry, an abandoned .new-*). */
void cache_remove(const char *path);

/* SHA-256 of a file as 64 hexadecimal digits. 0 or -errno. */
int cache_digest_file(const char *path, char ret[65]);

#endif

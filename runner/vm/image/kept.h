/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Pieces in the cache: a folder with the archive and a list of what it was made from. A piece is
 * used again only when every file on that list is still the same (size, inode, times) and the
 * archive is as long, and has the same checksum, as when it was made: so nothing has to be asked of
 * the dynamic linker, or unpacked, a second time.
 */
#ifndef HANGAR_KEPT_H
#define HANGAR_KEPT_H

#include <stdio.h>

#include "base/diag.h"
#include "vm/image/piece.h"

/* One line that changes when the file does: "size inode mtime ctime path". 0 or -errno. */
int kept_identity(FILE *to, const char *path);

/* Key of a @recipe: all that decides what goes into the piece, as text. */
void kept_key(const char *recipe, size_t size, char ret[65]);

/* 0 with the path of the archive; -ENOENT: make it (a damaged or stale one is removed); -errno. */
int kept_find(const char *key, char ret_path[4096]);

/* Write @p and publish it. 0 or -errno with @d. */
int kept_make(const char *key, struct piece *p, char ret_path[4096], struct diag *d);

#endif

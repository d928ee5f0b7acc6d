/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Writing below one folder and nowhere else, whatever names a package brings: each part of a path
 * is opened by itself and never through a symbolic link.
 */
#ifndef HANGAR_UNPACK_H
#define HANGAR_UNPACK_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

/**
 * unpack_name - the name of an archive's entry as a path below the root
 * "./usr/lib/x/" gives "usr/lib/x"; "./" gives "". Pure.
 * Returns 0; -EINVAL (absolute, with "..", empty, control characters), -ENAMETOOLONG.
 */
int unpack_name(const char *name, char *ret, size_t size);

/**
 * unpack_target - where a symbolic link at @path leads, as a link that stays below the root
 * @path: of the link, from unpack_name()
 * @target: as the package has it; an absolute one counts from the root of the package
 * @ret: relative to the link's folder
 * Pure. Returns 0; -EXDEV (leads out of the root), -EINVAL, -ENAMETOOLONG.
 */
int unpack_target(const char *path, const char *target, char *ret, size_t size);

/* A folder with its parents; there already is fine. 0; -ENOTDIR or -ELOOP (something else is
 * there), -errno. */
int unpack_folder(int root, const char *path);

/* A new file with its parents, open for writing; -EEXIST when @path is taken. A descriptor or
 * -errno. */
int unpack_file(int root, const char *path, mode_t mode);

/* A plain file that is there already, for writing it anew. A descriptor or -errno. */
int unpack_file_again(int root, const char *path);

/* A symbolic link (@target from unpack_target()), or a second name of the plain file @target (from
 * unpack_name()). */
int unpack_symlink(int root, const char *path, const char *target);
int unpack_hardlink(int root, const char *path, const char *target);

#endif

/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A file of the machine brought into a run directory. The original stays unless it is to be moved.
 */
#ifndef HANGAR_PLACE_H
#define HANGAR_PLACE_H

#include <stddef.h>

enum place_how {
	PLACE_LINK, /* a second name on the same file system, else a symbolic link: a vmcore may
		       have gigabytes */
	PLACE_COPY,
	PLACE_MOVE, /* renamed, or copied, synced and only then unlinked */
};

/**
 * place_file - bring @from to @name in @dir_fd
 * @ret_word: how it was done: "linked", "symlinked", "copied", "moved", or "there" when the file is
 * there from an earlier try Returns 0; -EEXIST: another file of that name is there; -errno. A copy
 * appears whole or not at all.
 */
int place_file(const char *from, int dir_fd, const char *name, enum place_how how,
	       const char **ret_word);

#endif

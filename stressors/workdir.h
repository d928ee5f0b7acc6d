/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A folder of the copy's own, in the folder that the user named, which is gone when the copy is. */
#ifndef HANGAR_WORKDIR_H
#define HANGAR_WORKDIR_H

#include "stressor.h"

struct workdir {
	int fd;        /* the folder: open files with openat() from here */
	int parent_fd; /* the user's folder */
	char name[96];
};

#define WORKDIR_NONE                                                                               \
	{                                                                                          \
		.fd = -1, .parent_fd = -1                                                          \
	}

/**
 * workdir_make - make and lock LABEL.PID in @in; before that, remove what an earlier copy with the
 * same label left A folder is left alone as long as somebody holds its lock: a copy that lives, of
 * this run or another. Returns 0 or -errno (-ENOSPC and the like are pressure; -EROFS, -EACCES:
 * cannot run here), with stressor_why().
 */
int workdir_make(struct workdir *w, const char *in, const struct stressor_run *run);

/* Remove the folder and all in it, and close; accepts WORKDIR_NONE and what is half made. */
void workdir_remove(struct workdir *w);

/* Remove @name in @dirfd with all below it, as far as possible. 0 or the first -errno. */
int workdir_remove_tree(int dirfd, const char *name);

#endif

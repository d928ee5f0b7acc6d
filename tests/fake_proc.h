/* SPDX-License-Identifier: GPL-2.0-or-later */
/* For the tests of what watches tasks: a folder that looks like /proc. Include cmocka.h before. */
#ifndef TESTS_FAKE_PROC_H
#define TESTS_FAKE_PROC_H

#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "watch_world.h" /* before root: its functions have parameters of that name */

#define S 1000000ull

static char root[64];

/* @text as the file @name in the folder @dir below the root, which is made. */
static inline void put(const char *dir, const char *name, const char *text)
{
	char path[256];
	FILE *f;

	snprintf(path, sizeof(path), "%s/%s", root, dir);
	mkdir(path, 0755);
	snprintf(path, sizeof(path), "%s/%s/%s", root, dir, name);
	f = fopen(path, "w");
	assert_non_null(f);
	fputs(text, f);
	fclose(f);
}

static inline void put_task(const char *tid, const char *comm, char st, int ppid,
			    unsigned int flags, int switches, const char *wchan, const char *stack)
{
	char dir[64], text[256];

	snprintf(dir, sizeof(dir), "proc/%s", tid);
	snprintf(text, sizeof(text), "%s (%s) %c %d 0 0 0 -1 %u 0 0 0 0 0 0 0 0 20 0 1 0 24 0 0\n",
		 tid, comm, st, ppid, flags);
	put(dir, "stat", text);
	snprintf(text, sizeof(text), "1 2 %d\n", switches);
	put(dir, "schedstat", text);
	put(dir, "wchan", wchan);
	put(dir, "stack", stack);
}

/* The root with an empty proc in it. 0 or -1. */
static inline int root_make(void)
{
	char path[128];

	snprintf(root, sizeof(root), "/tmp/hangar-test-proc-XXXXXX");
	if (!mkdtemp(root))
		return -1;
	snprintf(path, sizeof(path), "%s/proc", root);
	return mkdir(path, 0755);
}

static inline int remove_one(const char *path, const struct stat *st, int flag, struct FTW *ftw)
{
	return remove(path);
}

static inline int remove_root(void **state)
{
	return nftw(root, remove_one, 8, FTW_DEPTH | FTW_PHYS);
}

#endif

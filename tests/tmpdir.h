/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A folder for one test, gone with all that is in it when the test is over. */
#ifndef HANGAR_TESTS_TMPDIR_H
#define HANGAR_TESTS_TMPDIR_H

#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>

static inline int tmpdir_remove_one(const char *path, const struct stat *st, int type,
				    struct FTW *ftw)
{
	return remove(path);
}

/* For cmocka_unit_test_setup_teardown(): *state is the path. */
static inline int tmpdir_make(void **state)
{
	char path[] = "/tmp/hangar-test.XXXXXX";

	if (!mkdtemp(path))
		return -1;
	*state = realpath(path, NULL);
	return *state ? 0 : -1;
}

static inline int tmpdir_remove(void **state)
{
	int r = nftw(*state, tmpdir_remove_one, 16, FTW_DEPTH | FTW_PHYS);

	free(*state);
	return r;
}

#endif

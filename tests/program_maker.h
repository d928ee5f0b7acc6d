/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A program that plays QEMU. Include cmocka.h before. */
#ifndef HANGAR_TESTS_PROGRAM_MAKER_H
#define HANGAR_TESTS_PROGRAM_MAKER_H

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "base/textfile.h"

/* A program named @name that does as @script says, in the folder of the test; HANGAR_QEMU names it.
 */
static inline void make_program(const char *folder, const char *name, const char *script)
{
	char path[4200], text[4096];
	int n = snprintf(text, sizeof(text), "#!/bin/sh\n%s\n", script);

	snprintf(path, sizeof(path), "%s/%s", folder, name);
	assert_int_equal(textfile_replace_at(AT_FDCWD, path, text, (size_t)n), 0);
	assert_int_equal(chmod(path, 0755), 0);
	setenv("HANGAR_QEMU", path, 1);
}

#endif

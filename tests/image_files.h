/* SPDX-License-Identifier: GPL-2.0-or-later */
/* For the tests of runner/vm/image: files in the folder of a test. After cmocka.h. */
#ifndef TESTS_IMAGE_FILES_H
#define TESTS_IMAGE_FILES_H

#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

static char scratch[4200];

/* Its path, until the next call. */
static inline const char *in(void **state, const char *name)
{
	snprintf(scratch, sizeof(scratch), "%s/%s", (const char *)*state, name);
	return scratch;
}

static inline void put(const char *path, const char *data, size_t size, mode_t mode)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, mode);

	assert_true(fd >= 0);
	assert_int_equal(write(fd, data, size), size);
	close(fd);
}

#endif

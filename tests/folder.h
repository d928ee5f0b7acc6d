/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Files below a folder that stands for a machine's root, or for a run directory. After cmocka.h. */
#ifndef TESTS_FOLDER_H
#define TESTS_FOLDER_H

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/paths.h"
#include "base/textfile.h"
#include "journal.h"

/* Write @file below @root, folders and all; who holds it open sees the new text. */
static inline void folder_put(const char *root, const char *file, const char *text)
{
	char path[512], *slash;
	int fd;

	snprintf(path, sizeof(path), "%s/%s", root, file);
	slash = strrchr(path, '/');
	*slash = '\0';
	path_make(path);
	*slash = '/';
	fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	assert_true(fd >= 0);
	assert_int_equal(write(fd, text, strlen(text)), (ssize_t)strlen(text));
	close(fd);
}

/* What it holds, until the next call; "": it is not there. */
static inline char *folder_get(const char *root, const char *file)
{
	static char text[65536];
	char path[512];

	snprintf(path, sizeof(path), "%s/%s", root, file);
	if (textfile_read_at(AT_FDCWD, path, text, sizeof(text)) < 0)
		text[0] = '\0';
	return text;
}

static inline struct journal *folder_journal(const char *root)
{
	int fd = open(root, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	struct journal *j;

	assert_int_equal(journal_open(fd, now_us(), &j), 0);
	close(fd);
	return j;
}

#endif

/* SPDX-License-Identifier: GPL-2.0-or-later */
/* For the tests of runner/setup: a run directory, and what was said. */
#ifndef TESTS_UNDO_WORLD_H
#define TESTS_UNDO_WORLD_H

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/textfile.h"
#include "setup/undo.h"

static char told[8192];
static struct rundir dir;
static char scratch[4200];

static inline void say(const char *line)
{
	strncat(told, line, sizeof(told) - strlen(told) - 2);
	strcat(told, "\n");
}

static inline int make_rundir(void **state)
{
	char path[] = "/tmp/hangar-test-XXXXXX";

	told[0] = '\0';
	assert_non_null(mkdtemp(path));
	snprintf(dir.path, sizeof(dir.path), "%s", path);
	snprintf(dir.id, sizeof(dir.id), "id");
	dir.fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	return dir.fd < 0;
}

static inline int drop_rundir(void **state)
{
	char command[4200];

	close(dir.fd);
	snprintf(command, sizeof(command), "rm -rf '%s'", dir.path);
	return system(command);
}

static inline const char *in_dir(const char *name)
{
	snprintf(scratch, sizeof(scratch), "%s/%s", dir.path, name);
	return scratch;
}

static inline void put(const char *name, const char *text)
{
	assert_int_equal(textfile_replace_at(dir.fd, name, text, strlen(text)), 0);
}

/* A plain file may keep its old tail when a shorter value is written: only the beginning counts. */
static inline void starts(const char *name, const char *text)
{
	char buf[256];

	assert_true(textfile_read_at(dir.fd, name, buf, sizeof(buf)) >= 0);
	assert_memory_equal(buf, text, strlen(text));
}

static inline struct undo *opened(void)
{
	struct undo *u = NULL;

	assert_int_equal(undo_open(&dir, &u), 0);
	return u;
}

#endif

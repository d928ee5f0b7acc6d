/* SPDX-License-Identifier: GPL-2.0-or-later */
/* For the tests of runner/respond. */
#ifndef TESTS_RESPOND_WORLD_H
#define TESTS_RESPOND_WORLD_H

#include <fcntl.h>
#include <poll.h>
#include <unistd.h>

#include "rundir.h"
#include "watch_world.h"

static const struct respond_options no_host = { .wire_fd = -1 };
static struct world w;
static struct rundir dir;

static inline int make_dir(void **state)
{
	snprintf(dir.path, sizeof(dir.path), "/tmp/hangar-test-respond-XXXXXX");
	if (!mkdtemp(dir.path))
		return -1;
	dir.fd = open(dir.path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	world_init(&w, "");
	w.ctx.rundir = &dir;
	return 0;
}

static inline int remove_dir(void **state)
{
	static const char *const files[] = { "evidence/stacks.txt", "evidence/vmstat.txt",
					     "evidence/hangs.txt", "evidence/quick.txt",
					     "journal.jsonl" };

	for (size_t i = 0; i < 5; i++)
		unlinkat(dir.fd, files[i], 0);
	unlinkat(dir.fd, "evidence", AT_REMOVEDIR);
	close(dir.fd);
	world_clear(&w);
	return rmdir(dir.path);
}

static inline size_t read_file(const char *name, char *buf, size_t size)
{
	int fd = openat(dir.fd, name, O_RDONLY | O_CLOEXEC);
	ssize_t n = fd < 0 ? -1 : read(fd, buf, size - 1);

	if (fd >= 0)
		close(fd);
	buf[n > 0 ? n : 0] = 0;
	return n > 0 ? (size_t)n : 0;
}

#endif

/* SPDX-License-Identifier: GPL-2.0-or-later */
/* For the tests of what comes from a guest. */
#ifndef TESTS_RECEIVE_WORLD_H
#define TESTS_RECEIVE_WORLD_H

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include "base/cleanup.h"
#include "tmpdir.h"
#include "vm/host/receive.h"

static struct receiver r;
static char dir[256], elsewhere[300];
static uint32_t sequence[RECEIVE_PORTS];
static char told[4096];

static inline void on_line(void *ctx, const char *text, size_t size)
{
	snprintf(told + strlen(told), sizeof(told) - strlen(told), "%.*s|", (int)size, text);
}

static inline int begin(void **state)
{
	if (tmpdir_make(state))
		return -1;
	snprintf(elsewhere, sizeof(elsewhere), "%s/elsewhere", (char *)*state);
	snprintf(dir, sizeof(dir), "%s/run", (char *)*state);
	if (mkdir(dir, 0755) || mkdir(elsewhere, 0755))
		return -1;
	memset(&r, 0, sizeof(r));
	memset(sequence, 0, sizeof(sequence));
	told[0] = '\0';
	r.line = on_line;
	return receiver_open(&r, open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC));
}

static inline int end(void **state)
{
	close(r.dir_fd);
	receiver_close(&r);
	return tmpdir_remove(state);
}

static inline void give(enum receive_port port, enum wire_type type, const void *payload,
			size_t size)
{
	unsigned char header[WIRE_HEADER_BYTES];

	wire_header(type, ++sequence[port], payload, (uint32_t)size, header);
	receiver_take(&r, port, header, sizeof(header), 1000);
	receiver_take(&r, port, payload, size, 1000);
}

static inline void give_text(enum receive_port port, enum wire_type type, const char *text)
{
	give(port, type, text, strlen(text));
}

static inline void give_file(const char *path, uint64_t offset, const char *text)
{
	char buf[4096];
	size_t at = strlen(path) + 1, size = strlen(text);

	memcpy(buf, path, at);
	for (int i = 0; i < 8; i++)
		buf[at++] = (char)(offset >> (8 * i));
	memcpy(buf + at, text, size);
	give(RECEIVE_FILES, WIRE_FILE, buf, at + size);
}

static inline const char *content(const char *name)
{
	static char text[4096];
	char path[600];
	_cleanup_close_ int fd = -1;
	ssize_t n;

	snprintf(path, sizeof(path), "%s/%s", dir, name);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	n = fd < 0 ? -1 : read(fd, text, sizeof(text) - 1);
	if (n < 0)
		return "(nothing)";
	text[n] = '\0';
	return text;
}

#endif

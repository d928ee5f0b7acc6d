/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The form is that of `head` and `tail` over several files, so that people and scripts know it. */
#include "respond/held.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/cleanup.h"
#include "base/textfile.h"

#define FILE_BYTES_MAX (16u << 20) /* no file of /proc is longer; a bound all the same */

struct held *held_new(unsigned int room)
{
	struct held *h = calloc(1, sizeof(*h) + room * sizeof(h->files[0]));

	if (h)
		h->room = room;
	return h;
}

struct held *held_free(struct held *h)
{
	for (unsigned int i = 0; h && i < h->count; i++)
		close_fd(h->files[i].fd);
	free(h);
	return NULL;
}

void held_add(struct held *h, const char *path, const char *title)
{
	int fd = h->count < h->room ? open(path, O_RDONLY | O_CLOEXEC) : -1;

	if (fd < 0)
		return;
	h->files[h->count].fd = fd;
	snprintf(h->files[h->count++].title, sizeof(h->files[0].title), "%s", title);
}

int held_write(int fd, const char *data, size_t size)
{
	return textfile_write_fd(fd, data, size);
}

int held_print(int fd, const char *fmt, ...)
{
	char text[512];
	va_list ap;
	int n;

	va_start(ap, fmt);
	n = vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	return n < 0 ? -EINVAL
		     : held_write(fd, text,
				  (size_t)n < sizeof(text) ? (size_t)n : sizeof(text) - 1);
}

static int copy_one(int from, int to)
{
	char buf[8192];
	off_t at = 0;
	ssize_t n;
	int err = 0;

	while (!err && at < (off_t)FILE_BYTES_MAX && (n = pread(from, buf, sizeof(buf), at)) > 0) {
		err = held_write(to, buf, (size_t)n);
		at += n;
	}
	return err;
}

int held_copy(const struct held *h, int out_fd)
{
	int err = 0;

	for (unsigned int i = 0; i < h->count && !err; i++) {
		err = held_print(out_fd, "%s==> %s <==\n", i ? "\n" : "", h->files[i].title);
		if (!err)
			err = copy_one(h->files[i].fd, out_fd);
	}
	return err;
}

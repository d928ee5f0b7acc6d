/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What is made anew for each guest, and pieces laid behind one another. */
#include "vm/image/image.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/sendfile.h>
#include <sys/stat.h>

#include "base/cleanup.h"
#include "vm/image/piece.h"

#define PIECE_ALIGN 512

static int add_file(struct piece *p, const struct image_file *f, struct diag *d)
{
	char *copy;

	if (f->path[0] != '/' || !f->path[1])
		return diag_set(d, -EINVAL, "\"%s\" is no absolute path in the guest", f->path);
	if (piece_has(p, f->path))
		return diag_set(d, -EEXIST, "two files for %s in the guest", f->path);
	if (f->source)
		return piece_add_source(p, f->path, f->source, f->mode);
	copy = strdup(f->text);
	return copy ? piece_add_data(p, f->path, NULL, copy, strlen(copy), f->mode) : -ENOMEM;
}

/* A scenario may run the same fio job inside a group and outside. */
static bool is_named_again(const struct image_file *files, unsigned int i)
{
	for (unsigned int k = 0; k < i; k++)
		if (files[i].source && files[k].source && !strcmp(files[i].path, files[k].path) &&
		    !strcmp(files[i].source, files[k].source))
			return true;
	return false;
}

int image_files(const struct image_file *files, unsigned int count, int fd, struct diag *d)
{
	_cleanup_(piece_clear) struct piece p = { 0 };

	for (unsigned int i = 0; i < count; i++) {
		int err = is_named_again(files, i) ? 0 : add_file(&p, &files[i], d);

		if (err)
			return err;
	}
	return piece_write(&p, fd, d);
}

static int copy_all(int to, int from)
{
	for (;;) {
		ssize_t n = sendfile(to, from, NULL, 1u << 30);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return n < 0 ? -errno : 0;
	}
}

int image_append(int fd, const char *path)
{
	static const char zeros[PIECE_ALIGN];
	_cleanup_close_ int from = open(path, O_RDONLY | O_CLOEXEC);
	off_t end = lseek(fd, 0, SEEK_END);
	size_t pad;
	int err;

	if (from < 0 || end < 0)
		return -errno;
	err = copy_all(fd, from);
	if (err)
		return err;
	end = lseek(fd, 0, SEEK_CUR);
	pad = (size_t)(-end & (PIECE_ALIGN - 1));
	if (pad && write(fd, zeros, pad) != (ssize_t)pad)
		return -errno;
	return 0;
}

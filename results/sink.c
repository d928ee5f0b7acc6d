/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Every face is made in memory first and then put in place by a rename, so that a reader of the run
 * directory never meets half of one, and a full disk leaves the one that was there.
 */
#include "sink.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/textfile.h"

const struct sink_ops *const sinks[] = { &sink_json, &sink_junit, &sink_ktap, &sink_text, NULL };

int sink_make(const struct sink_ops *sink, const struct record *r, char **ret_text,
	      size_t *ret_size)
{
	_cleanup_free_ char *text = NULL;
	size_t size = 0;
	FILE *to = open_memstream(&text, &size);
	int err;

	if (!to)
		return -errno;
	err = sink->write(r, to);
	if (fclose(to) != 0 && !err)
		err = -ENOMEM;
	if (err < 0)
		return err;
	*ret_text = take_ptr(text);
	*ret_size = size;
	return 0;
}

static int write_one(const struct sink_ops *sink, const struct record *r, int dirfd)
{
	_cleanup_free_ char *text = NULL;
	size_t size;
	int err = sink_make(sink, r, &text, &size);

	return err < 0 ? err : textfile_replace_at(dirfd, sink->file, text, size);
}

int sink_write_all(const char *path, const struct record *r, struct diag *d)
{
	_cleanup_close_ int dirfd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	int first = 0;

	if (dirfd < 0) {
		int err = -errno;

		return diag_set(d, err, "%s: %s", path, strerror(-err));
	}
	for (size_t i = 0; sinks[i]; i++) {
		int err = write_one(sinks[i], r, dirfd);

		if (err < 0 && !first)
			first = diag_set(d, err, "%s/%s cannot be written: %s", path,
					 sinks[i]->file, strerror(-err));
	}
	return first;
}

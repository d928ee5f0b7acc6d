/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A stressor's output is a file of the run directory, and its reason stands at the end of it. */
#include "launch/last_words.h"

#include <fcntl.h>
#include <unistd.h>

#include "base/cleanup.h"

void last_words(int dir_fd, const char *out, char *buf, size_t size)
{
	_cleanup_close_ int fd =
		dir_fd >= 0 ? openat(dir_fd, out, O_RDONLY | O_CLOEXEC | O_NONBLOCK) : -1;
	off_t end = fd < 0 ? -1 : lseek(fd, 0, SEEK_END);
	ssize_t n = end < 0 ? -1
			    : pread(fd, buf, size - 1,
				    end > (off_t)size - 1 ? end - (off_t)size + 1 : 0);

	buf[n > 0 ? n : 0] = 0;
	while (n > 0 && buf[n - 1] == '\n')
		buf[--n] = 0;
	for (char *p = buf; *p; p++)
		if (*p == '\n')
			*p = ';';
}

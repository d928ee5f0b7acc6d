/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Opened before anything else is done: a virtio-serial port has one opener at a time, and a run
 * that cannot be followed from outside is better not begun.
 */
#include "run/wire_port.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <termios.h>

#include "base/cleanup.h"

static int open_socket(const char *path)
{
	_cleanup_close_ int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	struct sockaddr_un to = { .sun_family = AF_UNIX };

	if (fd < 0)
		return -errno;
	if (snprintf(to.sun_path, sizeof(to.sun_path), "%s", path) >= (int)sizeof(to.sun_path))
		return -ENAMETOOLONG;
	if (connect(fd, (const struct sockaddr *)&to, sizeof(to)) < 0)
		return -errno;
	if (fcntl(fd, F_SETFL, O_NONBLOCK) < 0)
		return -errno;
	return take_fd(&fd);
}

static int open_device(const char *path)
{
	_cleanup_close_ int fd = open(path, O_RDWR | O_NOCTTY | O_NONBLOCK | O_CLOEXEC);
	struct termios t;

	if (fd < 0)
		return -errno;
	if (!tcgetattr(fd, &t)) {
		cfmakeraw(&t);
		if (tcsetattr(fd, TCSANOW, &t) < 0)
			return -errno;
	}
	return take_fd(&fd);
}

/* From a file or a fifo the run would read its own frames as answers. */
int wire_port_open(const char *path, int *ret_fd, struct diag *d)
{
	struct stat st;
	int fd;

	if (stat(path, &st) < 0)
		fd = -errno;
	else if (S_ISSOCK(st.st_mode))
		fd = open_socket(path);
	else if (S_ISCHR(st.st_mode))
		fd = open_device(path);
	else
		return diag_set(d, -EINVAL, "--wire %s: is no character device and no socket",
				path);
	if (fd < 0)
		return diag_set(d, fd, "--wire %s: %s%s", path, strerror(-fd),
				fd == -EBUSY ? "; another program has the port open" : "");
	*ret_fd = fd;
	return 0;
}

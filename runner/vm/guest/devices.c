/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Ports by the name and disks by the serial number that the host gave them. Ports come up some
 * milliseconds after their driver: the device tells their names over a queue of its own.
 */
#include "vm/guest/parts.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/utsname.h>
#include <time.h>

#include "base/cleanup.h"
#include "base/clock.h"
#include "base/paths.h"
#include "base/textfile.h"

/* Seen: 3 ms under emulation; a guest among many may take longer. */
#define PORT_WAIT_US 10000000u
#define LOOK_EVERY_NS 2000000

/* The entry of @folder whose file @attribute says @value. */
static bool find_by(const char *folder, const char *attribute, const char *value, char *buf,
		    size_t size)
{
	_cleanup_closedir_ DIR *dir = opendir(folder);
	const struct dirent *e;

	while (dir && (e = readdir(dir))) {
		char path[512], text[128];

		if (e->d_name[0] == '.' ||
		    path_format(path, sizeof(path), "%s/%s/%s", folder, e->d_name, attribute) ||
		    textfile_read_at(-1, path, text, sizeof(text)) < 0)
			continue;
		text[strcspn(text, "\n")] = '\0';
		if (strcmp(text, value) == 0)
			return !path_format(buf, size, "/dev/%s", e->d_name);
	}
	return false;
}

bool port_find(const char *name, char *buf, size_t size)
{
	char device[300];

	if (!find_by("/sys/class/virtio-ports", "name", name, device, sizeof(device)))
		return false;
	mkdir("/dev/virtio-ports", 0755);
	return !path_format(buf, size, "/dev/virtio-ports/%s", name) &&
	       (symlink(device, buf) == 0 || errno == EEXIST);
}

int port_open(const char *name, struct diag *d)
{
	const struct timespec pause = { 0, LOOK_EVERY_NS };
	uint64_t until = now_us() + PORT_WAIT_US;
	char path[512];
	int fd;

	while (!port_find(name, path, sizeof(path))) {
		if (now_us() >= until)
			return diag_set(d, -ENODEV,
					"no virtio-serial port \"%s\": is virtio_console loaded?",
					name);
		nanosleep(&pause, NULL);
	}
	/* A blocking write may sleep for ever, for the listener polls the same port: see
	 * wire_send(). */
	fd = open(path, O_RDWR | O_NONBLOCK | O_CLOEXEC);
	return fd < 0 ? diag_set(d, -errno, "port %s cannot be opened: %s", name, strerror(errno))
		      : fd;
}

bool disk_find(const char *serial, char *buf, size_t size)
{
	return find_by("/sys/block", "serial", serial, buf, size);
}

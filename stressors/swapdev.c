/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Swap space outlives the program that switched it on. So a small process waits at the other end of
 * a pipe until we are gone, however that came, and then switches it off: it does the tidying up
 * even when all is well, so that this way is the one that is tried.
 */
#include "swapdev.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/swap.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/paths.h"
#include "base/textfile.h"
#include "stressor.h"
#include "touch.h"

#define ZRAM_MAX 32
/* From include/linux/swap.h: boot block, version, last page; the magic at the end of the page. */
#define HEADER_AT 1024u
#define MAGIC "SWAPSPACE2"

void swapdev_header(char *page, size_t page_bytes, uint64_t pages)
{
	const uint32_t head[3] = { 1, (uint32_t)(pages - 1), 0 };

	memset(page, 0, page_bytes);
	memcpy(page + HEADER_AT, head, sizeof(head));
	memcpy(page + page_bytes - strlen(MAGIC), MAGIC, strlen(MAGIC));
}

static int write_header(int fd, uint64_t bytes)
{
	size_t page = touch_page_bytes();
	_cleanup_free_ char *buf = malloc(page);

	if (!buf)
		return -ENOMEM;
	swapdev_header(buf, page, bytes / page);
	if (pwrite(fd, buf, page, 0) != (ssize_t)page)
		return errno ? -errno : -ENOSPC;
	return fsync(fd) < 0 ? -errno : 0;
}

/* Each read() of hot_add makes a device and gives its number: so one it is. */
static int add_zram(const char *root)
{
	_cleanup_close_ int fd = -1;
	char path[256], text[32] = "";

	snprintf(path, sizeof(path), "%s/sys/class/zram-control/hot_add", root);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0 || read(fd, text, sizeof(text) - 1) < 0)
		return -errno;
	return atoi(text);
}

static int write_zram(const char *root, int number, const char *knob, const char *text)
{
	char path[256];

	snprintf(path, sizeof(path), "%s/sys/block/zram%d/%s", root, number, knob);
	return textfile_write_at(AT_FDCWD, path, text);
}

/* The first device that has no size yet. */
static int find_zram(const char *root)
{
	char path[256], text[32];

	for (int i = 0; i < ZRAM_MAX; i++) {
		snprintf(path, sizeof(path), "%s/sys/block/zram%d/disksize", root, i);
		if (textfile_read_at(AT_FDCWD, path, text, sizeof(text)) > 0 && atoll(text) == 0)
			return i;
	}
	return -ENOENT;
}

int swapdev_zram(struct swapdev *s, const char *root, uint64_t bytes)
{
	_cleanup_close_ int fd = -1;
	char size[32];
	int err;

	s->zram = add_zram(root);
	s->made = s->zram >= 0;
	if (s->zram < 0)
		s->zram = find_zram(root);
	if (s->zram == -ENOENT) {
		stressor_why("there is no zram to swap to: modprobe zram, or swap to a file");
		s->zram = -1;
		return -EOPNOTSUPP;
	}
	snprintf(size, sizeof(size), "%llu", (unsigned long long)bytes);
	err = write_zram(root, s->zram, "disksize", size);
	if (err == -EINVAL) {
		stressor_why("zram%d takes no size: modprobe lzo-rle, with which it compresses",
			     s->zram);
		err = -EOPNOTSUPP;
	}
	if (err)
		return err;
	err = path_format(s->path, sizeof(s->path), "%s/dev/zram%d", root, s->zram);
	if (err)
		return err;
	fd = open(s->path, O_RDWR | O_CLOEXEC);
	return fd < 0 ? -errno : write_header(fd, bytes);
}

static int fill(int fd, uint64_t bytes)
{
	static const char zeros[1 << 16];

	for (uint64_t at = 0; at < bytes; at += sizeof(zeros)) {
		size_t n = bytes - at < sizeof(zeros) ? bytes - at : sizeof(zeros);

		if (write(fd, zeros, n) < 0)
			return -errno;
	}
	return 0;
}

int swapdev_file(struct swapdev *s, const char *path, uint64_t bytes)
{
	_cleanup_close_ int fd = -1;
	int err = path_format(s->path, sizeof(s->path), "%s", path);

	if (err)
		return err;
	fd = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	if (fd < 0) {
		err = -errno;
		s->path[0] = '\0'; /* not ours to remove */
		return err;
	}
	err = fill(fd, bytes / touch_page_bytes() * touch_page_bytes());
	return err ? err : write_header(fd, bytes);
}

static void give_back(const struct swapdev *s)
{
	char text[16];

	if (s->zram < 0) {
		unlink(s->path);
		return;
	}
	write_zram("", s->zram, "reset", "1");
	snprintf(text, sizeof(text), "%d", s->zram);
	if (s->made)
		textfile_write_at(AT_FDCWD, "/sys/class/zram-control/hot_remove", text);
}

static void keep(const struct swapdev *s, int fd)
{
	char byte;

	signal(SIGTERM, SIG_IGN);
	signal(SIGINT, SIG_IGN);
	setsid();
	while (read(fd, &byte, 1) < 0 && errno == EINTR)
		;
	swapoff(s->path);
	give_back(s);
	_exit(0);
}

static int start_keeper(struct swapdev *s)
{
	int ends[2];

	if (pipe2(ends, O_CLOEXEC) < 0)
		return -errno;
	s->keeper = fork();
	if (s->keeper == 0) {
		close(ends[1]);
		keep(s, ends[0]);
	}
	close_fd(ends[0]);
	s->keeper_fd = ends[1];
	if (s->keeper > 0)
		return 0;
	s->keeper = 0;
	return -errno;
}

int swapdev_on(struct swapdev *s)
{
	int err = s->keeper ? 0 : start_keeper(s);

	if (err)
		return err;
	if (swapon(s->path, 0) < 0)
		return -errno;
	s->on = true;
	return 0;
}

int swapdev_off(struct swapdev *s)
{
	if (swapoff(s->path) < 0)
		return -errno;
	s->on = false;
	return 0;
}

void swapdev_clear(struct swapdev *s)
{
	s->keeper_fd = close_fd(s->keeper_fd);
	if (s->keeper > 0)
		while (waitpid(s->keeper, NULL, 0) < 0 && errno == EINTR)
			;
	else if (s->path[0])
		give_back(s);
	*s = (struct swapdev)SWAPDEV_NONE;
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * See unmount.h. The child does nothing but system calls, so it may be forked from a process with
 * threads. A child that hangs cannot be killed (umount sleeps uninterruptibly in the file system);
 * it is left to init and told of.
 */
#include "unmount.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/fs.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>

#include "base/cleanup.h"
#include "base/clock.h"

/* EBUSY mostly is a killed process that still closes its files: milliseconds. */
#define TRY_AGAIN_NS 20000000
/* MNT_DETACH itself touches only the mount tree. */
#define DETACH_WITHIN_US 2000000u
#define STILL_RUNS 1 /* beside 0 and -errno of wait_for() */

/* The kernel writes blank, tab, newline and backslash as octal in mountinfo. */
static void unescape(char *text)
{
	char *to = text;

	for (; *text; text++, to++) {
		unsigned int c;

		if (*text == '\\' && sscanf(text, "\\%3o", &c) == 1) {
			*to = (char)c;
			text += 3;
		} else {
			*to = *text;
		}
	}
	*to = '\0';
}

bool is_mounted(const char *path)
{
	_cleanup_fclose_ FILE *f = fopen("/proc/self/mountinfo", "re");
	_cleanup_free_ char *line = NULL;
	size_t size = 0;

	while (f && getline(&line, &size, f) > 0) {
		char *save, *field = strtok_r(line, " ", &save);

		for (int i = 0; field && i < 4; i++)
			field = strtok_r(NULL, " ", &save);
		if (!field)
			continue;
		unescape(field);
		if (!strcmp(field, path))
			return true;
	}
	return false;
}

static void pause_a_little(void)
{
	const struct timespec pause = { 0, TRY_AGAIN_NS };

	nanosleep(&pause, NULL);
}

/*
 * In the child. One that hangs for ever must not hold what the runner had open: the lock of the run
 * directory would say that the runner lives.
 */
static void close_inherited(void)
{
	long max = sysconf(_SC_OPEN_MAX);

#ifdef SYS_close_range
	if (!syscall(SYS_close_range, 3u, ~0u, 0u))
		return;
#endif
	for (int fd = 3; fd < (max > 0 && max < 65536 ? (int)max : 65536); fd++)
		close(fd);
}

static void thaw(const char *path)
{
	_cleanup_close_ int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	if (fd >= 0)
		ioctl(fd, FITHAW, 0);
}

/* In the child. Exits with 0 or errno. */
static void unmount_patiently(const char *path, uint64_t until)
{
	close_inherited();
	thaw(path);
	while (umount2(path, UMOUNT_NOFOLLOW) < 0) {
		if (errno != EBUSY || now_us() >= until)
			_exit(errno);
		pause_a_little();
	}
	_exit(0);
}

/* 0, -errno that the child ended with, or STILL_RUNS (then it was killed, for what that is worth).
 */
static int wait_for(pid_t pid, uint64_t until)
{
	int status;

	for (;;) {
		pid_t got = waitpid(pid, &status, WNOHANG);

		if (got < 0 && errno != EINTR)
			return -errno;
		if (got == pid)
			return WIFEXITED(status) ? -WEXITSTATUS(status) : -EINTR;
		if (now_us() >= until)
			break;
		pause_a_little();
	}
	kill(pid, SIGKILL);
	return STILL_RUNS;
}

static int unmount_once(const char *path, uint64_t timeout_us)
{
	const uint64_t until = now_us() + timeout_us;
	pid_t pid = fork();

	if (pid < 0)
		return -errno;
	if (!pid)
		unmount_patiently(path, until);
	/* A little longer than the child's own patience: its EBUSY is news, its silence is a hang.
	 */
	return wait_for(pid, until + timeout_us / 4);
}

static int detach(const char *path)
{
	pid_t pid = fork();

	if (pid < 0)
		return -errno;
	if (!pid) {
		close_inherited();
		_exit(umount2(path, MNT_DETACH | UMOUNT_NOFOLLOW) < 0 ? errno : 0);
	}
	return wait_for(pid, now_us() + DETACH_WITHIN_US);
}

int unmount_within(const char *path, uint64_t timeout_us)
{
	int err = unmount_once(path, timeout_us);
	bool stuck = err == STILL_RUNS;

	if (err == -EINVAL || err == -ENOENT)
		err = 0; /* no mount point any more */
	if (err < 0 && err != -EBUSY)
		return err;
	if (err && is_mounted(path)) {
		err = detach(path);
		stuck |= err == STILL_RUNS;
		if (err < 0 && err != -EINVAL)
			return err;
		return is_mounted(path) ? -EBUSY : stuck ? UNMOUNT_STUCK : UNMOUNT_LAZY;
	}
	return stuck ? UNMOUNT_STUCK : UNMOUNT_DONE;
}

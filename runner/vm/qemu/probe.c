/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Which QEMU there is, before anything is asked of it: a program of another machine, or of years
 * ago, would refuse an option with words that help nobody. Where the one in PATH is of those that
 * run stale code, one that was fetched into the cache goes before it.
 */
#include "vm/qemu/machine.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/clock.h"
#include "base/paths.h"
#include "vm/cache.h"
#include "vm/qemu/defects.h"
#include "vm/qemu/spawn.h"

#define USUAL_NAME "qemu-system-x86_64"
#define REMEDY "install qemu-system-x86, or name another with HANGAR_QEMU=FILE"
#define ANSWER_IN_US 10000000u

/* -action, which keeps a panicking guest running, came with 6.0. */
static const unsigned int oldest[2] = { 6, 0 };

static int find_in_path(const char *name, char ret[4096])
{
	const char *path = getenv("PATH");

	for (const char *p = path && *path ? path : "/usr/bin:/bin"; *p;) {
		int n = (int)strcspn(p, ":");

		if (n && !path_format(ret, 4096, "%.*s/%s", n, p, name) && !access(ret, X_OK))
			return 0;
		p += n;
		p += *p == ':';
	}
	return -ENOENT;
}

/* The program's output up to its end, at most @size - 1 bytes. 0, -ETIMEDOUT or -errno. */
static int read_to_end(int fd, char *buf, size_t size, uint64_t until_us)
{
	struct pollfd p = { .fd = fd, .events = POLLIN };
	char spill[256];
	size_t have = 0;

	for (;;) {
		uint64_t now = now_us();
		bool full = have + 1 >= size;
		ssize_t n;

		if (now >= until_us || poll(&p, 1, (int)((until_us - now) / 1000 + 1)) == 0)
			return -ETIMEDOUT;
		n = read(fd, full ? spill : buf + have, full ? sizeof(spill) : size - 1 - have);
		if (n < 0 && errno != EINTR)
			return -errno;
		if (!n)
			break;
		if (n > 0 && !full)
			have += (size_t)n;
	}
	buf[have] = '\0';
	return 0;
}

/* What `PROGRAM ARGUMENT...` prints. 0, -ETIMEDOUT, -ECHILD (it failed) or -errno. */
static int ask(const char *const argv[], char *buf, size_t size)
{
	_cleanup_close_ int from = -1, to = -1;
	int ends[2], status, r;
	pid_t pid;

	if (pipe2(ends, O_CLOEXEC))
		return -errno;
	from = ends[0];
	to = ends[1];
	r = spawn_tied(argv, (int[]){ -1, to, -1 }, 3, &pid);
	to = close_fd(to);
	if (r)
		return r;
	r = read_to_end(from, buf, size, now_us() + ANSWER_IN_US);
	if (r)
		kill(pid, SIGKILL);
	while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
		;
	return r ? r : status ? -ECHILD : 0;
}

static int parse_version(const char *path, const char *text, unsigned int ret[2], struct diag *d)
{
	const char *at = strstr(text, "QEMU emulator version ");

	if (!at || sscanf(at, "QEMU emulator version %u.%u", &ret[0], &ret[1]) != 2)
		return diag_set(d, -ENOTSUP, "%s --version does not speak like QEMU; " REMEDY,
				path);
	if (ret[0] < oldest[0] || (ret[0] == oldest[0] && ret[1] < oldest[1]))
		return diag_set(d, -ENOTSUP, "%s is QEMU %u.%u; at least %u.%u is needed: " REMEDY,
				path, ret[0], ret[1], oldest[0], oldest[1]);
	return 0;
}

/* A QEMU of another architecture has no "pc", or "pc" is not what it lists first in a line. */
static int check_machine(const char *path, struct diag *d)
{
	const char *const argv[] = { path, "-machine", "help", NULL };
	char text[16384];
	int r = ask(argv, text, sizeof(text));

	if (r || !strstr(text, "\npc "))
		return diag_set(d, -ENOTSUP, "%s does not emulate an x86 PC; " REMEDY, path);
	return 0;
}

/* The program at @path: its version, and whether it is of use. As machine_probe(). */
static int probe_program(const char *path, unsigned int ret_version[2], struct diag *d)
{
	const char *const argv[] = { path, "--version", NULL };
	const char *name = strrchr(path, '/');
	char text[1024];
	int r = ask(argv, text, sizeof(text));

	if (r == -ENOENT || r == -EACCES || r == -ENOEXEC || r == -ENOTDIR)
		return diag_set(d, -ENOENT, "%s: %s; " REMEDY, path, strerror(-r));
	if (r == -ECHILD || r == -ETIMEDOUT)
		return diag_set(d, -ENOTSUP, "%s --version %s; " REMEDY, path,
				r == -ECHILD ? "fails" : "did not end within 10 s");
	if (r)
		return diag_set(d, r, "%s: %s", path, strerror(-r));
	r = parse_version(path, text, ret_version, d);
	if (!r && strcmp(name ? name + 1 : path, USUAL_NAME))
		r = check_machine(path, d);
	return r;
}

static int probe_named(const char *name, char ret_path[4096], unsigned int ret_version[2],
		       struct diag *d)
{
	int r = strchr(name, '/') ? path_format(ret_path, 4096, "%s", name)
				  : find_in_path(name, ret_path);

	if (r)
		return diag_set(d, -ENOENT, "%s: there is no such program in PATH; " REMEDY, name);
	return probe_program(ret_path, ret_version, d);
}

/* The one that tests/lib/qemu.sh keeps where the distribution's own is too old. */
static int probe_kept(char ret_path[4096], unsigned int ret_version[2])
{
	char folder[4000];
	int r = cache_folder("qemu", folder, sizeof(folder));

	if (!r)
		r = path_format(ret_path, 4096, "%s/" USUAL_NAME, folder);
	return r ? r : probe_program(ret_path, ret_version, NULL);
}

int machine_probe(char ret_path[4096], unsigned int ret_version[2], struct diag *d)
{
	const char *chosen = getenv("HANGAR_QEMU");
	unsigned int version[2];
	char path[4096];
	int r;

	if (chosen && *chosen)
		return probe_named(chosen, ret_path, ret_version, d);
	r = probe_named(USUAL_NAME, ret_path, ret_version, d);
	if (!r && !qemu_has(ret_version, QEMU_STALE_CODE))
		return 0;
	if (probe_kept(path, version) || (!r && qemu_has(version, QEMU_STALE_CODE)))
		return r;
	memcpy(ret_path, path, sizeof(path));
	memcpy(ret_version, version, sizeof(version));
	if (d)
		memset(d, 0, sizeof(*d));
	return 0;
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A file is looked at on each turn, for poll() calls every regular file ready; the others are
 * polled by the observer's loop. */
#include "observe/console.h"

#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>

#include "base/cleanup.h"
#include "base/hostport.h"
#include "observe/errand.h"

#define RETRY_US 1000000u
/* A session that ended this soon was refused, most often since another one is open. */
#define SOL_REFUSED_US 5000000u

static bool take_prefix(const char **text, const char *prefix)
{
	size_t len = strlen(prefix);

	if (strncmp(*text, prefix, len) != 0)
		return false;
	*text += len;
	return true;
}

int console_spec_parse(const char *text, struct console_spec *ret, struct diag *d)
{
	const char *rest = text, *port;

	memset(ret, 0, sizeof(*ret));
	if (!strcmp(text, "sol")) {
		ret->kind = CONSOLE_SOL;
		return 0;
	}
	if (take_prefix(&rest, "tcp:")) {
		ret->kind = CONSOLE_TCP;
		if (hostport_split(rest, ret->where, sizeof(ret->where), &port) < 0 ||
		    !ret->where[0] || strlen(port) >= sizeof(ret->port))
			return diag_set(d, -EINVAL, "--console %s: tcp:HOST:PORT is wanted", text);
		snprintf(ret->port, sizeof(ret->port), "%s", port);
		return 0;
	}
	ret->kind = take_prefix(&rest, "unix:") ? CONSOLE_UNIX : CONSOLE_PATH;
	if (!rest[0] || strlen(rest) >= sizeof(ret->where) ||
	    (ret->kind == CONSOLE_UNIX &&
	     strlen(rest) >= sizeof(((struct sockaddr_un *)0)->sun_path)))
		return diag_set(d, -EINVAL,
				"--console %s: FILE, unix:PATH, tcp:HOST:PORT or sol is wanted",
				text);
	snprintf(ret->where, sizeof(ret->where), "%s", rest);
	return 0;
}

void console_init(struct console *c, const struct console_spec *spec, const struct bmc *bmc)
{
	*c = (struct console){ .spec = *spec, .bmc = bmc, .fd = -1, .child_stdin = -1 };
}

void console_close(struct console *c)
{
	c->fd = close_fd(c->fd);
	c->connecting = false;
	c->child_stdin = close_fd(c->child_stdin);
	if (c->child > 0) {
		kill(c->child, SIGTERM);
		waitpid(c->child, NULL, 0);
	}
	c->child = 0;
}

static int open_file(struct console *c)
{
	int fd = open(c->spec.where, O_RDONLY | O_NONBLOCK | O_CLOEXEC | O_NOCTTY);

	if (fd < 0)
		return -errno;
	if (!c->tried)
		(void)lseek(fd, 0, SEEK_END); /* a pipe or a tty cannot, and need not */
	return fd;
}

static int open_unix(const struct console *c)
{
	struct sockaddr_un to = { .sun_family = AF_UNIX };
	_cleanup_close_ int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);

	snprintf(to.sun_path, sizeof(to.sun_path), "%.*s", (int)sizeof(to.sun_path) - 1,
		 c->spec.where);
	if (fd < 0 || connect(fd, (struct sockaddr *)&to, sizeof(to)) < 0)
		return -errno;
	return take_fd(&fd);
}

/* The connection may still be under way: see answered(). */
static int open_tcp(const struct console *c)
{
	const struct addrinfo hints = { .ai_socktype = SOCK_STREAM };
	struct addrinfo *found = NULL;
	int fd, err = getaddrinfo(c->spec.where, c->spec.port, &hints, &found);

	if (err)
		return err == EAI_SYSTEM ? -errno : -EHOSTUNREACH;
	fd = socket(found->ai_family, found->ai_socktype | SOCK_CLOEXEC | SOCK_NONBLOCK,
		    found->ai_protocol);
	err = fd < 0 ? -errno : 0;
	if (!err && connect(fd, found->ai_addr, found->ai_addrlen) < 0 && errno != EINPROGRESS) {
		err = -errno;
		close_fd(fd);
	}
	freeaddrinfo(found);
	return err ? err : fd;
}

static int open_sol(struct console *c)
{
	const char *words[ERRAND_WORDS_MAX];
	int in[2], out[2], err;

	if (pipe2(in, O_CLOEXEC) < 0)
		return -errno;
	if (pipe2(out, O_CLOEXEC) < 0) {
		err = -errno;
		close_fd(in[0]);
		close_fd(in[1]);
		return err;
	}
	bmc_words(c->bmc, c->deactivate ? "sol deactivate" : "sol activate", words);
	err = errand_spawn(words, in[0], out[1], &c->child);
	close_fd(in[0]);
	close_fd(out[1]);
	if (err < 0) {
		close_fd(in[1]);
		close_fd(out[0]);
		return err;
	}
	fcntl(out[0], F_SETFL, O_NONBLOCK);
	c->child_stdin = in[1];
	return out[0];
}

static int open_source(struct console *c)
{
	switch (c->spec.kind) {
	case CONSOLE_PATH:
		return open_file(c);
	case CONSOLE_UNIX:
		return open_unix(c);
	case CONSOLE_TCP:
		return open_tcp(c);
	case CONSOLE_SOL:
		return open_sol(c);
	case CONSOLE_NONE:
	default:
		return -ENOENT;
	}
}

/* Has the other end taken the call? 1 yes, 0 not yet, -errno it has not. */
static int answered(const struct console *c)
{
	struct pollfd p = { .fd = c->fd, .events = POLLOUT };
	socklen_t size = sizeof(int);
	int err = 0;

	if (poll(&p, 1, 0) < 1)
		return 0;
	if (getsockopt(c->fd, SOL_SOCKET, SO_ERROR, &err, &size) < 0)
		return -errno;
	return err ? -err : 1;
}

/* Tells the same failure once. */
static int settle(struct console *c, int err, uint64_t now)
{
	bool again = err < 0 && err == c->error;

	c->error = err;
	c->connecting = false;
	if (err < 0) {
		c->fd = close_fd(c->fd);
		return again ? 0 : err;
	}
	c->opened = true;
	c->opened_us = now;
	return 1;
}

int console_tend(struct console *c, uint64_t now)
{
	int r;

	if (c->connecting) {
		r = answered(c);
		return r ? settle(c, r < 0 ? r : 0, now) : 0;
	}
	if (c->spec.kind == CONSOLE_NONE || c->fd >= 0 || now < c->retry_us)
		return 0;
	r = open_source(c);
	c->tried = true;
	c->retry_us = now + RETRY_US;
	if (r < 0)
		return settle(c, r, now);
	c->fd = r;
	c->connecting = c->spec.kind == CONSOLE_TCP;
	return c->connecting ? 0 : settle(c, 0, now);
}

/* A log that was begun anew, in place or under its name. */
static void follow_file(struct console *c)
{
	struct stat held, named;
	off_t at = lseek(c->fd, 0, SEEK_CUR);

	if (fstat(c->fd, &held) < 0 || !S_ISREG(held.st_mode))
		return;
	if (at > held.st_size)
		(void)lseek(c->fd, 0, SEEK_SET);
	else if (stat(c->spec.where, &named) == 0 &&
		 (named.st_ino != held.st_ino || named.st_dev != held.st_dev))
		c->fd = close_fd(c->fd);
}

static void ended(struct console *c, uint64_t now)
{
	bool refused = c->spec.kind == CONSOLE_SOL && now - c->opened_us < SOL_REFUSED_US;

	console_close(c);
	c->deactivate = refused && !c->deactivate;
}

size_t console_read(struct console *c, char *buf, size_t size, uint64_t now)
{
	bool closed = c->fd < 0 || c->connecting;
	ssize_t n = closed ? 0 : read(c->fd, buf, size);

	if (closed || n > 0)
		return n > 0 ? (size_t)n : 0;
	if (n < 0 && (errno == EAGAIN || errno == EINTR))
		return 0;
	if (n == 0 && c->spec.kind == CONSOLE_PATH)
		follow_file(c);
	else
		ended(c, now);
	return 0;
}

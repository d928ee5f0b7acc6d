/* SPDX-License-Identifier: GPL-2.0-or-later */
/* One socket for IPv4 and IPv6 where the machine has both; where IPv6 is switched off, IPv4 alone.
 */
#include "observe/listen.h"

#include <errno.h>
#include <netdb.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>

#include "base/cleanup.h"
#include "base/hostport.h"

static int bind_to(const struct addrinfo *a)
{
	_cleanup_close_ int fd =
		socket(a->ai_family, a->ai_socktype | SOCK_CLOEXEC | SOCK_NONBLOCK, a->ai_protocol);
	int off = 0;

	if (fd < 0)
		return -errno;
	if (a->ai_family == AF_INET6)
		(void)setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &off, sizeof(off));
	if (bind(fd, a->ai_addr, a->ai_addrlen) < 0)
		return -errno;
	return take_fd(&fd);
}

static int open_socket(const char *host, const char *port, struct diag *d)
{
	const struct addrinfo hints = { .ai_socktype = SOCK_DGRAM,
					.ai_flags = AI_PASSIVE | AI_NUMERICSERV };
	static const int families[] = { AF_INET6, AF_INET };
	struct addrinfo *found = NULL;
	int fd = -EADDRNOTAVAIL, err = getaddrinfo(host[0] ? host : NULL, port, &hints, &found);

	if (err)
		return diag_set(d, -EINVAL, "--listen %s:%s: %s", host, port, gai_strerror(err));
	for (size_t i = 0; i < ARRAY_SIZE(families); i++)
		for (const struct addrinfo *a = found; a && fd < 0; a = a->ai_next)
			if (a->ai_family == families[i])
				fd = bind_to(a);
	freeaddrinfo(found);
	return fd < 0 ? diag_set(d, fd, "--listen %s:%s: %s", host, port, strerror(-fd)) : fd;
}

int listener_open(struct listener *l, const char *where, const char *key_file, struct diag *d)
{
	char host[256];
	const char *port;
	int err = 0;

	*l = (struct listener){ .fd = -1 };
	if (hostport_split(where, host, sizeof(host), &port) < 0)
		return diag_set(d, -EINVAL, "--listen %s: [HOST]:PORT is wanted", where);
	if (key_file)
		err = heartbeat_key_load(key_file, &l->key, d);
	if (err < 0)
		return err;
	l->fd = open_socket(host, port, d);
	return l->fd < 0 ? l->fd : 0;
}

void listener_close(struct listener *l)
{
	l->fd = close_fd(l->fd);
}

/* An IPv4 sender on an IPv6 socket is told as IPv4. */
static void tell_from(const struct sockaddr_storage *a, socklen_t len, char *buf, size_t size)
{
	static const char mapped[] = "::ffff:";

	if (getnameinfo((const struct sockaddr *)a, len, buf, (socklen_t)size, NULL, 0,
			NI_NUMERICHOST))
		buf[0] = '\0';
	if (!strncmp(buf, mapped, sizeof(mapped) - 1))
		memmove(buf, buf + sizeof(mapped) - 1, strlen(buf) - sizeof(mapped) + 2);
}

int listener_next(struct listener *l, struct heartbeat *ret, char *from, size_t size)
{
	char datagram[HEARTBEAT_BYTES_MAX + 1];
	struct sockaddr_storage sender;

	for (;;) {
		socklen_t len = sizeof(sender);
		ssize_t n = l->fd < 0 ? -1
				      : recvfrom(l->fd, datagram, sizeof(datagram), 0,
						 (struct sockaddr *)&sender, &len);

		if (n < 0)
			return 0;
		if (heartbeat_decode(datagram, (size_t)n, &l->key, ret) == 0) {
			tell_from(&sender, len, from, size);
			return 1;
		}
		l->refused++;
	}
}

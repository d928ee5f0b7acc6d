/* SPDX-License-Identifier: GPL-2.0-or-later */
/* An IPv6 address has colons of its own: it must stand in brackets, or its last group would be
 * taken for the port. */
#include "base/hostport.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

/* A name of a service, or a number that a port can have: getaddrinfo() would cut a larger one. */
static bool is_port(const char *text)
{
	unsigned long n;

	if (text[strspn(text, "0123456789")])
		return true;
	n = strtoul(text, NULL, 10);
	return n > 0 && n <= 65535;
}

int hostport_split(const char *text, char *host, size_t size, const char **ret_port)
{
	const char *colon = strrchr(text, ':');
	size_t len = colon ? (size_t)(colon - text) : 0;
	bool brackets = len > 2 && text[0] == '[' && text[len - 1] == ']';

	if (!colon || !colon[1] || !is_port(colon + 1))
		return -EINVAL;
	if (brackets) {
		text++;
		len -= 2;
	} else if (memchr(text, ':', len) || memchr(text, '[', len) || memchr(text, ']', len)) {
		return -EINVAL;
	}
	if (len >= size)
		return -EINVAL;
	memcpy(host, text, len);
	host[len] = '\0';
	*ret_port = colon + 1;
	return 0;
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
/* An IPv6 address has colons of its own: it must stand in brackets, or its last group would be
 * taken for the port. */
#include "base/hostport.h"

#include <errno.h>
#include <stdbool.h>
#include <string.h>

int hostport_split(const char *text, char *host, size_t size, const char **ret_port)
{
	const char *colon = strrchr(text, ':');
	size_t len = colon ? (size_t)(colon - text) : 0;
	bool brackets = len > 2 && text[0] == '[' && text[len - 1] == ']';

	if (!colon || !colon[1])
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

/* SPDX-License-Identifier: GPL-2.0-or-later */
/* "HOST:PORT" as people write it on a command line. */
#ifndef HANGAR_HOSTPORT_H
#define HANGAR_HOSTPORT_H

#include <stddef.h>

/**
 * hostport_split - "192.0.2.1:9909", "[2001:db8::1]:9909", "lab7:9909", ":9909"
 * @host: of @size bytes; "" when @text begins with the colon
 * @ret_port: points into @text
 * Returns 0; -EINVAL: no port, an IPv6 address without brackets, or a host that does not fit.
 */
int hostport_split(const char *text, char *host, size_t size, const char **ret_port);

#endif

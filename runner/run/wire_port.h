/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The port of `hangar run --wire`: a virtio-serial port, a serial line or a Unix socket. */
#ifndef HANGAR_WIRE_PORT_H
#define HANGAR_WIRE_PORT_H

#include "base/diag.h"

/**
 * wire_port_open - open @path for frames in both directions
 * A terminal is made raw: it would turn newlines within frames into two bytes. A Unix stream socket
 * is connected to. @ret_fd: non-blocking, close-on-exec. 0 or -errno with @d.
 */
int wire_port_open(const char *path, int *ret_fd, struct diag *d);

#endif

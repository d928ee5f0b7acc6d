/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The compressed vmlinux inside a boot image. */
#ifndef HANGAR_KERNEL_PAYLOAD_H
#define HANGAR_KERNEL_PAYLOAD_H

#include "base/diag.h"

/* Unpack it into a memfd: a descriptor; -ENOTSUP (packed with what libarchive cannot read, as LZO),
 * -errno. */
int payload_open(const char *vmlinuz, struct diag *d);

/* The build-id of its notes, in hexadecimal. 0; -ENOENT (it has none), what payload_open() returns.
 */
int payload_build_id(const char *vmlinuz, char ret[129], struct diag *d);

#endif

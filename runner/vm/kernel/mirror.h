/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Where this machine gets Debian packages from, and with which suites. */
#ifndef HANGAR_KERNEL_MIRROR_H
#define HANGAR_KERNEL_MIRROR_H

#include <stddef.h>

/* Suites that are asked when the user names none, oldest first, NULL-terminated. */
extern const char *const mirror_suites[];

/**
 * mirror_of - the address of the archive that holds @suite
 * $HANGAR_DEBIAN_MIRROR, else what this machine's own apt sources name, else deb.debian.org. Suites
 * "*-security" have an archive of their own. 0 or -ENAMETOOLONG.
 */
int mirror_of(const char *suite, char *ret, size_t size);

/* What must be in brackets of a line of sources.list: "signed-by=...", or "". */
void mirror_trust(char *ret, size_t size);

#endif

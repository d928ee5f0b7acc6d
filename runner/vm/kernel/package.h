/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Packages as archives: what is wanted of a .deb or .rpm is written below a folder; nothing of it
 * is run, no owner, mode or date is taken over, and nothing lands outside of the folder.
 */
#ifndef HANGAR_PACKAGE_H
#define HANGAR_PACKAGE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/diag.h"

/* What to keep of a package. */
struct package_rules {
	bool (*want)(const char *path); /* "lib/modules/R/kernel/fs/xfs/xfs.ko" */
	bool links; /* keep symbolic links (pointed back into the package); else they are passed
		       over */
	uint64_t max_bytes; /* unpacked, with what is not wanted: more is a bomb */
	uint64_t max_kept;  /* bytes written */
	unsigned int max_entries;
};

extern const struct package_rules
	package_image; /* boot/vmlinuz*, boot/config*, (usr/)lib/modules/ */
extern const struct package_rules package_symbols;   /* vmlinux alone */
extern const struct package_rules package_libraries; /* shared libraries and their dynamic linker */
extern const struct package_rules package_headers;   /* usr/src/, usr/lib/linux-kbuild* */

enum package_kind { PACKAGE_NONE, PACKAGE_DEB, PACKAGE_RPM };

/* By its first bytes. PACKAGE_*, or -errno. */
int package_kind(const char *path);

/**
 * package_unpack - write the wanted files of a package below @root
 * Returns the number of files written; -EBADMSG (damaged or cut short), -EINVAL (no package, or a
 * hostile one: absolute names, "..", links that lead out, devices, names twice), -E2BIG (a bomb),
 * -errno; @d names the package and what is wrong. After an error what was written is of no use.
 */
int package_unpack(const char *path, const struct package_rules *rules, int root, struct diag *d);

#endif

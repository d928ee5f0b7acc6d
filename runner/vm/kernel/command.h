/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The parts of `hangar kernel`. */
#ifndef HANGAR_KERNEL_COMMAND_H
#define HANGAR_KERNEL_COMMAND_H

#include <stdbool.h>

#include "base/diag.h"

struct kernel_command {
	const char *spec;    /* of list: the glob, or NULL */
	const char *vmlinux; /* to be checked against the kernel; NULL: none */
	bool symbols, headers, cached, refresh, json;
};

/* 0 or -errno with @d; they print what was asked for on stdout, progress on stderr. */
int kernel_list(const struct kernel_command *c, struct diag *d);
int kernel_fetch(const struct kernel_command *c, struct diag *d);
int kernel_path(const struct kernel_command *c, struct diag *d);

#endif

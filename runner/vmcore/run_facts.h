/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a run directory knows of the kernel whose vmcore is read. */
#ifndef HANGAR_VMCORE_RUN_FACTS_H
#define HANGAR_VMCORE_RUN_FACTS_H

#include <stddef.h>

#include "base/diag.h"

/* The release: of the guest (outside.jsonl) or, of a local run, of the manifest. 0; -ENOENT,
 * -EINVAL, -errno with @d. */
int run_release(const char *run_dir, char *buf, size_t size, struct diag *d);

#endif

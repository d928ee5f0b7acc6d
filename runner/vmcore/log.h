/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The kernel log inside a vmcore, by makedumpfile, which needs no symbols for it. */
#ifndef HANGAR_VMCORE_LOG_H
#define HANGAR_VMCORE_LOG_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

#include "base/diag.h"

/**
 * vmcore_log - the log, oldest line first, as dmesg(1) shows it
 * @path: kdump-compressed or ELF (not one of QEMU's whose headers were not laid out anew, see
 * vmcore_filter()) Returns 0 with *ret_text for the caller to free; -EBADMSG: makedumpfile found
 * none; -ENOENT: no makedumpfile; -ETIMEDOUT; @d says why.
 */
int vmcore_log(const char *path, char **ret_text, struct diag *d);

/**
 * log_panic - the last line that tells of the panic, without its time stamp
 * @crashed: it is known that the kernel crashed: then the line of an oops will do
 * False: there is none.
 */
bool log_panic(const char *text, bool crashed, char *buf, size_t size);

/* Tasks in state D as sysrq-w or the hung-task detector showed them last: array of { pid, comm,
 * stack }. */
json_t *log_blocked(const char *text);

#endif

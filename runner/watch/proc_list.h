/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The numbers among the names of a directory: processes in /proc, threads in /proc/PID/task.
 * readdir() would allocate. */
#ifndef HANGAR_WATCH_PROC_LIST_H
#define HANGAR_WATCH_PROC_LIST_H

#include <stddef.h>
#include <sys/types.h>

/* @fn sees each number. @buf: the caller's, aligned to 8, at least 4 KiB; not to be used by @fn. */
void proc_list(int dir_fd, char *buf, size_t size, void (*fn)(void *ctx, pid_t number), void *ctx);

#endif

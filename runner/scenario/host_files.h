/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Reading a host's files below its root, for host.c and host_cgroup.c. */
#ifndef HANGAR_HOST_FILES_H
#define HANGAR_HOST_FILES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "scenario/host.h"

/* Full path of @path ("/proc/meminfo") on @h into @buf; cut paths are not found later. Returns
 * @buf. */
const char *host_path(const struct host *h, const char *path, char *buf, size_t size);
bool host_has(const struct host *h, const char *path);
/* First line of @path without its end, "" when it cannot be read. Returns true when it could. */
bool host_line(const struct host *h, const char *path, char *buf, size_t size);
/* Number at the start of @path; @otherwise when there is none. */
uint64_t host_number(const struct host *h, const char *path, uint64_t otherwise);
/* The whole of @path for the caller to free, or NULL. */
char *host_text(const struct host *h, const char *path);
/* Is @word one of the words of @text (split at blanks and at @also)? */
bool has_word(const char *text, const char *word, char also);

/* Cgroup hierarchies and what they carry (host_cgroup.c). */
void host_probe_cgroup(struct host *h);
/* System calls newer than 3.10, asked of the running kernel (probes.c). */
void host_probe_syscalls(struct host *h);

#endif

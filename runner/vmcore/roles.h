/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Who was who in the run: pids of its journal as "alloc-and-write in victims.3". */
#ifndef HANGAR_VMCORE_ROLES_H
#define HANGAR_VMCORE_ROLES_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "base/diag.h"

struct roles;

struct roles_task { /* as the vmcore shows it; 0 and NULL: not known */
	pid_t pid, tgid, ppid;
	const char *comm;
	const char *cgroup; /* path in the memory controller's hierarchy */
};

/* From journal.jsonl in @run_dir. 0, -ENOENT, -ENOMEM, -errno. NULL roles know nobody. */
int roles_load(const char *run_dir, struct roles **ret, struct diag *d);
struct roles *roles_free(struct roles *r);

/*
 * By pid, its process' or its parent's; else by name and control group, where the journal left
 * lives out (it rations them in a storm). False: not of the run.
 */
bool roles_name(const struct roles *r, const struct roles_task *t, char *buf, size_t size);

/* Copies whose last word in the journal is that they began. */
unsigned int roles_alive(const struct roles *r);
pid_t roles_alive_pid(const struct roles *r, unsigned int i);
/* Every birth and death is in the journal. */
bool roles_exact(const struct roles *r);

#endif

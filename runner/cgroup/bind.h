/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Groups in the arguments of stressors, once their folders exist. */
#ifndef HANGAR_CGROUP_BIND_H
#define HANGAR_CGROUP_BIND_H

#include "cgroup/cgroup.h"

/* Bytes of one argument with its NUL: execve() refuses more (MAX_ARG_STRLEN, 32 pages of 4 KiB). */
#define CGROUP_BIND_BYTES_MAX (128u << 10)

/**
 * cgroup_bind - replace "{group:NAME}" in the arguments of the plan's launches
 * @t: the tree that was made from @p
 * NAME becomes the folders of all its instances with commas between them, each the one that a
 * process can write itself into: in the memory hierarchy where there is one (v1), and the leaf of
 * a group with groups inside (v2). A word that names no group of the plan stays: it is part of a
 * scratch folder's name, since the loader refuses such scenarios. Returns 0; with @d: -ENODEV: no
 * groups were made, -E2BIG: more folders than an argument holds, -EINVAL: a folder has a comma in
 * its name, -ENOMEM.
 */
int cgroup_bind(struct plan *p, const struct cgroup_tree *t, struct diag *d);

#endif

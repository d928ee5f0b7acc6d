/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which bugs a planted kernel can switch on: the file "plants" beside its image, one "NAME  words"
 * a line. */
#ifndef HANGAR_KERNEL_PLANTS_H
#define HANGAR_KERNEL_PLANTS_H

#include "vm/kernel/kernel.h"

enum plants_answer {
	PLANTS_THERE = 0, /* the kernel has them all */
	PLANTS_NO_KERNEL, /* it is no planted kernel: "plant=" does nothing there */
};

/* Does @k have each plant of @list, "NAME[:N][,NAME[:N]...]"? An answer; -ENOENT: one is missing,
 * and @d lists those that exist; -errno. */
int kernel_plants(const struct kernel *k, const char *list, struct diag *d);

#endif

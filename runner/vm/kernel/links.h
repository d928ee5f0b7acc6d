/* SPDX-License-Identifier: GPL-2.0-or-later */
/* modules.dep for modules that lie in a folder of somebody else's: made in the cache, over symbolic
 * links. */
#ifndef HANGAR_KERNEL_LINKS_H
#define HANGAR_KERNEL_LINKS_H

#include "vm/kernel/kernel.h"

/* Modules in the folder k->modules ("" or empty: none). Sets k->modules and k->key; @image is the
 * digest of the kernel image. 0 or -errno with @d. */
int links_of_folder(const char *image, kernel_say *say, void *ctx, struct kernel *k,
		    struct diag *d);

/* The same for modules scattered in the kernel tree @tree, which its modules.order lists. */
int links_of_tree(const char *tree, const char *image, kernel_say *say, void *ctx, struct kernel *k,
		  struct diag *d);

#endif

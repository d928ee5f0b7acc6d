/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Where the parts of a kernel lie in a folder that is there already. */
#ifndef HANGAR_KERNEL_LAYOUT_H
#define HANGAR_KERNEL_LAYOUT_H

#include "vm/kernel/kernel.h"

/**
 * layout_find - the newest kernel in @folder, an unpacked package or the root of a machine
 * Looks for boot/vmlinuz-R, (usr/)lib/modules/R/vmlinuz and vmlinuz. Fills all of @k but spec, key
 * and vmlinux; k->modules is set even when it has no modules.dep yet. Returns 0; -ENOENT (no
 * image), -EINVAL, -errno with @d.
 */
int layout_find(const char *folder, struct kernel *k, struct diag *d);

/* The same for the image @vmlinuz, whose modules are looked for below its own folder and beside it.
 */
int layout_of_image(const char *vmlinuz, struct kernel *k, struct diag *d);

/* A kernel tree that was built in place: arch/x86/boot/bzImage, .config, modules still scattered
 * (k->modules is
 * ""). -ENOENT: it is none. */
int layout_of_tree(const char *folder, struct kernel *k, struct diag *d);

#endif

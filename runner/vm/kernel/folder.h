/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Kernels that lie unpacked somewhere: nothing is copied, and nothing is written there. */
#ifndef HANGAR_KERNEL_FOLDER_H
#define HANGAR_KERNEL_FOLDER_H

#include "vm/kernel/kernel.h"

/* An unpacked package, the root of a machine, or a kernel tree built in place. */
int folder_kernel(const char *folder, kernel_say *say, void *ctx, struct kernel *k, struct diag *d);

/* An image with @modules, its folder of modules; NULL: look for one near the image. */
int folder_of_image(const char *image, const char *modules, kernel_say *say, void *ctx,
		    struct kernel *k, struct diag *d);

/* The kernel that this machine runs. */
int folder_of_host(kernel_say *say, void *ctx, struct kernel *k, struct diag *d);

#endif

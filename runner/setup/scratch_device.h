/* SPDX-License-Identifier: GPL-2.0-or-later */
/* May this block device be formatted? */
#ifndef HANGAR_SCRATCH_DEVICE_H
#define HANGAR_SCRATCH_DEVICE_H

#include <stdbool.h>

#include "base/diag.h"

/**
 * scratch_device_check - refuse to format what somebody may still want
 * @force: overrule what is on the device; a device in use (mounted, swap, part of RAID or LVM) is
 * refused all the same Returns 0; -ENOTBLK, -EBUSY (in use), -EEXIST (holds a file system or
 * partitions not made by hangar), -errno.
 */
int scratch_device_check(const char *device, bool force, struct diag *d);

#endif

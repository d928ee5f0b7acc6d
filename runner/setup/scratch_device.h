/* SPDX-License-Identifier: GPL-2.0-or-later */
/* May this block device be formatted? */
#ifndef HANGAR_SCRATCH_DEVICE_H
#define HANGAR_SCRATCH_DEVICE_H

#include <stdbool.h>

#include "base/diag.h"
#include "scenario/scenario.h"

/**
 * scratch_device_check - refuse to format what somebody may still want
 * @force: overrule what is on the device; a device in use (mounted, swap, part of RAID or LVM) is
 * refused all the same Returns 0; -ENOTBLK, -EBUSY (in use), -EEXIST (holds a file system or
 * partitions not made by hangar), -errno.
 */
int scratch_device_check(const char *device, bool force, struct diag *d);

/**
 * scratch_use_device - what was to be a loop file is to be made on @device
 * The file system keeps the scenario's size: a disk that fills up fills up at the same byte. Any
 * other place is left as it is. 0 or -ENOMEM.
 */
int scratch_use_device(struct scratch_spec *s, const char *device);

/* Can a file system of @bytes (UNSET: any) be made on @device? 0; -ENOSPC, -errno with @d. */
int scratch_device_holds(const char *device, uint64_t bytes, struct diag *d);

#endif

/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The disk that io limits are about. */
#ifndef HANGAR_IO_DEVICE_H
#define HANGAR_IO_DEVICE_H

#include <stddef.h>

/**
 * io_device_number - "MAJOR:MINOR" as blkio.throttle.* and io.max want it: of the whole disk, never
 * of a partition
 * @root: "" on a live machine
 * @path: a block device, or a file or folder on a file system that lies on one
 * Returns 0; -ENOTBLK (no single block device below @path: tmpfs, overlay, btrfs, network), -errno
 * of stat().
 */
int io_device_number(const char *root, const char *path, char *buf, size_t size);

#endif

/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Unmounting what may be dead. The scratch file system is the one that the storm was meant to
 * break: umount(2) on it can block for ever, and so can any open() on it. All calls that touch it
 * run in a child process that is given up after a limit.
 */
#ifndef HANGAR_UNMOUNT_H
#define HANGAR_UNMOUNT_H

#include <stdbool.h>
#include <stdint.h>

/* What became of it; all but UNMOUNT_STUCK leave nothing mounted at the path. */
enum unmount_result {
	UNMOUNT_DONE,
	UNMOUNT_LAZY,  /* in use to the end: taken out of the tree, the kernel lets go with the last
			  user */
	UNMOUNT_STUCK, /* taken out of the tree, but a helper process still waits in the kernel for
			  it */
};

/* Is @path a mount point now (by /proc/self/mountinfo, without touching it)? */
bool is_mounted(const char *path);

/**
 * unmount_within - thaw (a frozen file system waits for ever) and unmount @path
 * @timeout_us: so long EBUSY is waited out and a hanging call is waited for; then MNT_DETACH
 * Returns enum unmount_result, or -errno when it is still mounted.
 */
int unmount_within(const char *path, uint64_t timeout_us);

#endif

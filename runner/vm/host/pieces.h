/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a guest is given: ramdisk, cargo for its crash kernel, kernel command line. */
#ifndef HANGAR_PIECES_H
#define HANGAR_PIECES_H

#include "vm/host/state.h"

/*
 * The ramdisk into o->initrd_fd: programs, modules, job and scenario. Returns 0; 1: this kernel
 * cannot carry the scenario (no virtio, no such file system), o->why says it; -errno with @d.
 */
int pieces_initrd(struct outside *o, struct diag *d);

/* The archive for DISK_CARGO into o->cargo_fd: vmlinuz and capture.cpio. Likewise. */
int pieces_cargo(struct outside *o, struct diag *d);

void pieces_cmdline(struct outside *o);

#endif

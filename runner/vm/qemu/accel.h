/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which accelerator carries a guest to user space here. The device node proves nothing: nested KVM
 * can hang a guest. */
#ifndef HANGAR_ACCEL_H
#define HANGAR_ACCEL_H

#include <stdint.h>

#include "vm/kernel/kernel.h"

enum accel { ACCEL_TCG, ACCEL_KVM };

/**
 * accel_probe - boot a guest that says HELLO with KVM, when /dev/kvm can be opened
 * The answer is cached for this boot of the host, this QEMU and this kernel. @ret_why: one sentence
 * for the user ("TCG: a probe guest did not reach user space with KVM within 10 s").
 * 0 or -errno with @d (no QEMU, no programs for the probe's ramdisk; never because of KVM).
 */
int accel_probe(const struct kernel *k, enum accel *ret, char ret_why[256], struct diag *d);

/*
 * How slow this guest is: time limits are multiplied by it. 1.0 is a boot to HELLO in 3 s (TCG on
 * two cores of 2020); never below 1. Pure. @boot_us: from QEMU's start to HELLO.
 */
double pace_factor(uint64_t boot_us);

#endif

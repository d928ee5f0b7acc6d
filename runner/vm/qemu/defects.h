/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What TCG of an older QEMU does wrongly to a guest's kernel, and what is done about it. */
#ifndef HANGAR_QEMU_DEFECTS_H
#define HANGAR_QEMU_DEFECTS_H

#include <stdbool.h>

enum qemu_defect {
	QEMU_CMPXCHG16B, /* goes wrong now and then: the guest gets none */
	QEMU_STALE_CODE, /* a CPU goes on with code that another has patched: they take turns */
	QEMU_N_DEFECTS
};

/* @version: major, minor. Pure. */
bool qemu_has(const unsigned int version[2], enum qemu_defect defect);

#endif

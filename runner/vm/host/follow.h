/* SPDX-License-Identifier: GPL-2.0-or-later */
/* From QEMU's start to its end: what the guest does, what is done to it. */
#ifndef HANGAR_FOLLOW_H
#define HANGAR_FOLLOW_H

#include "vm/host/state.h"

/* Returns when the guest has ended or is given up; 0 or -errno of the waiting itself. */
int outside_follow(struct outside *o);

#endif

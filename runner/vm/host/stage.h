/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Where a guest has got to, told to the journal and the user when it changes. */
#ifndef HANGAR_STAGE_H
#define HANGAR_STAGE_H

#include "vm/host/state.h"

void stage_run_begins(struct outside *o, const char *say); /* its run-begin came in */
void stage_follow(struct outside *o);                      /* look at what the receiver has got */
void stage_ended(struct outside *o);                       /* QEMU is gone */
void stage_complete(struct outside *o); /* nothing more is wanted of the guest: QEMU may go */

#endif

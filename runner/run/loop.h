/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The loop: one epoll over signals, the clock and the watchers' files, until the conductor is
 * through. */
#ifndef HANGAR_LOOP_H
#define HANGAR_LOOP_H

#include "run/session.h"

/* Block the signals that the loop reads from a descriptor; called first of all, so that none is
 * lost. */
void loop_block_signals(void);
/* Let them end the program again, when nothing is left to put back; those that wait are forgotten.
 */
void loop_unblock_signals(void);
/* 0, or -errno with @d when the storm could not be begun or the loop itself failed. */
int loop_run(struct session *s, struct diag *d);

#endif

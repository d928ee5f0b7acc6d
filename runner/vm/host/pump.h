/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Everything that comes from a guest, taken in as it comes: frames, QMP events, its end, the user's
 * signals. */
#ifndef HANGAR_PUMP_H
#define HANGAR_PUMP_H

#include "vm/host/state.h"

/* The signals that end a run come by o->signal_fd from here on. 0 or -errno. */
int pump_open(struct outside *o);
void pump_close(struct outside *o);

/*
 * Wait at most @timeout_us for anything, and take in all there is. What is told goes into o->story,
 * o->receiver, o->panicked, o->fired_watchdog, o->interrupts, o->stage (VM_STAGE_CAPTURE,
 * VM_STAGE_ENDED). Returns 0 or -errno of the wait itself.
 */
int pump(struct outside *o, uint64_t timeout_us);

/* Take in what @done waits for, at most @timeout_us, or until the guest or the user ends it. True:
 * @done. */
bool pump_until(struct outside *o, bool (*done)(const struct outside *o), uint64_t timeout_us);

#endif

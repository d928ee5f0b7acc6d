/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What keeps the observer alive in the storm that it makes: locked memory, last in the OOM killer's
 * list, real-time priority, a way off a CPU that is locked (run/escape.h). Each is taken when
 * allowed; what was refused is said once, with the remedy.
 */
#ifndef HANGAR_OBSERVER_H
#define HANGAR_OBSERVER_H

#include "journal.h"

/* 1 from 'armed' until the storm is over. In between the observer's path allocates nothing; a test
 * interposes on malloc and open while this is set. */
extern volatile int observer_armed;

void observer_protect(struct journal *j);
/* Journal what became of it meanwhile: with each tick of the loop. */
void observer_tell(struct journal *j);
/* Back to an ordinary process, for teardown and reports. */
void observer_release(void);

#endif

/* SPDX-License-Identifier: GPL-2.0-or-later */
/* To dump a guest, its host stops it: what watchers make of the time that passed is no fault. */
#ifndef HANGAR_PAUSE_H
#define HANGAR_PAUSE_H

#include "run/session.h"

/* With each turn of the loop, before any watcher: it stood for @stood_us. *@gap is kept in between.
 */
void pause_mind(struct session *s, bool *gap, uint64_t stood_us);

#endif

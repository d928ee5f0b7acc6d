/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The watchers of a scenario by name: the rows of "watch" in the key table. */
#ifndef HANGAR_WATCH_ROWS_H
#define HANGAR_WATCH_ROWS_H

#include "scenario/scenario.h"

/* Turn every watcher of @w on or off; settings stay. */
void watch_set_all(struct watch_spec *w, bool on);

#endif

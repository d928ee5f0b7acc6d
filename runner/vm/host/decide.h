/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The verdict of a run in a guest: what the guest told, and what only the outside knows. */
#ifndef HANGAR_DECIDE_H
#define HANGAR_DECIDE_H

#include "vm/host/state.h"

/* Decides, journals "verdict" into outside.jsonl; the reason is in o->why. */
enum verdict outside_decide(struct outside *o);

#endif

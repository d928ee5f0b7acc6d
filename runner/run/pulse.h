/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The run's pulse: how fast it goes, told to the journal every few seconds and to the user's panel.
 */
#ifndef HANGAR_PULSE_H
#define HANGAR_PULSE_H

#include "run/session.h"

struct pulse {
	uint64_t told_us; /* the last "progress" event */
	uint64_t steps, steps_us, steps_per_s;
};

void pulse_start(struct pulse *p, uint64_t now);
void pulse_beat(struct pulse *p, struct session *s, uint64_t now); /* with each tick */

#endif

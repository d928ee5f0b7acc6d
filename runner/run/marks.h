/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the run does, marked where the kernel is measured: in the trace, and among its
 * counters. */
#ifndef HANGAR_MARKS_H
#define HANGAR_MARKS_H

#include "run/session.h"

struct marks {
	enum stage stage;
	unsigned int phase;
};

/* With each tick: a phase that began or ended since. */
void marks_phase(struct marks *m, struct session *s, uint64_t now);

/* A finding was journalled. */
void marks_finding(struct session *s, const struct finding *f);

#endif

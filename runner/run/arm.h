/* SPDX-License-Identifier: GPL-2.0-or-later */
/* `hangar run --arm`: may this run crash its machine, and would that leave a dump? */
#ifndef HANGAR_ARM_H
#define HANGAR_ARM_H

#include "run/session.h"

/* How this run responds, from its options. */
struct respond_options arm_options(const struct session *s);
/* Does --arm fit the scenario? Before a run exists: 0 or -EINVAL with @d. */
int arm_usage(const struct session *s, struct diag *d);
/* Before anything is changed: 0; 1: it would not work, which is told and makes the run SKIPPED. */
int arm_check(struct session *s, struct diag *d);
/* Tell the skip that @d explains. Returns 1. */
int arm_skip(struct session *s, const struct diag *d);

#endif

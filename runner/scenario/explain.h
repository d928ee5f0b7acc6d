/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The plan as `hangar explain` shows it. */
#ifndef HANGAR_EXPLAIN_H
#define HANGAR_EXPLAIN_H

#include <jansson.h>
#include <stdio.h>

#include "scenario/plan.h"

void explain_text(const struct plan *p, const struct host *h, FILE *to);
/* An object with "scenario" (the file as it is), "plan", "skips" and "host"; the caller's to
 * json_decref(). NULL: no memory. */
json_t *explain_json(const struct plan *p, const struct host *h);

#endif

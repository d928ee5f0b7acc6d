/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Members of result.json that only a run with an outside has, and the blocked tasks. */
#ifndef HANGAR_OUTSIDE_JSON_H
#define HANGAR_OUTSIDE_JSON_H

#include <jansson.h>

#include "record.h"

void outside_json(json_t *to, const struct record *r);

#endif

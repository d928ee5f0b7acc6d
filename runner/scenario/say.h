/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A scenario back into words, for `hangar explain`: by the key table, so that every key that is set
 * shows. */
#ifndef HANGAR_SCENARIO_SAY_H
#define HANGAR_SCENARIO_SAY_H

#include <stdio.h>

#include "scenario/keys.h"
#include "scenario/scenario.h"

/**
 * say_rows - the set members of the struct at @base, as "memory 100M, swap 0"
 * Left out: unset amounts, false switches, names of objects, arrays of objects, rows with forms of
 * their own.
 * @skip: a key that is not to be said, or NULL. Returns how many were said.
 */
unsigned int say_rows(const struct object *o, const void *base, const char *skip, FILE *to);
void say_condition(const struct condition *c,
		   FILE *to);                        /* "memory pressure (some) at 20% or above" */
void say_pattern(const struct pattern *p, FILE *to); /* "hung-task with f on the stack" */
void say_restart(const struct restart_spec *r, FILE *to);
void say_watch(const struct watch_spec *w, FILE *to, const char *indent); /* one line a watcher */

#endif

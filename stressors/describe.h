/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A stressor speaking about itself: --help for people, --describe for hangar. */
#ifndef HANGAR_DESCRIBE_H
#define HANGAR_DESCRIBE_H

#include <stdio.h>

#include "stressor.h"

/* Options, parameters with kind, default and range, and counters, as text. */
void describe_help(const struct stressor *s, FILE *to);

/**
 * describe_json - one JSON object on one line
 * {"name","about","step","params":[{"name","kind","default","min","max","choices","about"}],"aux":[names]}
 * kind: bytes, duration, count, percent, bool, choice, mix, path; default: the text, or null when
 * required; min, max: in bytes, microseconds or plain, both 0 when there is no limit; choices: []
 * where there are none.
 */
void describe_json(const struct stressor *s, FILE *to);

#endif

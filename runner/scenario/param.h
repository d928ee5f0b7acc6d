/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A stressor's parameter against its description: the same kinds and ranges that the stressor
 * itself checks. */
#ifndef HANGAR_PARAM_H
#define HANGAR_PARAM_H

#include <jansson.h>
#include <stdbool.h>

#include "base/diag.h"

bool param_kind_known(const char *kind);

/**
 * param_check - would the stressor take @text for the parameter that @describe describes?
 * Returns 0, -EINVAL or -ERANGE with @d: `"bytes" is "1K"; allowed: 4K to 16T`.
 */
int param_check(const json_t *describe, const char *text, struct diag *d);

/* "4K to 16T", "one of ramp, hold", or "" without limits. Returns @buf. */
const char *param_range(const json_t *describe, char *buf, size_t size);

#endif

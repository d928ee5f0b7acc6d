/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The parameters of a stressor: text to values, by the rows of its struct param table. */
#ifndef HANGAR_PARAMS_H
#define HANGAR_PARAMS_H

#include "base/diag.h"
#include "stressor.h"

/**
 * param_set - read @text into @p->to
 * Returns 0, or -EINVAL or -ERANGE with the parameter, the text and what is allowed in @diag; then
 * nothing is written.
 */
int param_set(const struct param *p, const char *text, struct diag *diag);

/* Set every row that has a default to it. Returns as param_set(). */
int params_set_defaults(const struct param *params, struct diag *diag);

/* The row called @name (not NUL-terminated, @len bytes), or NULL. */
const struct param *params_find(const struct param *params, const char *name, size_t len);

/* "bytes", "duration", ...: as --describe says it. */
const char *param_kind_name(enum param_kind kind);

#endif

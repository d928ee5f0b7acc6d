/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The stressors on offer, as each tells of itself with --describe. Looked for in $HANGAR_STRESSORS, beside the running binary
 * (build tree, installed tree), then in the place fixed at build time.
 */
#ifndef HANGAR_CATALOGUE_H
#define HANGAR_CATALOGUE_H

#include <jansson.h>

#include "base/diag.h"

struct stressor_info {
	char *name;
	char *program;   /* absolute path */
	json_t *describe; /* what --describe printed */
};

struct catalogue {
	char *dir;
	struct stressor_info *list; /* by name */
	unsigned int count;
};

int catalogue_load(struct catalogue **ret, struct diag *d); /* 0 or -errno */
struct catalogue *catalogue_free(struct catalogue *c);
const struct stressor_info *catalogue_find(const struct catalogue *c, const char *name); /* or NULL */
const char *catalogue_nearest(const struct catalogue *c, const char *name); /* for "did you mean", or NULL */
/* Check one parameter value (already text) against the description; message without place in @d. */
int catalogue_check_param(const struct stressor_info *s, const char *name, const char *value, struct diag *d);

#endif

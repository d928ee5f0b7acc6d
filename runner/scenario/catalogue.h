/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The stressors on offer, as each tells of itself with --describe. Looked for in $HANGAR_STRESSORS,
 * beside the running binary (build tree, installed tree), then in the place fixed at build time. A
 * program is a regular executable file without a '.' in its name; one that does not describe itself
 * within 5 s in 64 KiB of JSON is left out, with a note.
 */
#ifndef HANGAR_CATALOGUE_H
#define HANGAR_CATALOGUE_H

#include <jansson.h>

#include "base/diag.h"

struct stressor_info {
	char *name;
	char *program;    /* absolute path */
	json_t *describe; /* what --describe printed */
};

struct catalogue {
	char *dir;
	struct stressor_info *list; /* by name */
	unsigned int count;
	char **notes; /* one sentence on each program that was left out */
	unsigned int n_notes;
};

/* The folder that catalogue_load() reads, for the caller to free; NULL without memory. */
char *catalogue_folder(void);

int catalogue_load(struct catalogue **ret, struct diag *d); /* 0 or -errno */
/* The same from folder @dir. -ENOENT, -ENOTDIR, ... when it cannot be read; an empty one is no
 * error. */
int catalogue_load_dir(const char *dir, struct catalogue **ret, struct diag *d);
struct catalogue *catalogue_free(struct catalogue *c);
const struct stressor_info *catalogue_find(const struct catalogue *c,
					   const char *name); /* or NULL */
/* All names, ends with NULL; free() the array alone. NULL: no memory. */
const char **catalogue_names(const struct catalogue *c);
/* The description of one parameter ({"name", "kind", "default", ...}), or NULL. Borrowed. */
json_t *catalogue_param(const struct stressor_info *s, const char *name);
const char *catalogue_nearest(const struct catalogue *c,
			      const char *name); /* for "did you mean", or NULL */
/* Check one parameter value (already text) against the description; message without place in @d. */
int catalogue_check_param(const struct stressor_info *s, const char *name, const char *value,
			  struct diag *d);

#endif

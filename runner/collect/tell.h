/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What `hangar collect` tells: lines for people, or one JSON object. */
#ifndef HANGAR_TELL_H
#define HANGAR_TELL_H

#include <jansson.h>

#include "collect/complete.h"
#include "collect/pair.h"

struct tell {
	bool quiet;
	json_t *out; /* NULL: lines */
	unsigned int told;
};

void tell_begin(struct tell *t, bool json, bool quiet);
/* @done: NULL when nothing was written; then @error, or the pair, says why. */
void tell_run(struct tell *t, const struct lost *l, const struct pair *p,
	      const struct completion *done, const char *error);
/* The relics that are nobody's, and the object itself. @pairs: one for each of @runs. */
void tell_end(struct tell *t, const struct relics *relics, const struct losts *runs,
	      const struct pair *pairs);
void tell_drop(struct tell *t);

#endif

/* SPDX-License-Identifier: GPL-2.0-or-later */
/* An oops with all that could be made of it: what its words and its JSON are written from. */
#ifndef HANGAR_OOPS_STORY_H
#define HANGAR_OOPS_STORY_H

#include <jansson.h>

#include "triage/oops_code.h"
#include "triage/oops_list.h"
#include "triage/oops_poison.h"
#include "triage/words.h"

struct oops_story {
	struct oops o;
	struct oops_code code;
	struct oops_list list;
	enum looks address_looks;
	char address_words[160], fault_words[192], taint_words[768];
	uint64_t address; /* that was touched: told, else computed from the instruction */
	bool has_address, computed;
};

/* One sentence. */
void oops_conclude(const struct triage_case *c, const struct oops_story *s, char *buf, size_t size);
void oops_say(const struct triage_case *c, const struct oops_story *s, struct words *w);
json_t *oops_json(const struct oops_story *s);

#endif

/* SPDX-License-Identifier: GPL-2.0-or-later */
/* An alloc_story in words: the conclusion in one sentence, then the evidence and what helps. */
#ifndef HANGAR_TRIAGE_ALLOC_SAY_H
#define HANGAR_TRIAGE_ALLOC_SAY_H

#include <stddef.h>

#include "triage/alloc_story.h"
#include "triage/words.h"

void alloc_say_conclusion(const struct alloc_story *s, char *buf, size_t size);
void alloc_say_request(const struct alloc_story *s, struct words *w);
void alloc_say_zones(const struct alloc_story *s, struct words *w);

/* "not-allowed" and so on, and the sentence: why or why not the kernel could compact. */
const char *alloc_compaction_name(enum alloc_compaction c);
const char *alloc_compaction_says(enum alloc_compaction c);

/* The @i-th remedy that fits; NULL: no more. */
const char *alloc_remedy(const struct alloc_story *s, unsigned int i);

#endif

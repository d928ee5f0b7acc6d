/* SPDX-License-Identifier: GPL-2.0-or-later */
/* An OOM report in words: one sentence, and the paragraphs below it. Pure. */
#ifndef HANGAR_OOM_SAY_H
#define HANGAR_OOM_SAY_H

#include "triage/oom_story.h"
#include "triage/words.h"

const char *oom_scope_name(enum oom_scope scope); /* "memcg", "machine", "cpuset", "mempolicy" */
/* Did the memory come back: "reaped", "not-reaped", "nobody-killed", "not-said". */
const char *oom_back_name(const struct oom_story *s);

void oom_conclude(const struct oom_story *s, char *buf, size_t size);
/* @stack: of who asked, as in finding.stack. */
void oom_say(const struct oom_story *s, const char *stack, struct words *w);

#endif

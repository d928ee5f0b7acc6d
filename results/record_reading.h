/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What was read from the vmcore (vmcore.json), and the blocked tasks, from there or from the
 * evidence. */
#ifndef HANGAR_RECORD_READING_H
#define HANGAR_RECORD_READING_H

#include <jansson.h>

struct record;

/*
 * Known members of known types alone, lists cut to what a report can hold. Texts are as they came:
 * who prints them escapes them. A new object; NULL: @text is no JSON object, or no memory.
 *   release, panic, reader, vmcore   text
 *   taint       text or number
 *   tasks       number
 *   refused     [{reader, reason}]
 *   explanations  [{subject, sentence}]
 *   cpus        [{cpu, comm, pid, stack: [text]}]
 *   blocked     [{count, stack: [text], tasks: [{pid, comm, role}]}]
 *   memory      {name: number}
 *   memcgs      [{path, usage_bytes, limit_bytes, failcnt}]
 *   notes       [text]
 */
json_t *reading_clean(const char *text, size_t size);

/* Fill r->reading, r->blocked and r->blocked_from. What cannot be read is as if it were not there.
 */
void record_reading_load(struct record *r);

#endif

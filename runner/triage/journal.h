/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The journal's own forms: `journalctl -o export` and `-o json`. */
#ifndef HANGAR_TRIAGE_JOURNAL_H
#define HANGAR_TRIAGE_JOURNAL_H

#include "triage/framing.h"

/* One line of an entry, which begins with __CURSOR= and ends with an empty line. */
bool journal_export_line(struct framing *f, const char *line, struct kmsg_record *ret);

/* One more line of a value that has its length in front: 8 bytes, the lowest first, then as many.
 * The line's own newline stood at line[size], whatever is there now. */
void journal_export_counted(struct framing *f, const char *line, size_t size);

/* One entry a line. An object that is no entry is no record. */
bool journal_json_line(struct framing *f, const char *line, size_t size, struct kmsg_record *ret);

#endif

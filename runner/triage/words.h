/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The paragraphs of an explanation: wrapped lines in memory. */
#ifndef HANGAR_TRIAGE_WORDS_H
#define HANGAR_TRIAGE_WORDS_H

#include <stdint.h>
#include <stdio.h>

#define WORDS_COLUMNS 110

struct words {
	FILE *to; /* NULL: there was no memory */
	char *text;
	size_t size;
};

void words_open(struct words *w);
/* Close; the text, the caller's to free; NULL without memory. */
char *words_close(struct words *w);

/* One paragraph of at most 1,023 bytes, wrapped at WORDS_COLUMNS; later lines are indented by two
 * more than the first. Control characters become '?'. */
void words_say(struct words *w, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* "32 MiB", "12.5 GiB", "132 kB" into @buf; returns it. */
const char *words_kb(uint64_t kb, char *buf, size_t size);

#endif

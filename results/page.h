/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Parts of report.txt: what was found, and how the page is laid out. */
#ifndef HANGAR_PAGE_H
#define HANGAR_PAGE_H

#include <stdio.h>

#include "record.h"

/* An empty line and a heading. */
void page_title(FILE *to, const char *text);

/* "  label      value"; nothing when @value is empty. */
void page_field(FILE *to, const char *label, const char *value);

/* The same with a value in three parts. */
void page_join(FILE *to, const char *label, const char *first, const char *second,
	       const char *third);

/* The findings that count, the first twenty with their stacks. */
void page_findings(const struct record *r, FILE *to);

/* What was allowed or is only worth a line, by kind and number. */
void page_noise(const struct record *r, FILE *to);

#endif

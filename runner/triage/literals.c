/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A form without a literal of LITERAL_MIN bytes would make every line a candidate; a test refuses
 * such a form.
 */
#include "triage/literals.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "kmsg/recognisers.h"

/* Acted upon outside the table: a frame, a boot, an entry of the journal. */
static const char *const marks[] = { "[ cut here ]",  "Linux version ", "__CURSOR=",
				     "SysRq : Show ", "sysrq: Show ",   "sysrq: SysRq : Show " };

/* Is @p the begin of a field, "{pid}"? Its length, else 0. */
static size_t field_length(const char *p)
{
	size_t n;

	if (*p != '{')
		return 0;
	n = 1 + strspn(p + 1, "abcdefghijklmnopqrstuvwxyz*");
	return n > 1 && p[n] == '}' ? n + 1 : 0;
}

/* The longest piece between fields. */
static void best_piece(const char *form, char *to)
{
	size_t best = 0;

	to[0] = 0;
	while (*form) {
		size_t n = 0;

		while (form[n] && !field_length(form + n))
			n++;
		if (n > best) {
			best = n;
			snprintf(to, LITERAL_BYTES, "%.*s", (int)n, form);
		}
		form += n;
		form += field_length(form);
	}
}

static void add(struct literals *l, const char *text)
{
	unsigned int kept = 0;

	for (unsigned int i = 0; i < l->count; i++)
		if (strstr(text, l->list[i]))
			return; /* it would be found anyway */
	for (unsigned int i = 0; i < l->count; i++)
		if (!strstr(l->list[i], text))
			memmove(l->list[kept++], l->list[i], LITERAL_BYTES);
	l->count = kept;
	if (l->count < LITERALS_MAX)
		snprintf(l->list[l->count++], LITERAL_BYTES, "%s", text);
}

static void add_row(struct literals *l, const struct recogniser *row)
{
	char piece[LITERAL_BYTES];

	for (unsigned int i = 0; i < RECOGNISER_FORMS && row->forms[i]; i++) {
		best_piece(row->forms[i], piece);
		add(l, piece);
	}
}

void literals_make(struct literals *l)
{
	l->count = 0;
	for (size_t i = 0; i < sizeof(marks) / sizeof(marks[0]); i++)
		add(l, marks[i]);
	for (unsigned int f = 0; recogniser_families[f]; f++)
		for (unsigned int i = 0; i < recogniser_families[f]->count; i++)
			add_row(l, &recogniser_families[f]->rows[i]);
}

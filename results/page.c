/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Findings on the page. Those that count are shown with all that is known; noise is a number: an
 * OOM storm that the scenario provokes itself is thousands of kills, and none of them is news.
 */
#include "page.h"

#include <string.h>

#include "base/cleanup.h"
#include "base/escape.h"
#include "say.h"

/* With their stacks some 400 lines: more is read in result.json. */
#define FINDINGS_SHOWN 20

void page_field(FILE *to, const char *label, const char *value)
{
	if (!value[0])
		return;
	fprintf(to, "  %-10s ", label);
	escape_plain(to, value);
	fputc('\n', to);
}

void page_join(FILE *to, const char *label, const char *first, const char *second,
	       const char *third)
{
	char text[1024];

	snprintf(text, sizeof(text), "%s%s%s", first, second, third);
	page_field(to, label, text);
}

void page_title(FILE *to, const char *text)
{
	fprintf(to, "\n%s\n", text);
}

static void stack(FILE *to, const char *text)
{
	while (*text) {
		size_t len = strcspn(text, "\n");
		char line[256];

		snprintf(line, sizeof(line), "%.*s", (int)len, text);
		fputs("          ", to);
		escape_plain(to, line);
		fputc('\n', to);
		text += len + (text[len] == '\n');
	}
}

static void members(const char *lines, FILE *to)
{
	struct finding_member m;

	while (finding_next_member(&lines, &m)) {
		fputs("        ", to);
		escape_plain(to, m.comm);
		fprintf(to, " %d, ", m.pid);
		escape_plain(to, m.role);
		fputs(m.group[0] ? ", in " : "", to);
		escape_plain(to, m.group);
		fputc('\n', to);
	}
}

static void finding(const struct record *r, const struct finding *f, FILE *to)
{
	char line[SAY_SENTENCE];

	fprintf(to, "  #%-4u %s: ", f->id, finding_judged_name(f->judged));
	escape_plain(to, say_finding(r, f, line, sizeof(line)));
	fputc('\n', to);
	if (f->text[0]) {
		fputs("        ", to);
		escape_plain(to, f->text);
		fputc('\n', to);
	}
	if (f->group[0]) {
		fputs("        in group ", to);
		escape_plain(to, f->group);
		fputc('\n', to);
	}
	members(f->members, to);
	stack(to, f->stack);
}

void page_findings(const struct record *r, FILE *to)
{
	unsigned int shown = 0, all = 0;

	for (unsigned int judged = 0; judged < JUDGED_COUNT; judged++)
		if (judged != JUDGED_ALLOWED && judged != JUDGED_NOTE)
			all += record_count(r, (enum finding_judged)judged);
	if (all)
		page_title(to, "Findings");
	for (unsigned int i = 0; i < r->n_findings && shown < FINDINGS_SHOWN; i++) {
		const struct finding *f = &r->findings[i];

		if (f->judged == JUDGED_ALLOWED || f->judged == JUDGED_NOTE)
			continue;
		finding(r, f, to);
		shown++;
	}
	if (all > shown)
		fprintf(to, "  and %u more: see result.json\n", all - shown);
}

void page_noise(const struct record *r, FILE *to)
{
	static const enum finding_judged judged[] = { JUDGED_ALLOWED, JUDGED_NOTE };

	if (record_count(r, JUDGED_ALLOWED) + record_count(r, JUDGED_NOTE) == 0)
		return;
	page_title(to, "Also noticed");
	for (size_t i = 0; i < ARRAY_SIZE(judged); i++)
		for (unsigned int kind = 0; kind < FINDING_KIND_COUNT; kind++)
			if (r->counts[judged[i]][kind])
				fprintf(to, "  %6u %s (%s)\n", r->counts[judged[i]][kind],
					finding_kind_name((enum finding_kind)kind),
					finding_judged_name(judged[i]));
}

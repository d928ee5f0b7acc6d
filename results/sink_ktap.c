/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * ktap.txt: one test, after Documentation/dev-tools/ktap.rst. What follows a '#' is read as a
 * directive if it begins with the word of one, so a reason without a directive begins with the
 * verdict's name.
 */
#include "sink.h"

#include <errno.h>
#include <string.h>

#include "base/escape.h"
#include "event.h"
#include "say.h"

/* A console log is read by people as well: the rest stands in report.txt. */
#define FINDINGS_SHOWN 20

static void diagnostic(FILE *to, const char *text)
{
	fputs("# ", to);
	escape_plain(to, text);
	fputc('\n', to);
}

/* Those that count, not the noise that was allowed. */
static void findings(const struct record *r, FILE *to)
{
	char line[SAY_SENTENCE];
	unsigned int shown = 0;

	for (unsigned int i = 0; i < r->n_findings && shown < FINDINGS_SHOWN; i++) {
		const struct finding *f = &r->findings[i];

		if (f->judged == JUDGED_NOTE || f->judged == JUDGED_ALLOWED)
			continue;
		diagnostic(to, say_finding(r, f, line, sizeof(line)));
		if (f->text[0])
			diagnostic(to, f->text);
		shown++;
	}
}

static void dumps(const struct record *r, FILE *to)
{
	char what[SAY_SENTENCE], line[SAY_SENTENCE + 32];
	json_t *dump;
	size_t i;

	json_array_foreach (r->outside.dumps, i, dump) {
		snprintf(line, sizeof(line), "dump %.16s by %s", event_text(dump, "result"),
			 say_dump(dump, what, sizeof(what)));
		if (i < FINDINGS_SHOWN)
			diagnostic(to, line);
	}
}

/* A description can be any words, but holds no '#'. */
static void description(FILE *to, const char *name)
{
	char copy[256];

	snprintf(copy, sizeof(copy), "%s", name);
	for (char *c = strchr(copy, '#'); c; c = strchr(c, '#'))
		*c = '-';
	escape_plain(to, copy);
}

static int write_ktap(const struct record *r, FILE *to)
{
	char line[SAY_SENTENCE];
	const char *directive;
	bool ok;

	verdict_ktap(r->verdict, r->must_reproduce, &ok, &directive);
	fputs("KTAP version 1\n1..1\n", to);
	diagnostic(to, say_verdict(r, line, sizeof(line)));
	snprintf(line, sizeof(line), "kernel %.200s, run %.100s",
		 record_manifest_text(r, "host.kernel"), record_manifest_text(r, "id"));
	diagnostic(to, line);
	findings(r, to);
	dumps(r, to);
	fprintf(to, "%s 1 ", ok ? "ok" : "not ok");
	description(to, say_name(r));
	fprintf(to, " # %s%s ", directive ? directive : verdict_name(r->verdict),
		directive ? "" : ":");
	escape_plain(to, r->reason);
	fputc('\n', to);
	return ferror(to) ? -EIO : 0;
}

const struct sink_ops sink_ktap = { "ktap", "ktap.txt", write_ktap };

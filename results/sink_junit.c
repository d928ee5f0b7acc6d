/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * junit.xml: no standard, so only what every reader of it understands: one suite, its properties,
 * one case with at most one of failure, error and skipped, and the report as its output.
 */
#include "sink.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/escape.h"
#include "event.h"
#include "say.h"

static void attribute(FILE *to, const char *name, const char *value)
{
	fprintf(to, " %s=\"", name);
	escape_xml(to, value);
	fputc('"', to);
}

static void property(FILE *to, const char *name, const char *value)
{
	if (!value[0])
		return;
	fputs("      <property", to);
	attribute(to, "name", name);
	attribute(to, "value", value);
	fputs("/>\n", to);
}

/* A run with an outside: where it ran, and whether there is a vmcore. */
static void outside_properties(const struct record *r, FILE *to)
{
	const json_t *dump = say_made_dump(r);
	char line[SAY_SENTENCE];

	property(to, "outside.what", event_text(r->outside.begin, "what"));
	property(to, "outside.accel", event_text(r->outside.begin, "accel"));
	property(to, "outside.kernel", event_text(r->outside.begin, "kernel"));
	property(to, "dump", dump ? say_dump(dump, line, sizeof(line)) : "");
	property(to, "vmcore.reader", event_text(r->reading, "reader"));
}

static void properties(const struct record *r, FILE *to)
{
	static const char *const shown[] = {
		"hangar",      "id",           "seed",          "host.distribution",
		"host.kernel", "host.version", "host.machine",  "host.cmdline",
		"host.cpu",    "host.cgroup",  "scenario.path",
	};

	fputs("    <properties>\n", to);
	property(to, "verdict", verdict_name(r->verdict));
	if (r->must_reproduce)
		property(to, "control", "positive");
	for (size_t i = 0; i < ARRAY_SIZE(shown); i++)
		property(to, shown[i], record_manifest_text(r, shown[i]));
	outside_properties(r, to);
	fputs("    </properties>\n", to);
}

/* "2023-11-14T22:13:20": most schemas allow no zone. */
static void timestamp(const struct record *r, FILE *to)
{
	char text[32];

	snprintf(text, sizeof(text), "%s", record_manifest_text(r, "began"));
	text[strcspn(text, "Z")] = '\0';
	if (text[0])
		attribute(to, "timestamp", text);
}

static void suite_open(const struct record *r, FILE *to, const char *outcome)
{
	const char *host = record_manifest_text(r, "host.name");

	fputs("  <testsuite", to);
	attribute(to, "name", say_name(r));
	fprintf(to, " tests=\"1\" failures=\"%d\" errors=\"%d\" skipped=\"%d\" time=\"%.3f\"",
		!strcmp(outcome, "failure"), !strcmp(outcome, "error"), !strcmp(outcome, "skipped"),
		r->seconds);
	timestamp(r, to);
	if (host[0])
		attribute(to, "hostname", host);
	fputs(">\n", to);
}

static void outcome_element(const struct record *r, FILE *to, const char *outcome)
{
	const struct finding *f = record_decisive(r);
	char sentence[SAY_SENTENCE];

	fprintf(to, "      <%s", outcome);
	attribute(to, "message", r->reason);
	if (strcmp(outcome, "skipped"))
		attribute(to, "type", f ? finding_kind_name(f->kind) : verdict_name(r->verdict));
	fputc('>', to);
	escape_xml_text(to, say_verdict(r, sentence, sizeof(sentence)));
	if (f && f->text[0]) {
		fputc('\n', to);
		escape_xml_text(to, f->text);
	}
	fprintf(to, "</%s>\n", outcome);
}

static int output(const struct record *r, FILE *to)
{
	_cleanup_free_ char *text = NULL;
	size_t size;
	int err = sink_make(&sink_text, r, &text, &size);

	if (err < 0)
		return err;
	fputs("      <system-out>", to);
	escape_xml_text(to, text);
	fputs("</system-out>\n", to);
	return 0;
}

static int write_junit(const struct record *r, FILE *to)
{
	const char *outcome = verdict_junit(r->verdict, r->must_reproduce);
	int err;

	fputs("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites>\n", to);
	suite_open(r, to, outcome ? outcome : "");
	properties(r, to);
	fputs("    <testcase", to);
	attribute(to, "name", say_name(r));
	fprintf(to, " classname=\"hangar\" time=\"%.3f\">\n", r->seconds);
	if (outcome)
		outcome_element(r, to, outcome);
	err = output(r, to);
	fputs("    </testcase>\n  </testsuite>\n</testsuites>\n", to);
	if (!err && ferror(to))
		err = -EIO;
	return err;
}

const struct sink_ops sink_junit = { "junit", "junit.xml", write_junit };

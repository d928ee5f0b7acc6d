/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The members are documented in hangar-triage(1); a member that is not known is null. */
#include <math.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/utf8.h"
#include "triage/explain.h"
#include "triage/face.h"

#define TOGETHER_MAX 64 /* boots with a story of several cases, so that memory stays constant */

static json_t *text_or_null(const char *text)
{
	return text[0] ? utf8_json(text) : json_null();
}

static json_t *number_or_null(long long n, bool known)
{
	return known ? json_integer(n) : json_null();
}

static json_t *seconds_or_null(double seconds)
{
	return seconds > 0 && isfinite(seconds) ? json_real(seconds) : json_null();
}

static json_t *stack_json(const char *stack)
{
	json_t *array = json_array();

	while (*stack) {
		size_t n = strcspn(stack, "\n");
		char line[256];

		snprintf(line, sizeof(line), "%.*s", (int)n, stack);
		if (n)
			json_array_append_new(array, utf8_json(line));
		stack += n + (stack[n] == '\n');
	}
	return array;
}

static json_t *source_json(const struct report_text *text)
{
	json_t *array = json_array();

	for (unsigned int i = 0; i < text->count; i++)
		json_array_append_new(array, utf8_json(text->lines[i]));
	return array;
}

static json_t *explanation_json(const char *by, struct explanation *e)
{
	json_t *o = json_pack("{s:s, s:o, s:o, s:o}", "by", by, "conclusion",
			      text_or_null(e->conclusion), "words",
			      text_or_null(e->words ? e->words : ""), "details",
			      e->details ? json_incref(e->details) : json_null());

	explanation_clear(e);
	return o;
}

static json_t *explain_one(const struct triage_case *c, const char *release)
{
	for (unsigned int i = 0; explainers[i]; i++) {
		struct explanation e = { .details = NULL };

		if (!explainers[i]->one || !explainers[i]->takes(c))
			continue;
		if (!explainers[i]->one(c, release, &e))
			return explanation_json(explainers[i]->name, &e);
		explanation_clear(&e);
	}
	return json_null();
}

static const char *scope(enum finding_kind kind)
{
	return kind == FINDING_GLOBAL_OOM ? "machine" : kind == FINDING_OOM_KILL ? "group" : "";
}

static void set_who(json_t *o, const struct finding *f)
{
	json_object_set_new(o, "function", text_or_null(f->function));
	json_object_set_new(o, "comm", text_or_null(f->comm));
	json_object_set_new(o, "pid", number_or_null(f->pid, f->pid > 0));
	json_object_set_new(o, "cpu", number_or_null(f->cpu, f->cpu >= 0));
	json_object_set_new(o, "group", text_or_null(f->group));
	json_object_set_new(o, "scope", text_or_null(scope(f->kind)));
}

static void set_where(json_t *o, const struct triage_case *c, const char *input,
		      const char *release)
{
	json_object_set_new(o, "input", utf8_json(input));
	json_object_set_new(o, "line", number_or_null((long long)c->line, c->line));
	json_object_set_new(o, "last_line", number_or_null((long long)c->last_line, c->line));
	json_object_set_new(o, "boot", json_integer(c->boot));
	json_object_set_new(o, "time", text_or_null(c->when));
	json_object_set_new(o, "uptime", seconds_or_null((double)c->f.kernel_us / 1e6));
	json_object_set_new(o, "release", text_or_null(c->f.release[0] ? c->f.release : release));
	json_object_set_new(o, "taint", text_or_null(c->f.taint));
}

static json_t *case_json(const struct triage_case *c, const char *input, const char *release)
{
	json_t *o = json_object();

	json_object_set_new(o, "kind", json_string(triage_kind_name(c->f.kind)));
	json_object_set_new(o, "severity", json_string(severity_name(c->severity)));
	set_who(o, &c->f);
	json_object_set_new(o, "seconds", seconds_or_null(c->longest_seconds));
	json_object_set_new(o, "count", json_integer(c->count));
	json_object_set_new(o, "signature", utf8_json(c->f.signature));
	set_where(o, c, input, release);
	json_object_set_new(o, "text", utf8_json(c->f.text));
	json_object_set_new(o, "stack", stack_json(c->f.stack));
	json_object_set_new(o, "source", source_json(&c->text));
	json_object_set_new(o, "source_cut", json_boolean(c->text.cut));
	json_object_set_new(o, "explanation",
			    explain_one(c, c->f.release[0] ? c->f.release : release));
	return o;
}

static void begin(struct face *f)
{
	f->inputs = json_array();
	f->together = json_array();
	fputs("{\"findings\": [", f->to);
}

static void one(struct face *f, const struct triage_case *c, const char *release)
{
	json_t *o = case_json(c, f->input, release);

	fputs(f->findings ? ",\n" : "\n", f->to);
	json_dumpf(o, f->to, JSON_ENSURE_ASCII);
	json_decref(o);
}

static void boot(struct face *f, const struct cases_batch *batch)
{
	for (unsigned int i = 0; explainers[i]; i++) {
		struct explanation e = { .details = NULL };
		json_t *o;

		if (!explainers[i]->all || json_array_size(f->together) >= TOGETHER_MAX)
			continue;
		if (explainers[i]->all(batch->cases, batch->count, batch->release, &e)) {
			explanation_clear(&e);
			continue;
		}
		o = explanation_json(explainers[i]->name, &e);
		json_object_set_new(o, "boot", json_integer(batch->boot));
		json_object_set_new(o, "input", utf8_json(f->input));
		json_array_append_new(f->together, o);
	}
}

static void input(struct face *f, const struct face_input *in)
{
	json_array_append_new(f->inputs,
			      json_pack("{s:o, s:o, s:I, s:I, s:o}", "name", utf8_json(in->name),
					"packing", text_or_null(in->packing), "lines",
					(json_int_t)in->lines, "bytes", (json_int_t)in->bytes,
					"problem", text_or_null(in->problem ? in->problem : "")));
}

static void end(struct face *f, unsigned int boots, uint64_t lines)
{
	fprintf(f->to,
		"%s],\n\"boots\": %u, \"lines\": %llu,\n\"together\": ", f->findings ? "\n" : "",
		boots, (unsigned long long)lines);
	json_dumpf(f->together, f->to, JSON_ENSURE_ASCII);
	fputs(",\n\"inputs\": ", f->to);
	json_dumpf(f->inputs, f->to, JSON_ENSURE_ASCII);
	fputs("}\n", f->to);
	json_decref(f->together);
	json_decref(f->inputs);
}

const struct face_ops face_json = { begin, one, boot, input, end };

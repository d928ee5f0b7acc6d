/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * --help and --describe, both from the same rows that the parser reads, so that neither can differ
 * from it. The JSON is written by hand: hundreds of copies are launched, and none of them should
 * load a JSON library for a line that only one of them prints.
 */
#include "describe.h"

#include <inttypes.h>

#include "params.h"

static const char common_help[] =
	"  --seconds=N     end after N seconds (a fraction is allowed); default: no limit\n"
	"  --steps=N       end after N steps\n"
	"  --seed=N        make the random choices of an earlier run again\n"
	"  --describe      print parameters and counters as JSON\n"
	"  --help          print this text\n"
	"  --version       print the version\n";

static const char exit_help[] =
	"\nExit status: 0 done, 77 cannot run here (reason on standard error), 2 bad usage,\n"
	"else failed. Lack of memory or space is pressure, never a failure.\n";

static void help_choices(const struct param *p, FILE *to)
{
	fputs(p->kind == PARAM_MIX ? "; weights over " : "; one of ", to);
	for (int i = 0; p->choices[i]; i++)
		fprintf(to, "%s%s", i ? ", " : "", p->choices[i]);
}

static void help_param(const struct param *p, FILE *to)
{
	fprintf(to, "  --%s=%s\n      %s", p->name, param_kind_name(p->kind), p->about);
	if (p->choices)
		help_choices(p, to);
	if (p->fallback)
		fprintf(to, "; default %s\n", p->fallback);
	else
		fputs("; required\n", to);
}

void describe_help(const struct stressor *s, FILE *to)
{
	fprintf(to, "Usage: %s [--PARAMETER=VALUE]...\n%s\nOne step: %s.\n\n", s->name, s->about,
		s->step);
	fputs(common_help, to);
	fputs("\nParameters:\n", to);
	for (const struct param *p = s->params; p->name; p++)
		help_param(p, to);
	if (s->aux && s->aux[0])
		fputs("\nCounters of its own:", to);
	for (int i = 0; s->aux && s->aux[i]; i++)
		fprintf(to, " %s", s->aux[i]);
	if (s->aux && s->aux[0])
		fputc('\n', to);
	fputs(exit_help, to);
}

static void put_string(const char *text, FILE *to)
{
	fputc('"', to);
	for (const char *c = text; *c; c++) {
		if (*c == '"' || *c == '\\')
			fputc('\\', to);
		fputc(*c, to);
	}
	fputc('"', to);
}

static void put_member(const char *key, const char *value, FILE *to)
{
	fprintf(to, "\"%s\":", key);
	if (value)
		put_string(value, to);
	else
		fputs("null", to);
	fputc(',', to);
}

static void put_array(const char *key, const char *const *items, FILE *to)
{
	fprintf(to, "\"%s\":[", key);
	for (int i = 0; items && items[i]; i++) {
		if (i)
			fputc(',', to);
		put_string(items[i], to);
	}
	fputc(']', to);
}

static void put_param(const struct param *p, FILE *to)
{
	fputc('{', to);
	put_member("name", p->name, to);
	put_member("kind", param_kind_name(p->kind), to);
	put_member("default", p->fallback, to);
	fprintf(to, "\"min\":%" PRIu64 ",\"max\":%" PRIu64 ",", p->min, p->max);
	put_array("choices", p->choices, to);
	fputc(',', to);
	fputs("\"about\":", to);
	put_string(p->about, to);
	fputc('}', to);
}

void describe_json(const struct stressor *s, FILE *to)
{
	fputc('{', to);
	put_member("name", s->name, to);
	put_member("about", s->about, to);
	put_member("step", s->step, to);
	fputs("\"params\":[", to);
	for (const struct param *p = s->params; p->name; p++) {
		if (p != s->params)
			fputc(',', to);
		put_param(p, to);
	}
	fputs("],", to);
	put_array("aux", s->aux, to);
	fputs("}\n", to);
}

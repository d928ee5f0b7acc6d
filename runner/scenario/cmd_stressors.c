/* SPDX-License-Identifier: GPL-2.0-or-later */
/* `hangar stressors`: what each stressor says of itself. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/cli.h"
#include "commands.h"
#include "scenario/catalogue.h"
#include "scenario/param.h"
#include "verdict.h"

struct stressors_options {
	bool json;
};

static const struct cli_option rows[] = {
	{ 0, "--json", NULL, "print a JSON array with everything", cli_flag,
	  CLI_AT(struct stressors_options, json, bool) },
	{ 0 },
};

static const struct cli cli = {
	.command = "stressors",
	.usage = "Usage: hangar stressors [--json] [NAME]\n"
		 "Show the stressors, or one with its parameters, units and ranges.\n",
	.exits = "$HANGAR_STRESSORS names another folder of stressors.\n"
		 "Exit: 0, or 128 when there is no such stressor or folder.\n",
	.options = rows,
	.words_max = 1,
};

static const char *member(const json_t *j, const char *key)
{
	const char *text_of = json_string_value(json_object_get(j, key));

	return text_of ? text_of : "";
}

static void print_param(const json_t *p)
{
	char range[160];

	printf("  %-16s %s", member(p, "name"), member(p, "kind"));
	if (param_range(p, range, sizeof(range))[0])
		printf(", %s", range);
	if (json_is_string(json_object_get(p, "default")))
		printf("; default %s", member(p, "default"));
	else
		fputs("; required", stdout);
	printf("\n      %s\n", member(p, "about"));
}

static void print_one(const struct stressor_info *s)
{
	json_t *param;
	size_t i;

	printf("%s: %s\nOne step: %s.\n\n", s->name, member(s->describe, "about"),
	       member(s->describe, "step"));
	json_array_foreach (json_object_get(s->describe, "params"), i, param)
		print_param(param);
}

static void print_all(const struct catalogue *c)
{
	for (unsigned int i = 0; i < c->count; i++)
		printf("%-16s %s\n", c->list[i].name, member(c->list[i].describe, "about"));
	for (unsigned int i = 0; i < c->n_notes; i++)
		fprintf(stderr, "hangar: %s\n", c->notes[i]);
}

static int print_json(const struct catalogue *c, const struct stressor_info *only)
{
	json_t *list = json_array();
	int err;

	for (unsigned int i = 0; i < c->count; i++) {
		json_t *one = json_copy(c->list[i].describe);

		if (only && only != &c->list[i]) {
			json_decref(one);
			continue;
		}
		json_object_set_new(one, "program", json_string(c->list[i].program));
		json_array_append_new(list, one);
	}
	err = json_dumpf(list, stdout, JSON_INDENT(2));
	json_decref(list);
	putchar('\n');
	return err < 0 ? -EIO : 0;
}

static int refuse_name(const struct catalogue *c, const char *name)
{
	const char *near = catalogue_nearest(c, name);

	fprintf(stderr, "hangar: no stressor \"%s\" in %s", name, c->dir);
	if (near)
		fprintf(stderr, "; did you mean \"%s\"?", near);
	fputc('\n', stderr);
	return -ENOENT;
}

static int print(const struct catalogue *c, const char *name, bool json)
{
	const struct stressor_info *one = name ? catalogue_find(c, name) : NULL;

	if (name && !one)
		return refuse_name(c, name);
	if (json)
		return print_json(c, one);
	if (one)
		print_one(one);
	else
		print_all(c);
	return 0;
}

int stressors_main(int argc, char **argv)
{
	struct catalogue *c = NULL;
	struct stressors_options o = { 0 };
	struct diag d = { 0 };
	char **words;
	int r = cli_parse(&cli, argc, argv, &o, &words);

	if (r)
		return r < 0 ? EXIT_BROKEN : 0;
	r = catalogue_load(&c, &d);
	if (r < 0)
		diag_print(&d, stderr);
	else
		r = print(c, words[0], o.json);
	catalogue_free(c);
	return r < 0 || fflush(stdout) ? EXIT_BROKEN : 0;
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
/* `hangar list`: the scenarios of a folder and the folders below it, by the name that `hangar run`
 * takes. */
#include <stdio.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/cli.h"
#include "commands.h"
#include "scenario/scenario.h"
#include "scenario/scenario_path.h"
#include "scenario/shelf.h"
#include "verdict.h"

#include <jansson.h>

struct list_options {
	bool json;
};

static const struct cli_option rows[] = {
	{ 0, "--json", NULL, "print a JSON array", cli_flag,
	  CLI_AT(struct list_options, json, bool) },
	{ 0 },
};

static const struct cli cli = {
	.command = "list",
	.usage = "Usage: hangar list [--json] [DIR]\n"
		 "Show the scenarios in DIR (default: those that come with hangar) by name.\n",
	.exits = "$HANGAR_SCENARIOS names another default folder.\n"
		 "Exit: 0, or 128 when the folder cannot be read.\n",
	.options = rows,
	.words_max = 1,
};

/* One row: what `hangar run` takes, and what the scenario says of itself or is refused for. */
static int add_row(void *list, const char *name, const char *path)
{
	struct scenario *s = NULL;
	struct diag d = { 0 };
	json_t *row;

	if (scenario_load(path, NULL, &s, &d) < 0) {
		row = json_pack("{s:s, s:s, s:o}", "name", name, "path", path, "error",
				json_sprintf("%u:%u: %s", d.line, d.column, d.message));
	} else {
		row = json_pack("{s:s, s:s, s:s, s:b, s:b}", "name", name, "path", path, "about",
				s->about ? s->about : "", "root", s->needs.root, "must-reproduce",
				s->expect.must_reproduce);
		scenario_free(s);
	}
	return json_array_append_new(list, row) < 0 ? -ENOMEM : 0;
}

static void print_rows(const json_t *list)
{
	json_t *row;
	size_t i;

	json_array_foreach (list, i, row) {
		const char *error = json_string_value(json_object_get(row, "error"));

		printf("%-28s %s%s\n", json_string_value(json_object_get(row, "name")),
		       error ? "BROKEN " : "",
		       error ? error : json_string_value(json_object_get(row, "about")));
	}
}

int list_main(int argc, char **argv)
{
	_cleanup_free_ char *folder = NULL;
	struct list_options o = { 0 };
	char **words;
	json_t *list;
	int r = cli_parse(&cli, argc, argv, &o, &words);

	if (r)
		return r < 0 ? EXIT_BROKEN : 0;
	folder = words[0] ? strdup(words[0]) : scenario_folder();
	list = json_array();
	r = folder && list ? shelf_walk(folder, add_row, list) : -ENOMEM;
	if (r < 0)
		fprintf(stderr, "hangar: %s: cannot be read: %s\n", folder ? folder : "scenarios",
			strerror(-r));
	else if (o.json)
		r = json_dumpf(list, stdout, JSON_INDENT(2)) < 0 || putchar('\n') < 0 ? -EIO : 0;
	else
		print_rows(list);
	json_decref(list);
	return r < 0 || fflush(stdout) ? EXIT_BROKEN : 0;
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
/* `hangar check`: every file is looked at, the exit code tells whether all are good. */
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/cli.h"
#include "commands.h"
#include "scenario/catalogue.h"
#include "scenario/scenario.h"
#include "scenario/scenario_path.h"
#include "scenario/schema.h"
#include "verdict.h"

struct check_options {
	bool schema;
};

static const struct cli_option rows[] = {
	{ 0, "--schema", NULL, "print the JSON Schema of scenarios", cli_flag,
	  CLI_AT(struct check_options, schema, bool) },
	{ 0 },
};

static const struct cli cli = {
	.command = "check",
	.usage = "Usage: hangar check FILE...\n"
		 "       hangar check --schema\n"
		 "Validate scenario files without running them. One line for each file; the place\n"
		 "of the first error in it, and what is allowed there.\n",
	.exits = "Exit: 0 all files are good, 128 otherwise.\n",
	.options = rows,
	.words_max = -1,
};

static int print_schema(void)
{
	json_t *schema = schema_make();
	int err = schema ? json_dumpf(schema, stdout, JSON_INDENT(2)) : -1;

	json_decref(schema);
	putchar('\n');
	return err < 0 || fflush(stdout) ? EXIT_BROKEN : 0;
}

/* `hangar check scenarios/?*.json` is how folders are checked, and our schema lies among them. */
static bool is_schema(const char *path)
{
	const char *slash = strrchr(path, '/');

	return !strcmp(slash ? slash + 1 : path, "schema.json");
}

static int check_one(const char *name, const struct catalogue *c)
{
	_cleanup_free_ char *path = scenario_path_find(name);
	struct scenario *s = NULL;
	struct diag d = { 0 };
	int err;

	if (path && is_schema(path)) {
		printf("%s: left out, the schema is no scenario\n", path);
		return 0;
	}
	err = path ? scenario_load(path, c, &s, &d) : diag_set(&d, -ENOMEM, "no memory");
	if (err < 0)
		diag_print(&d, stderr);
	else
		printf("%s: ok\n", path);
	scenario_free(s);
	return err;
}

int check_main(int argc, char **argv)
{
	struct catalogue *c = NULL;
	struct check_options o = { 0 };
	struct diag d = { 0 };
	char **names;
	int bad = 0, r = cli_parse(&cli, argc, argv, &o, &names);

	if (r)
		return r < 0 ? EXIT_BROKEN : 0;
	if (o.schema)
		return print_schema();
	if (!names[0]) {
		cli_refuse(&cli, "name a file");
		return EXIT_BROKEN;
	}
	if (catalogue_load(&c, &d) < 0) {
		diag_print(&d, stderr);
		return EXIT_BROKEN;
	}
	for (unsigned int i = 0; i < c->n_notes; i++)
		fprintf(stderr, "hangar: %s\n", c->notes[i]);
	for (; *names; names++)
		bad += check_one(*names, c) < 0;
	catalogue_free(c);
	return bad ? EXIT_BROKEN : 0;
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
/* `hangar explain`: the plan of a scenario on this machine, with nothing made and nothing changed.
 */
#include <stdio.h>

#include "base/cleanup.h"
#include "base/cli.h"
#include "commands.h"
#include "scenario/explain.h"
#include "scenario/scale.h"
#include "scenario/scenario_path.h"
#include "verdict.h"

struct explain_options {
	bool json;
	uint64_t seed; /* UNSET: the scenario's */
};

static const struct cli_option rows[] = {
	{ 0, "--json", NULL, "print one JSON object", cli_flag,
	  CLI_AT(struct explain_options, json, bool) },
	{ 0, "--seed", "N", "the seed of the run, for the seeds that follow from it", cli_number,
	  CLI_AT(struct explain_options, seed, uint64_t), .max = INT64_MAX },
	{ 0 },
};

static const struct cli cli = {
	.command = "explain",
	.usage = "Usage: hangar explain [OPTION...] FILE|NAME\n"
		 "Print what a scenario would do on this machine: groups and limits, phases and\n"
		 "commands, what is watched and expected, and what would be skipped here and why.\n"
		 "Nothing is changed.\n",
	.exits = "Exit: 0 the scenario is good, be it skipped here or not; 128 otherwise.\n",
	.options = rows,
	.words_min = 1,
	.words_max = 1,
	.wanted = "a scenario",
};

struct explained {
	struct catalogue *catalogue;
	struct scenario *scenario;
	struct plan *plan;
	struct host host;
};

static void explained_clear(struct explained *e)
{
	plan_free(e->plan);
	scenario_free(e->scenario);
	catalogue_free(e->catalogue);
}

static int make(const char *name, uint64_t seed, struct explained *e, struct diag *d)
{
	_cleanup_free_ char *path = scenario_path_find(name);
	int err;

	if (!path)
		return diag_set(d, -ENOMEM, "no memory");
	err = catalogue_load(&e->catalogue, d);
	if (!err)
		err = scenario_load(path, e->catalogue, &e->scenario, d);
	if (err < 0)
		return err;
	err = host_probe("", &e->host);
	if (err < 0)
		return diag_set(d, err, "/proc cannot be read");
	scale_groups(e->scenario, e->host.memory_bytes);
	if (seed == UNSET)
		seed = e->scenario->seed;
	return plan_make(e->scenario, &e->host, e->catalogue, seed, "{scratch}", "{run}", &e->plan,
			 d);
}

static int print(const struct explained *e, bool as_json)
{
	json_t *j;
	int err;

	if (!as_json) {
		explain_text(e->plan, &e->host, stdout);
		return fflush(stdout) ? EXIT_BROKEN : 0;
	}
	j = explain_json(e->plan, &e->host);
	err = j ? json_dumpf(j, stdout, JSON_INDENT(2)) : -1;
	json_decref(j);
	putchar('\n');
	return err < 0 || fflush(stdout) ? EXIT_BROKEN : 0;
}

int explain_main(int argc, char **argv)
{
	_cleanup_(explained_clear) struct explained e = { 0 };
	struct explain_options o = { .seed = UNSET };
	struct diag d = { 0 };
	char **names;
	int r = cli_parse(&cli, argc, argv, &o, &names);

	if (r)
		return r < 0 ? EXIT_BROKEN : 0;
	r = make(names[0], o.seed, &e, &d);
	if (r < 0) {
		diag_print(&d, stderr);
		return EXIT_BROKEN;
	}
	return print(&e, o.json);
}

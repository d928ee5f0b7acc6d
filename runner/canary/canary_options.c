/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The command line of `hangar canary`. */
#include "canary/canary.h"

#include "base/cli.h"

#define AT(member, of) CLI_AT(struct canary_options, member, of)

/* It is read here, and handed on as it was written. */
static CLI_TAKER(take_time)
{
	uint64_t us;
	const struct cli_option read = { .name = o->name };
	int err = cli_time(c, &read, value, &us);

	return err ? err : cli_text(c, o, value, options);
}

static const char *const versions[] = { "v1", "v2", NULL };

static const struct cli_option rows[] = {
	{ 'k', "--kernel", "SPEC", "the planted kernel (planted; `tests/kernels/build` makes it)",
	  cli_text, AT(kernel, const char *) },
	{ 'r', "--repeat", "N", "run each N times (1)", cli_count, AT(repeat, unsigned int),
	  .min = 1, .max = CANARY_REPEAT_MAX },
	{ 0, "--off", NULL, "and once more as often with the plant off: that must survive",
	  cli_flag, AT(off, bool) },
	{ 0, "--cgroup", "v1|v2", "control groups of the guests", cli_choice, AT(cgroup, int),
	  .min = 1, .words = versions },
	{ 'f', "--for", "TIME", "shorten each scenario to TIME", take_time,
	  AT(seconds, const char *) },
	{ 0, "--no-dump", NULL, "take no vmcore", cli_flag, AT(no_dump, bool) },
	{ 'o', "--out", "DIR", "keep the run directories below DIR", cli_text,
	  AT(out, const char *) },
	{ 0, "--json", NULL, "print one JSON object at the end", cli_flag, AT(json, bool) },
	{ 'q', "--quiet", NULL, "print the table alone", cli_flag, AT(quiet, bool) },
	{ 0 },
};

static const struct cli cli = {
	.command = "canary",
	.usage = "Usage: hangar canary [OPTION...] [NAME...]\n"
		 "Would the trap have caught them? Boot a kernel with known bugs planted, run\n"
		 "the scenario made for each, and tell what was found, how fast, and by which\n"
		 "watcher first. NAME is a scenario or a plant (all).\n",
	.exits = "Exit: 0 when every plant was found, and nothing with the plants off;\n"
		 "125 when not; 128 and more: no such run.\n",
	.options = rows,
	.words_max = -1,
};

int canary_options_parse(int argc, char **argv, struct canary_options *ret)
{
	char **words = NULL;
	int err;

	*ret = (struct canary_options){ .kernel = "planted", .repeat = 1 };
	err = cli_parse(&cli, argc, argv, ret, &words);
	ret->names = words;
	return err;
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Bad usage is told in one line and never ends with 1 or 2, which `git bisect run` would take for a
 * verdict. */
#include "scenario/options.h"

#include <errno.h>
#include <getopt.h>
#include <stdio.h>

#include "base/units.h"
#include "scenario/scenario.h"

static const struct option longs[] = {
	{ "help", no_argument, NULL, 'h' },
	{ "json", no_argument, NULL, 'j' },
	{ "schema", no_argument, NULL, 'c' },
	{ "seed", required_argument, NULL, 's' },
	{ NULL },
};

static int refuse(const char *command, const char *why, const char *what)
{
	fprintf(stderr, "hangar %s: %s%s; see hangar %s --help\n", command, why, what, command);
	return -EINVAL;
}

static int take(const char *command, int option, const struct command_text *text,
		struct command_options *o, const char *word)
{
	switch (option) {
	case 'j':
		o->json = true;
		return text->takes_json ? 0 : refuse(command, "no option ", "--json");
	case 'c':
		o->schema = true;
		return text->takes_schema ? 0 : refuse(command, "no option ", "--schema");
	case 's':
		if (!text->takes_seed)
			return refuse(command, "no option ", "--seed");
		if (units_parse_count(optarg, &o->seed) < 0 || o->seed > INT64_MAX)
			return refuse(command, "--seed must be a whole number, not ", optarg);
		return 0;
	case ':':
		return refuse(command, "a value is missing after ", word);
	default:
		return refuse(command, "no option ", word);
	}
}

static int check_count(const char *command, const struct command_text *text,
		       const struct command_options *o)
{
	if (o->schema)
		return 0;
	if (o->n_args < text->args_min)
		return refuse(command, "an argument is missing", "");
	if (text->args_max >= 0 && o->n_args > text->args_max)
		return refuse(command, "one argument too many: ", o->args[text->args_max]);
	return 0;
}

int command_options(int argc, char **argv, const struct command_text *text,
		    struct command_options *ret)
{
	struct command_options o = { .seed = UNSET };
	int option, err;

	optind = 0; /* GNU: scan a fresh vector */
	opterr = 0;
	while ((option = getopt_long(argc, argv, ":h", longs, NULL)) != -1) {
		if (option == 'h') {
			fputs(text->usage, stdout);
			return 1;
		}
		err = take(argv[0], option, text, &o, optind > 0 ? argv[optind - 1] : "");
		if (err < 0)
			return err;
	}
	o.args = argv + optind;
	o.n_args = argc - optind;
	err = check_count(argv[0], text, &o);
	if (!err)
		*ret = o;
	return err;
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * getopt_long() on the table. It shares its place in the vector with all who use it, so each
 * reading begins afresh. An option's number is its row's, behind all letters: whoever is asked for
 * "--json=3" can then be told which option takes no value.
 */
#include "base/cli.h"

#include <errno.h>
#include <getopt.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#define OPTIONS_MAX 40
#define ROW 256 /* past every letter */
#define HELP (ROW + OPTIONS_MAX)

struct reader {
	const struct cli *cli;
	struct option longs[OPTIONS_MAX + 2];
	char letters[3 * OPTIONS_MAX];
};

int cli_refuse(const struct cli *c, const char *format, ...)
{
	va_list args;

	fprintf(stderr, "hangar %s: ", c->command);
	va_start(args, format);
	vfprintf(stderr, format, args);
	va_end(args);
	fprintf(stderr, "; see `hangar %s --help`\n", c->command);
	return -EINVAL;
}

int cli_refuse_value(const struct cli *c, const struct cli_option *o, const char *value,
		     const char *why)
{
	return cli_refuse(c, "%s %s: %s", o->name, value, why);
}

static int wants_value(const struct cli_option *o)
{
	if (!o->value)
		return no_argument;
	return strncmp(o->value, "[=", 2) ? required_argument : optional_argument;
}

static void add(struct reader *r, int row)
{
	const struct cli_option *o = &r->cli->options[row];
	size_t used = strlen(r->letters);

	r->longs[row] = (struct option){ o->name + 2, wants_value(o), NULL, ROW + row };
	if (o->letter)
		snprintf(r->letters + used, sizeof(r->letters) - used, "%c%s", o->letter,
			 o->value ? ":" : "");
}

static void prepare(struct reader *r, const struct cli *c)
{
	int row = 0;

	/* ":": that a value is missing comes back as such */
	*r = (struct reader){ .cli = c, .letters = ":h" };
	for (; c->options[row].name && row < OPTIONS_MAX; row++)
		add(r, row);
	r->longs[row] = (struct option){ "help", no_argument, NULL, HELP };
}

static const struct cli_option *find(const struct cli *c, int option)
{
	for (int row = 0; c->options[row].name; row++)
		if (option == ROW + row || (option && option == c->options[row].letter))
			return &c->options[row];
	return NULL;
}

/* @word: as it was written; of letters that stand together getopt tells which alone. */
static int refuse_option(const struct cli *c, int option, const char *word)
{
	const struct cli_option *known = find(c, optopt);
	const char letter[] = { '-', (char)optopt, '\0' };

	if (option == ':')
		return cli_refuse(c, "a value is missing behind %s", known ? known->name : word);
	if (known)
		return cli_refuse(c, "%s takes no value", known->name);
	return cli_refuse(c, "no option %s", optopt > 0 && optopt < ROW ? letter : word);
}

static int check_words(const struct cli *c, int argc, char **argv)
{
	int count = argc - optind;

	if (count < c->words_min)
		return cli_refuse(c, "name %s", c->wanted);
	if (c->words_max >= 0 && count > c->words_max)
		return cli_refuse(c, "one argument too many: %s", argv[optind + c->words_max]);
	return 0;
}

int cli_parse(const struct cli *c, int argc, char **argv, void *options, char ***ret_words)
{
	struct reader r;
	int option, err;

	prepare(&r, c);
	optind = 0; /* GNU: a fresh vector */
	opterr = 0;
	while ((option = getopt_long(argc, argv, r.letters, r.longs, NULL)) != -1) {
		const struct cli_option *o = find(c, option);

		if (option == 'h' || option == HELP) {
			cli_help(c);
			return 1;
		}
		err = o ? o->take(c, o, optarg, options)
			: refuse_option(c, option, argv[optind > 0 ? optind - 1 : 0]);
		if (err)
			return err;
	}
	if (ret_words)
		*ret_words = argv + optind;
	return check_words(c, argc, argv);
}

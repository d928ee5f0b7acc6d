/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A command line as a table: a row an option, which says what it is called, what it takes, where
 * that goes and what --help tells of it. -h and --help are every command's and have no row.
 * Bad usage is told in one line on standard error.
 */
#ifndef HANGAR_CLI_H
#define HANGAR_CLI_H

#include <stddef.h>
#include <stdint.h>

struct cli;

struct cli_option {
	char letter;       /* 0: it has none */
	const char *name;  /* "--out" */
	const char *value; /* what --help calls its value; "[=X]": may be left out; NULL: takes none
			    */
	const char *about; /* of --help; NULL: it is not told of */
	/* Put @value (NULL: there is none) into @options, the caller's struct. 0 or -EINVAL, told.
	 */
	int (*take)(const struct cli *c, const struct cli_option *o, const char *value,
		    void *options);
	size_t at;                /* where in that struct; CLI_AT() looks at the type, too */
	uint64_t min, max;        /* as the taker has it; @max 0: as large as it can be */
	const char *const *words; /* NULL-terminated */
};

#define CLI_AT(type, member, of)                                                                   \
	(offsetof(type, member) + 0 * sizeof((of *)0 == &((type *)0)->member))

struct cli {
	const char *command;              /* "vm" */
	const char *usage;                /* of --help, above the options */
	const char *exits;                /* below them */
	const struct cli_option *options; /* up to a row without a name */
	int words_min, words_max;         /* of what is no option; max -1: any number */
	const char *wanted;               /* "a scenario", when there are too few */
};

/* What options take; the type that the member at ->at has, and what else the row says. */
#define CLI_TAKER(name)                                                                            \
	int name(const struct cli *c, const struct cli_option *o, const char *value, void *options)
CLI_TAKER(cli_flag);   /* bool: true */
CLI_TAKER(cli_set);    /* int: ->min */
CLI_TAKER(cli_text);   /* const char *: into argv; "" when its value is left out */
CLI_TAKER(cli_one_of); /* const char *: one of ->words */
CLI_TAKER(cli_choice); /* int: ->min and the place in ->words */
CLI_TAKER(cli_count);  /* unsigned int: ->min to ->max */
CLI_TAKER(cli_number); /* uint64_t: ->min to ->max */
CLI_TAKER(cli_bytes);  /* uint64_t: with a unit, ->min at the least */
CLI_TAKER(cli_time);   /* uint64_t, microseconds: with a unit, longer than nothing */

/**
 * cli_parse - read the argument vector of a command; options and words may be mixed
 * @argv: NULL-terminated; argv[0] is the command's name; it is put in order, options first
 * @options: has its defaults already
 * @ret_words: what is no option, NULL-terminated, in @argv; may be NULL
 * Returns 0 to go on; 1 when --help was printed; -EINVAL with the reason told.
 */
int cli_parse(const struct cli *c, int argc, char **argv, void *options, char ***ret_words);

/* Tell why this command line is none. Returns -EINVAL. */
int cli_refuse(const struct cli *c, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* The same of one option's value. */
int cli_refuse_value(const struct cli *c, const struct cli_option *o, const char *value,
		     const char *why);

/* What --help prints. */
void cli_help(const struct cli *c);

#endif

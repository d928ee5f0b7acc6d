/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The few options of the commands that only read: --help, --json, --seed N. */
#ifndef HANGAR_COMMAND_OPTIONS_H
#define HANGAR_COMMAND_OPTIONS_H

#include <stdbool.h>
#include <stdint.h>

struct command_options {
	bool json;
	bool schema;
	uint64_t seed; /* UNSET */
	char **args;   /* what is left, n_args of them: points into argv */
	int n_args;
};

struct command_text {
	const char *usage; /* of --help */
	bool takes_json, takes_seed, takes_schema;
	int args_min, args_max; /* -1: any number */
};

/**
 * command_options - read the argument vector of a command
 * @argv: argv[0] is the command's name
 * Returns 0 to go on; 1 when --help was printed; -EINVAL with the reason already printed: the
 * command ends with EXIT_BROKEN.
 */
int command_options(int argc, char **argv, const struct command_text *text,
		    struct command_options *ret);

#endif

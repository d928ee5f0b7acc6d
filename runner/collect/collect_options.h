/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the user said to `hangar collect`. */
#ifndef HANGAR_COLLECT_OPTIONS_H
#define HANGAR_COLLECT_OPTIONS_H

#include <stdbool.h>

#include "collect/place.h"

struct collect_options {
	const char *root;      /* "" on the machine itself */
	const char *crash_dir; /* below @root; so are the next two */
	const char *pstore;
	const char *archive; /* of systemd-pstore */
	const char *take;    /* this relic, for the one run that is named */
	enum place_how how;
	bool no_clean, json, quiet;
	char **dirs; /* run directories, NULL-terminated; none: all of the state home */
};

/* 0 to go on; 1 when --help was printed; -EINVAL, with the reason already printed. */
int collect_options_parse(int argc, char **argv, struct collect_options *ret);

#endif

/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the user said to `hangar observe`. */
#ifndef HANGAR_OBSERVE_OPTIONS_H
#define HANGAR_OBSERVE_OPTIONS_H

#include "observe/console.h"
#include "observe/remote.h"

struct observe_options {
	const char *scenario; /* NULL: none */
	const char *listen;   /* [HOST]:PORT, NULL: no heartbeat */
	const char *key;      /* file, NULL: beats are not signed */
	const char *run;      /* id, NULL: the first that is heard */
	const char *out;
	struct console_spec console;
	struct remote remote;
	bool arm, any_fault, json, quiet;
	uint64_t silent_us, stuck_us, settle_us;
	uint64_t for_us; /* UINT64_MAX: until the run is over */
};

/* 0 to go on; 1 when --help was printed; -EINVAL, with the reason already printed. */
int observe_options_parse(int argc, char **argv, struct observe_options *ret);

#endif

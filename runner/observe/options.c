/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The command line of `hangar observe`. */
#include "observe/options.h"

#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <string.h>

#include "base/units.h"

/* Thirty beats lost one after the other are no accident of a network. */
#define SILENT_AFTER_US 30000000u
/* The loop turns ten times a second; a minute is far past any storm that merely starves it. */
#define STUCK_AFTER_US 60000000u
/* Panic text on a slow serial line, and the boot of a crash kernel with its first words. */
#define SETTLE_US 60000000u

static const char help[] =
	"Usage: hangar observe [OPTION...] [SCENARIO]\n"
	"Watch a run on another machine: hear its heart, read its console, pull the trigger when "
	"it dies.\n"
	"SCENARIO says which findings are its bug; silence always is a reason to pull.\n\n"
	"  -l, --listen [HOST]:PORT   hear the heartbeat of `hangar run --heartbeat` here (UDP)\n"
	"      --key FILE             believe only beats signed with this key\n"
	"      --run ID               this run; else the first that is heard\n"
	"  -c, --console WHERE        FILE, unix:PATH, tcp:HOST:PORT, or sol (with --ipmi)\n"
	"      --silent-after TIME    no beat for so long is silence (30s)\n"
	"      --stuck-after TIME     beats without a turn of the runner's loop (60s)\n"
	"      --ipmi HOST[:PORT],USER,PASSFILE[,INTERFACE]\n"
	"                             trigger: `ipmitool chassis power diag`, an NMI\n"
	"      --exec PROGRAM         trigger: PROGRAM RUN KIND ADDRESS\n"
	"      --arm                  really pull it; otherwise say what would have been done\n"
	"      --any-fault            any kernel fault is a reason to pull, and exits 1\n"
	"      --settle TIME          watch for so long what follows (60s)\n"
	"  -f, --for TIME             at most this long in all\n"
	"  -o, --out DIR              make the run directory here (absent or empty)\n"
	"      --json                 print one JSON object at the end\n"
	"  -q, --quiet                print the verdict alone\n"
	"  -h, --help                 this text\n\n"
	"Exit: 0 SURVIVED (the run said farewell, nothing was seen), 1 REPRODUCED, 125 OTHER_FAULT "
	"or INCONCLUSIVE,\n"
	"128 and more BROKEN.\n";

enum {
	OPT_KEY = 256,
	OPT_RUN,
	OPT_SILENT,
	OPT_STUCK,
	OPT_IPMI,
	OPT_EXEC,
	OPT_ARM,
	OPT_ANY_FAULT,
	OPT_SETTLE,
	OPT_JSON
};

static const struct option long_options[] = {
	{ "listen", required_argument, NULL, 'l' },
	{ "key", required_argument, NULL, OPT_KEY },
	{ "run", required_argument, NULL, OPT_RUN },
	{ "console", required_argument, NULL, 'c' },
	{ "silent-after", required_argument, NULL, OPT_SILENT },
	{ "stuck-after", required_argument, NULL, OPT_STUCK },
	{ "ipmi", required_argument, NULL, OPT_IPMI },
	{ "exec", required_argument, NULL, OPT_EXEC },
	{ "arm", no_argument, NULL, OPT_ARM },
	{ "any-fault", no_argument, NULL, OPT_ANY_FAULT },
	{ "settle", required_argument, NULL, OPT_SETTLE },
	{ "for", required_argument, NULL, 'f' },
	{ "out", required_argument, NULL, 'o' },
	{ "json", no_argument, NULL, OPT_JSON },
	{ "quiet", no_argument, NULL, 'q' },
	{ "help", no_argument, NULL, 'h' },
	{ NULL, 0, NULL, 0 },
};

static int refuse(const char *why)
{
	fprintf(stderr, "hangar observe: %s\nTry `hangar observe --help`.\n", why);
	return -EINVAL;
}

static int take_time(uint64_t *to, const char *value)
{
	char why[400];
	int err = units_parse_duration(value, to);

	if (!err && *to)
		return 0;
	snprintf(why, sizeof(why), "%s: %s", value,
		 err ? units_explain_duration(err) : "must be longer than nothing");
	return refuse(why);
}

static int take_parsed(int err, const struct diag *d)
{
	if (err < 0)
		diag_print(d, stderr);
	return err;
}

static int take_trigger(struct observe_options *o, int option)
{
	struct diag d = { 0 };

	if (o->remote.ops != &remote_none)
		return refuse("one trigger: --ipmi or --exec");
	if (option == OPT_EXEC) {
		o->remote.ops = &remote_exec;
		o->remote.program = optarg;
		return 0;
	}
	o->remote.ops = &remote_ipmi;
	return take_parsed(bmc_parse(optarg, &o->remote.bmc, &d), &d);
}

static int take_value(struct observe_options *o, int option)
{
	struct diag d = { 0 };

	switch (option) {
	case 'l':
		o->listen = optarg;
		return 0;
	case 'o':
		o->out = optarg;
		return 0;
	case OPT_KEY:
		o->key = optarg;
		return 0;
	case OPT_RUN:
		o->run = optarg;
		return 0;
	case 'c':
		return take_parsed(console_spec_parse(optarg, &o->console, &d), &d);
	case 'f':
		return take_time(&o->for_us, optarg);
	case OPT_SILENT:
		return take_time(&o->silent_us, optarg);
	case OPT_STUCK:
		return take_time(&o->stuck_us, optarg);
	case OPT_SETTLE:
		return take_time(&o->settle_us, optarg);
	default:
		return take_trigger(o, option);
	}
}

static int take_option(struct observe_options *o, int option)
{
	switch (option) {
	case OPT_ARM:
		o->arm = true;
		return 0;
	case OPT_ANY_FAULT:
		o->any_fault = true;
		return 0;
	case OPT_JSON:
		o->json = true;
		return 0;
	case 'q':
		o->quiet = true;
		return 0;
	case 'h':
		fputs(help, stdout);
		return 1;
	case '?':
		fputs("Try `hangar observe --help`.\n", stderr);
		return -EINVAL;
	default:
		return take_value(o, option);
	}
}

int observe_options_parse(int argc, char **argv, struct observe_options *ret)
{
	int option, err;

	*ret = (struct observe_options){
		.remote.ops = &remote_none,
		.silent_us = SILENT_AFTER_US,
		.stuck_us = STUCK_AFTER_US,
		.settle_us = SETTLE_US,
		.for_us = UINT64_MAX,
	};
	optind = 1;
	while ((option = getopt_long(argc, argv, "l:c:f:o:qh", long_options, NULL)) != -1) {
		err = take_option(ret, option);
		if (err)
			return err;
	}
	if (argc - optind > 1)
		return refuse("one scenario at a time");
	ret->scenario = argv[optind];
	if (!ret->listen && ret->console.kind == CONSOLE_NONE)
		return refuse("nothing to watch: name a port with --listen, a console with "
			      "--console, or both");
	if (ret->console.kind == CONSOLE_SOL && ret->remote.ops != &remote_ipmi)
		return refuse("--console sol needs --ipmi");
	if (ret->arm && ret->remote.ops == &remote_none)
		return refuse("--arm needs a trigger: --ipmi or --exec");
	return 0;
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The command line of `hangar run`. Nothing here may end with 1 or 2: `git bisect run` would take a
 * typing error for a bad kernel, so every refusal becomes EXIT_BROKEN in run_main().
 */
#include "run/options.h"

#include <errno.h>
#include <getopt.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/units.h"
#include "scenario/scenario.h"

static const char help[] =
	"Usage: hangar run [OPTION...] SCENARIO\n"
	"       hangar run --resume [OPTION...] [DIR]\n"
	"Run a scenario: limit, stress, watch, judge, record.\n"
	"SCENARIO is a file, or the name of a shipped scenario (see `hangar list`).\n\n"
	"  -o, --out DIR      make the run directory here (absent or empty)\n"
	"  -s, --seed N       seed of every random choice\n"
	"  -f, --for TIME     at most this long in all, e.g. 90s, 10m\n"
	"  -r, --repeat N     go through the phases N times\n"
	"      --any-fault    exit 1 for OTHER_FAULT too\n"
	"      --arm[=TRIGGER]  this machine may be crashed for the dump that the scenario asks "
	"for:\n"
	"                     sysrq-c (the usual one) or watchdog; see `hangar doctor`\n"
	"      --force        format a scratch device although it holds another file system\n"
	"      --heartbeat HOST:PORT    tell an observer (hangar-observe(1)) each second that we "
	"live\n"
	"      --heartbeat-key FILE     sign the heartbeat with this key\n"
	"      --resume       go on with the run in DIR, or with the one that its machine did not "
	"survive\n"
	"      --attempts N   go on N times at most (3)\n"
	"      --scratch-device DEV     format and use DEV where the scenario asks for a loop "
	"file\n"
	"      --wire PORT    mirror the journal in frames over this device or socket\n"
	"      --json         print one JSON object at the end\n"
	"  -q, --quiet        print the verdict alone\n"
	"      --plain        plain lines, no live line\n"
	"  -h, --help         this text\n\n"
	"Exit: 0 SURVIVED, 1 REPRODUCED, 125 OTHER_FAULT, SKIPPED or INCONCLUSIVE, 128 and more "
	"BROKEN.\n";

enum {
	OPT_ANY_FAULT = 256,
	OPT_ARM,
	OPT_FORCE,
	OPT_HEARTBEAT,
	OPT_HEARTBEAT_KEY,
	OPT_JSON,
	OPT_PLAIN,
	OPT_RESUME,
	OPT_ATTEMPTS,
	OPT_SCRATCH_DEVICE,
	OPT_WIRE
};

static const struct option long_options[] = {
	{ "out", required_argument, NULL, 'o' },
	{ "seed", required_argument, NULL, 's' },
	{ "for", required_argument, NULL, 'f' },
	{ "repeat", required_argument, NULL, 'r' },
	{ "any-fault", no_argument, NULL, OPT_ANY_FAULT },
	{ "arm", optional_argument, NULL, OPT_ARM },
	{ "force", no_argument, NULL, OPT_FORCE },
	{ "heartbeat", required_argument, NULL, OPT_HEARTBEAT },
	{ "heartbeat-key", required_argument, NULL, OPT_HEARTBEAT_KEY },
	{ "wire", required_argument, NULL, OPT_WIRE },
	{ "scratch-device", required_argument, NULL, OPT_SCRATCH_DEVICE },
	{ "resume", no_argument, NULL, OPT_RESUME },
	{ "attempts", required_argument, NULL, OPT_ATTEMPTS },
	{ "json", no_argument, NULL, OPT_JSON },
	{ "quiet", no_argument, NULL, 'q' },
	{ "plain", no_argument, NULL, OPT_PLAIN },
	{ "help", no_argument, NULL, 'h' },
	{ NULL, 0, NULL, 0 },
};

static int refuse(const char *option, const char *value, const char *why)
{
	fprintf(stderr, "hangar run: --%s %s: %s\n", option, value, why);
	return -EINVAL;
}

static const char *name_of(int option)
{
	return option == 's' ? "seed" : option == 'r' ? "repeat" : "attempts";
}

static int take_number(struct run_options *o, int option, const char *value)
{
	uint64_t n = 0;
	int err;

	if (option == 'f') {
		err = units_parse_duration(value, &o->for_us);
		if (err < 0)
			return refuse("for", value, units_explain_duration(err));
		return o->for_us ? 0 : refuse("for", value, "must be longer than nothing");
	}
	err = units_parse_count(value, &n);
	if (err < 0)
		return refuse(name_of(option), value, "a plain number is wanted");
	if (option == 's') {
		if (n == UNSET)
			return refuse("seed", value, "is out of range");
		o->seed = n;
		return 0;
	}
	if (n < 1 || n > 1000000)
		return refuse(name_of(option), value, "1 to 1000000 are possible");
	*(option == 'r' ? &o->repeat : &o->attempts) = (unsigned int)n;
	return 0;
}

/* Options that are kept as they are. */
static const struct {
	int option;
	size_t at; /* of a const char * where the option takes an argument, else of a bool */
	const char *absent; /* NULL: a bool; else what an argument left out stands for */
} plain[] = {
	{ 'o', offsetof(struct run_options, out), "" },
	{ OPT_ARM, offsetof(struct run_options, arm), "" },
	{ OPT_HEARTBEAT, offsetof(struct run_options, heartbeat), "" },
	{ OPT_HEARTBEAT_KEY, offsetof(struct run_options, heartbeat_key), "" },
	{ OPT_WIRE, offsetof(struct run_options, wire), "" },
	{ OPT_SCRATCH_DEVICE, offsetof(struct run_options, scratch_device), "" },
	{ 'q', offsetof(struct run_options, quiet), NULL },
	{ OPT_ANY_FAULT, offsetof(struct run_options, any_fault), NULL },
	{ OPT_FORCE, offsetof(struct run_options, force), NULL },
	{ OPT_JSON, offsetof(struct run_options, json), NULL },
	{ OPT_PLAIN, offsetof(struct run_options, plain), NULL },
	{ OPT_RESUME, offsetof(struct run_options, resume), NULL },
};

static bool take_plain(struct run_options *o, int option)
{
	for (size_t i = 0; i < ARRAY_SIZE(plain); i++) {
		char *to = (char *)o + plain[i].at;

		if (plain[i].option != option)
			continue;
		if (plain[i].absent)
			*(const char **)(void *)to = optarg ? optarg : plain[i].absent;
		else
			*(bool *)to = true;
		return true;
	}
	return false;
}

static int take_option(struct run_options *o, int option)
{
	if (take_plain(o, option))
		return 0;
	switch (option) {
	case 's':
	case 'f':
	case 'r':
	case OPT_ATTEMPTS:
		return take_number(o, option, optarg);
	case 'h':
		fputs(help, stdout);
		return 1;
	default:
		fputs("Try `hangar run --help`.\n", stderr);
		return -EINVAL;
	}
}

static int take_all(int argc, char **argv, struct run_options *o)
{
	int option, err = 0;

	optind = 1;
	while (!err && (option = getopt_long(argc, argv, "o:s:f:r:qh", long_options, NULL)) != -1)
		err = take_option(o, option);
	return err;
}

int options_parse(int argc, char **argv, struct run_options *ret)
{
	int err;

	*ret = (struct run_options){ .seed = UNSET, .for_us = UNSET };
	err = take_all(argc, argv, ret);
	if (err)
		return err;
	if (argc - optind > 1 || (argc == optind && !ret->resume)) {
		fprintf(stderr, "hangar run: %s\nTry `hangar run --help`.\n",
			argc == optind ? "name a scenario" : "one scenario at a time");
		return -EINVAL;
	}
	if (ret->heartbeat_key && !ret->heartbeat)
		return refuse("heartbeat-key", ret->heartbeat_key,
			      "signs nothing without --heartbeat");
	ret->scenario = argv[optind];
	return 0;
}

int options_overlay(int argc, char **argv, struct run_options *o)
{
	return take_all(argc, argv, o) ? -EINVAL : 0;
}

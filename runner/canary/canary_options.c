/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The command line of `hangar canary`. */
#include "canary/canary.h"

#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <string.h>

#include "base/units.h"

static const char help[] =
	"Usage: hangar canary [OPTION...] [NAME...]\n"
	"Would the trap have caught them? Boot a kernel with known bugs planted, run the scenario "
	"made for each,\n"
	"and tell what was found, how fast, and by which watcher first. NAME is a scenario or a "
	"plant (all).\n\n"
	"  -k, --kernel SPEC   the planted kernel (planted; `tests/kernels/build` makes it)\n"
	"  -r, --repeat N      run each N times (1)\n"
	"      --off           and once more as often with the plant off: that must survive\n"
	"      --cgroup v1|v2  control groups of the guests\n"
	"  -f, --for TIME      shorten each scenario to TIME\n"
	"      --no-dump       take no vmcore\n"
	"  -o, --out DIR       keep the run directories below DIR\n"
	"      --json          print one JSON object at the end\n"
	"  -q, --quiet         print the table alone\n"
	"  -h, --help          this text\n\n"
	"Exit: 0 when every plant was found, and nothing with the plants off; 125 when not; 128 "
	"and more: no such run.\n";

enum { OPT_OFF = 256, OPT_CGROUP, OPT_NO_DUMP, OPT_JSON };

static const struct option long_options[] = {
	{ "kernel", required_argument, NULL, 'k' },
	{ "repeat", required_argument, NULL, 'r' },
	{ "off", no_argument, NULL, OPT_OFF },
	{ "cgroup", required_argument, NULL, OPT_CGROUP },
	{ "for", required_argument, NULL, 'f' },
	{ "no-dump", no_argument, NULL, OPT_NO_DUMP },
	{ "out", required_argument, NULL, 'o' },
	{ "json", no_argument, NULL, OPT_JSON },
	{ "quiet", no_argument, NULL, 'q' },
	{ "help", no_argument, NULL, 'h' },
	{ NULL, 0, NULL, 0 },
};

static int refuse(const char *option, const char *value, const char *why)
{
	fprintf(stderr, "hangar canary: --%s %s: %s\nTry `hangar canary --help`.\n", option, value,
		why);
	return -EINVAL;
}

static int take_repeat(struct canary_options *o)
{
	uint64_t n = 0;

	if (units_parse_count(optarg, &n) < 0 || n < 1 || n > CANARY_REPEAT_MAX)
		return refuse("repeat", optarg, "1 to 1000 are possible");
	o->repeat = (unsigned int)n;
	return 0;
}

static int take_cgroup(struct canary_options *o)
{
	if (strcmp(optarg, "v1") && strcmp(optarg, "v2"))
		return refuse("cgroup", optarg, "v1 or v2");
	o->cgroup = optarg[1] - '0';
	return 0;
}

static int take_time(struct canary_options *o)
{
	uint64_t us = 0;
	int err = units_parse_duration(optarg, &us);

	if (err < 0)
		return refuse("for", optarg, units_explain_duration(err));
	o->seconds = optarg;
	return us ? 0 : refuse("for", optarg, "must be longer than nothing");
}

static int take_option(struct canary_options *o, int option)
{
	switch (option) {
	case 'k':
		o->kernel = optarg;
		return 0;
	case 'o':
		o->out = optarg;
		return 0;
	case 'r':
		return take_repeat(o);
	case 'f':
		return take_time(o);
	case OPT_CGROUP:
		return take_cgroup(o);
	case OPT_OFF:
		o->off = true;
		return 0;
	case OPT_NO_DUMP:
		o->no_dump = true;
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
	default:
		fputs("Try `hangar canary --help`.\n", stderr);
		return -EINVAL;
	}
}

int canary_options_parse(int argc, char **argv, struct canary_options *ret)
{
	int option, err;

	*ret = (struct canary_options){ .kernel = "planted", .repeat = 1 };
	optind = 1;
	while ((option = getopt_long(argc, argv, "k:r:f:o:qh", long_options, NULL)) != -1) {
		err = take_option(ret, option);
		if (err)
			return err;
	}
	ret->names = argv + optind;
	return 0;
}

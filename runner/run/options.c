/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The command line of `hangar run`. Nothing here may end with 1 or 2: `git bisect run` would take a
 * typing error for a bad kernel, so every refusal becomes EXIT_BROKEN in run_main().
 */
#include "run/options.h"

#include <errno.h>

#include "base/cli.h"
#include "scenario/scenario.h"

#define AT(member, of) CLI_AT(struct run_options, member, of)

static const struct cli_option rows[] = {
	{ 'o', "--out", "DIR", "make the run directory here (absent or empty)", cli_text,
	  AT(out, const char *) },
	{ 's', "--seed", "N", "seed of every random choice", cli_number, AT(seed, uint64_t),
	  .max = UNSET - 1 },
	{ 'f', "--for", "TIME", "at most this long in all, e.g. 90s, 10m", cli_time,
	  AT(for_us, uint64_t) },
	{ 'r', "--repeat", "N", "go through the phases N times", cli_count,
	  AT(repeat, unsigned int), .min = 1, .max = 1000000 },
	{ 0, "--any-fault", NULL, "exit 1 for OTHER_FAULT too", cli_flag, AT(any_fault, bool) },
	{ 0, "--arm", "[=TRIGGER]",
	  "this machine may be crashed for the dump that the scenario asks for: sysrq-c (the usual "
	  "one) or watchdog; see `hangar doctor`",
	  cli_text, AT(arm, const char *) },
	{ 0, "--force", NULL, "format a scratch device although it holds another file system",
	  cli_flag, AT(force, bool) },
	{ 0, "--heartbeat", "HOST:PORT",
	  "tell an observer (hangar-observe(1)) each second that we live", cli_text,
	  AT(heartbeat, const char *) },
	{ 0, "--heartbeat-key", "FILE", "sign the heartbeat with this key", cli_text,
	  AT(heartbeat_key, const char *) },
	{ 0, "--resume", NULL,
	  "go on with the run in DIR, or with the one that its machine did not survive", cli_flag,
	  AT(resume, bool) },
	{ 0, "--attempts", "N", "go on N times at most (3)", cli_count, AT(attempts, unsigned int),
	  .min = 1, .max = 1000000 },
	{ 0, "--scratch-device", "DEV",
	  "format and use DEV where the scenario asks for a loop file", cli_text,
	  AT(scratch_device, const char *) },
	{ 0, "--wire", "PORT", "mirror the journal in frames over this device or socket", cli_text,
	  AT(wire, const char *) },
	{ 0, "--json", NULL, "print one JSON object at the end", cli_flag, AT(json, bool) },
	{ 'q', "--quiet", NULL, "print the verdict alone", cli_flag, AT(quiet, bool) },
	{ 0, "--plain", NULL, "plain lines, no live line", cli_flag, AT(plain, bool) },
	{ 0 },
};

static const struct cli cli = {
	.command = "run",
	.usage = "Usage: hangar run [OPTION...] SCENARIO\n"
		 "       hangar run --resume [OPTION...] [DIR]\n"
		 "Run a scenario: limit, stress, watch, judge, record.\n"
		 "SCENARIO is a file, or the name of a shipped scenario (see `hangar list`).\n",
	.exits = "Exit: 0 SURVIVED, 1 REPRODUCED, 125 OTHER_FAULT, SKIPPED or INCONCLUSIVE,\n"
		 "128 and more BROKEN.\n",
	.options = rows,
	.words_max = 1,
};

int options_parse(int argc, char **argv, struct run_options *ret)
{
	char **words;
	int err;

	*ret = (struct run_options){ .seed = UNSET, .for_us = UNSET };
	err = cli_parse(&cli, argc, argv, ret, &words);
	if (err)
		return err;
	if (!words[0] && !ret->resume)
		return cli_refuse(&cli, "name a scenario");
	if (ret->heartbeat_key && !ret->heartbeat)
		return cli_refuse(&cli, "--heartbeat-key signs nothing without --heartbeat");
	ret->scenario = words[0];
	return 0;
}

int options_overlay(int argc, char **argv, struct run_options *o)
{
	return cli_parse(&cli, argc, argv, o, NULL) ? -EINVAL : 0;
}

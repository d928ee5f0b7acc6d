/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The command line of `hangar observe`. */
#include "observe/options.h"

#include <errno.h>

#include "base/cli.h"

/* Thirty beats lost one after the other are no accident of a network. */
#define SILENT_AFTER_US 30000000u
/* The loop turns ten times a second; a minute is far past any storm that merely starves it. */
#define STUCK_AFTER_US 60000000u
/* Panic text on a slow serial line, and the boot of a crash kernel with its first words. */
#define SETTLE_US 60000000u

#define AT(member, of) CLI_AT(struct observe_options, member, of)

static int told(const struct cli *c, int err, const struct diag *d)
{
	return err < 0 ? cli_refuse(c, "%s", d->message) : 0;
}

static CLI_TAKER(take_console)
{
	struct observe_options *to = options;
	struct diag d = { 0 };

	return told(c, console_spec_parse(value, &to->console, &d), &d);
}

static int take_remote(const struct cli *c, struct observe_options *to,
		       const struct remote_ops *ops)
{
	if (to->remote.ops != &remote_none)
		return cli_refuse(c, "one trigger: --ipmi or --exec");
	to->remote.ops = ops;
	return 0;
}

static CLI_TAKER(take_ipmi)
{
	struct observe_options *to = options;
	struct diag d = { 0 };
	int err = take_remote(c, to, &remote_ipmi);

	return err ? err : told(c, bmc_parse(value, &to->remote.bmc, &d), &d);
}

static CLI_TAKER(take_exec)
{
	struct observe_options *to = options;

	to->remote.program = value;
	return take_remote(c, to, &remote_exec);
}

static const struct cli_option rows[] = {
	{ 'l', "--listen", "[HOST]:PORT",
	  "hear the heartbeat of `hangar run --heartbeat` here (UDP)", cli_text,
	  AT(listen, const char *) },
	{ 0, "--key", "FILE", "believe only beats signed with this key", cli_text,
	  AT(key, const char *) },
	{ 0, "--run", "ID", "this run; else the first that is heard", cli_text,
	  AT(run, const char *) },
	{ 'c', "--console", "WHERE", "FILE, unix:PATH, tcp:HOST:PORT, or sol (with --ipmi)",
	  take_console },
	{ 0, "--silent-after", "TIME", "no beat for so long is silence (30s)", cli_time,
	  AT(silent_us, uint64_t) },
	{ 0, "--stuck-after", "TIME", "beats without a turn of the runner's loop (60s)", cli_time,
	  AT(stuck_us, uint64_t) },
	{ 0, "--ipmi", "HOST[:PORT],USER,PASSFILE[,INTERFACE]",
	  "trigger: `ipmitool chassis power diag`, an NMI", take_ipmi },
	{ 0, "--exec", "PROGRAM", "trigger: PROGRAM RUN KIND ADDRESS", take_exec },
	{ 0, "--arm", NULL, "really pull it; otherwise say what would have been done", cli_flag,
	  AT(arm, bool) },
	{ 0, "--any-fault", NULL, "any kernel fault is a reason to pull, and exits 1", cli_flag,
	  AT(any_fault, bool) },
	{ 0, "--settle", "TIME", "watch for so long what follows (60s)", cli_time,
	  AT(settle_us, uint64_t) },
	{ 'f', "--for", "TIME", "at most this long in all", cli_time, AT(for_us, uint64_t) },
	{ 'o', "--out", "DIR", "make the run directory here (absent or empty)", cli_text,
	  AT(out, const char *) },
	{ 0, "--json", NULL, "print one JSON object at the end", cli_flag, AT(json, bool) },
	{ 'q', "--quiet", NULL, "print the verdict alone", cli_flag, AT(quiet, bool) },
	{ 0 },
};

static const struct cli cli = {
	.command = "observe",
	.usage = "Usage: hangar observe [OPTION...] [SCENARIO]\n"
		 "Watch a run on another machine: hear its heart, read its console, pull the\n"
		 "trigger when it dies. SCENARIO says which findings are its bug; silence\n"
		 "always is a reason to pull.\n",
	.exits = "Exit: 0 SURVIVED (the run said farewell, nothing was seen), 1 REPRODUCED,\n"
		 "125 OTHER_FAULT or INCONCLUSIVE, 128 and more BROKEN.\n",
	.options = rows,
	.words_max = 1,
};

int observe_options_parse(int argc, char **argv, struct observe_options *ret)
{
	char **words;
	int err;

	*ret = (struct observe_options){
		.remote.ops = &remote_none,
		.silent_us = SILENT_AFTER_US,
		.stuck_us = STUCK_AFTER_US,
		.settle_us = SETTLE_US,
		.for_us = UINT64_MAX,
	};
	err = cli_parse(&cli, argc, argv, ret, &words);
	if (err)
		return err;
	ret->scenario = words[0];
	if (!ret->listen && ret->console.kind == CONSOLE_NONE)
		return cli_refuse(&cli, "nothing to watch: name a port with --listen, a console "
					"with --console, or both");
	if (ret->console.kind == CONSOLE_SOL && ret->remote.ops != &remote_ipmi)
		return cli_refuse(&cli, "--console sol needs --ipmi");
	if (ret->arm && ret->remote.ops == &remote_none)
		return cli_refuse(&cli, "--arm needs a trigger: --ipmi or --exec");
	return 0;
}

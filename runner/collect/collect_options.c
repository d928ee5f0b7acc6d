/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The command line of `hangar collect`. */
#include "collect/collect_options.h"

#include "base/cli.h"

#define AT(member, of) CLI_AT(struct collect_options, member, of)

static const struct cli_option rows[] = {
	{ 0, "--root", "DIR", "the machine's file system is mounted here", cli_text,
	  AT(root, const char *) },
	{ 0, "--crash-dir", "DIR", "where kdump leaves its dumps (/var/crash)", cli_text,
	  AT(crash_dir, const char *) },
	{ 0, "--pstore", "DIR", "the persistent store (/sys/fs/pstore)", cli_text,
	  AT(pstore, const char *) },
	{ 0, "--archive", "DIR", "what systemd-pstore moved out of it (/var/lib/systemd/pstore)",
	  cli_text, AT(archive, const char *) },
	{ 0, "--take", "PATH", "it is this dump or record, for the one DIR named", cli_text,
	  AT(take, const char *) },
	{ 0, "--copy", NULL, "copy the vmcore instead of linking it", cli_set,
	  AT(how, enum place_how), .min = PLACE_COPY },
	{ 0, "--move", NULL, "move it, and remove the store's records once they are copied",
	  cli_set, AT(how, enum place_how), .min = PLACE_MOVE },
	{ 0, "--no-clean", NULL, "put nothing back that the runs changed; see `hangar clean`",
	  cli_flag, AT(no_clean, bool) },
	{ 0, "--json", NULL, "print one JSON object", cli_flag, AT(json, bool) },
	{ 'q', "--quiet", NULL, "print what was collected alone", cli_flag, AT(quiet, bool) },
	{ 0 },
};

static const struct cli cli = {
	.command = "collect",
	.usage = "Usage: hangar collect [OPTION...] [DIR...]\n"
		 "After a crash and reboot: find the runs that it ended, and complete their\n"
		 "records with what kdump and the persistent store left.\n"
		 "With DIR: these run directories only.\n",
	.exits = "Exit: 0; 128 when something could not be collected, or fits more than\n"
		 "one run.\n",
	.options = rows,
	.words_max = -1,
};

int collect_options_parse(int argc, char **argv, struct collect_options *ret)
{
	int err;

	*ret = (struct collect_options){
		.root = "",
		.crash_dir = "/var/crash",
		.pstore = "/sys/fs/pstore",
		.archive = "/var/lib/systemd/pstore",
	};
	err = cli_parse(&cli, argc, argv, ret, &ret->dirs);
	if (!err && ret->take && (!ret->dirs[0] || ret->dirs[1]))
		err = cli_refuse(&cli, "--take wants the one run directory that it is for");
	return err;
}

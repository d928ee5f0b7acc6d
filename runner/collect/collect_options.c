/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The command line of `hangar collect`. */
#include "collect/collect_options.h"

#include <errno.h>
#include <getopt.h>
#include <stdio.h>

static const char help[] =
	"Usage: hangar collect [OPTION...] [DIR...]\n"
	"After a crash and reboot: find the runs that it ended, and complete their records with "
	"what kdump and the\n"
	"persistent store left. With DIR: these run directories only.\n\n"
	"      --root DIR         the machine's file system is mounted here\n"
	"      --crash-dir DIR    where kdump leaves its dumps (/var/crash)\n"
	"      --pstore DIR       the persistent store (/sys/fs/pstore)\n"
	"      --archive DIR      what systemd-pstore moved out of it (/var/lib/systemd/pstore)\n"
	"      --take PATH        it is this dump or record, for the one DIR named\n"
	"      --copy             copy the vmcore instead of linking it\n"
	"      --move             move it, and remove the store's records once they are copied\n"
	"      --no-clean         put nothing back that the runs changed; see `hangar clean`\n"
	"      --json             print one JSON object\n"
	"  -q, --quiet            print what was collected alone\n"
	"  -h, --help             this text\n\n"
	"Exit: 0; 128 when something could not be collected, or fits more than one run.\n";

enum {
	OPT_ROOT = 256,
	OPT_CRASH,
	OPT_PSTORE,
	OPT_ARCHIVE,
	OPT_TAKE,
	OPT_COPY,
	OPT_MOVE,
	OPT_NO_CLEAN,
	OPT_JSON
};

static const struct option long_options[] = {
	{ "root", required_argument, NULL, OPT_ROOT },
	{ "crash-dir", required_argument, NULL, OPT_CRASH },
	{ "pstore", required_argument, NULL, OPT_PSTORE },
	{ "archive", required_argument, NULL, OPT_ARCHIVE },
	{ "take", required_argument, NULL, OPT_TAKE },
	{ "copy", no_argument, NULL, OPT_COPY },
	{ "move", no_argument, NULL, OPT_MOVE },
	{ "no-clean", no_argument, NULL, OPT_NO_CLEAN },
	{ "json", no_argument, NULL, OPT_JSON },
	{ "quiet", no_argument, NULL, 'q' },
	{ "help", no_argument, NULL, 'h' },
	{ NULL, 0, NULL, 0 },
};

static int take_option(struct collect_options *o, int option)
{
	switch (option) {
	case OPT_ROOT:
		o->root = optarg;
		return 0;
	case OPT_CRASH:
		o->crash_dir = optarg;
		return 0;
	case OPT_PSTORE:
		o->pstore = optarg;
		return 0;
	case OPT_ARCHIVE:
		o->archive = optarg;
		return 0;
	case OPT_TAKE:
		o->take = optarg;
		return 0;
	case OPT_COPY:
		o->how = PLACE_COPY;
		return 0;
	case OPT_MOVE:
		o->how = PLACE_MOVE;
		return 0;
	case OPT_NO_CLEAN:
		o->no_clean = true;
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
		fputs("Try `hangar collect --help`.\n", stderr);
		return -EINVAL;
	}
}

int collect_options_parse(int argc, char **argv, struct collect_options *ret)
{
	int option, err;

	*ret = (struct collect_options){
		.root = "",
		.crash_dir = "/var/crash",
		.pstore = "/sys/fs/pstore",
		.archive = "/var/lib/systemd/pstore",
	};
	optind = 1;
	while ((option = getopt_long(argc, argv, "qh", long_options, NULL)) != -1) {
		err = take_option(ret, option);
		if (err)
			return err;
	}
	ret->dirs = argv + optind;
	if (ret->take && argc - optind != 1) {
		fputs("hangar collect: --take wants the one run directory that it is for\n",
		      stderr);
		return -EINVAL;
	}
	return 0;
}

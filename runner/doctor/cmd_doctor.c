/* SPDX-License-Identifier: GPL-2.0-or-later */
/* `hangar doctor`: would a dump be had on this machine, and what is to be changed? Changes nothing.
 */
#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "commands.h"
#include "doctor/doctor.h"
#include "verdict.h"

#define EVERY ((1u << DOCTOR_TRIGGERS) - 1)

static const char help[] =
	"Usage: hangar doctor [--json] [--for TRIGGER]... [--root DIR]\n"
	"Say for each way to a dump whether it would work here, and what to change.\n"
	"Nothing is changed. Without root some answers are unknown.\n\n"
	"  --for=TRIGGER  this one must work (also several times, or with commas):\n"
	"                 sysrq-c, panic-on-oops, panic-on-hung-task, panic-on-soft-lockup, nmi,\n"
	"                 watchdog, kdump, pstore, qmp\n"
	"  --root=DIR     look at the machine whose /proc, /sys, /dev and /etc lie below DIR\n"
	"  --json         print one JSON object\n"
	"  --help         print this text\n\n"
	"Exit status: 0, or 125 when a trigger named with --for would not work; 128 bad usage.\n";

struct doctor_options {
	uint32_t wanted; /* 0: none was named */
	const char *root;
	bool json;
};

static const struct option long_options[] = {
	{ "for", required_argument, NULL, 'f' },
	{ "root", required_argument, NULL, 'r' },
	{ "json", no_argument, NULL, 'j' },
	{ "help", no_argument, NULL, 'h' },
	{ NULL, 0, NULL, 0 },
};

static int take_triggers(struct doctor_options *o, char *list)
{
	char *at = NULL;

	if (!list[strspn(list, ",")]) {
		fputs("hangar doctor: --for: names no trigger\n", stderr);
		return -EINVAL;
	}
	for (char *name = strtok_r(list, ",", &at); name; name = strtok_r(NULL, ",", &at)) {
		enum doctor_trigger t;

		if (doctor_trigger_parse(name, &t) < 0) {
			fprintf(stderr,
				"hangar doctor: --for %s: no such trigger; `hangar doctor --help` "
				"lists them\n",
				name);
			return -EINVAL;
		}
		o->wanted |= 1u << t;
	}
	return 0;
}

/* 0 to go on, 1 the help was printed, -EINVAL with the reason printed. */
static int parse(int argc, char **argv, struct doctor_options *o)
{
	int option, err = 0;

	optind = 1;
	while (!err && (option = getopt_long(argc, argv, "h", long_options, NULL)) != -1) {
		if (option == 'f')
			err = take_triggers(o, optarg);
		else if (option == 'r')
			o->root = optarg;
		else if (option == 'j')
			o->json = true;
		else if (option == 'h')
			return fputs(help, stdout) < 0 ? -EIO : 1;
		else
			err = -EINVAL;
	}
	if (!err && optind < argc) {
		fprintf(stderr, "hangar doctor: \"%s\": no arguments are taken\n", argv[optind]);
		err = -EINVAL;
	}
	if (err)
		fputs("Try `hangar doctor --help`.\n", stderr);
	return err;
}

static int print(const struct doctor_report *r, const struct doctor_options *o)
{
	uint32_t wanted = o->wanted ? o->wanted : EVERY;
	json_t *j;
	int err = 0;

	if (!o->json) {
		doctor_print(r, wanted, stdout);
	} else {
		j = doctor_json(r, wanted);
		err = j ? json_dumpf(j, stdout, JSON_INDENT(2)) : -1;
		json_decref(j);
		putchar('\n');
	}
	return err < 0 || fflush(stdout) ? -EIO : 0;
}

int doctor_main(int argc, char **argv)
{
	struct doctor_options o = { .root = "" };
	_cleanup_free_ struct doctor_report *r = NULL;
	int err = parse(argc, argv, &o);

	if (err)
		return err > 0 ? 0 : EXIT_BROKEN;
	r = calloc(1, sizeof(*r));
	err = r ? doctor_run(strcmp(o.root, "/") ? o.root : "", r) : -ENOMEM;
	if (err < 0) {
		fprintf(stderr, "hangar doctor: %s/proc/meminfo: %s\n", o.root, strerror(-err));
		return EXIT_BROKEN;
	}
	if (print(r, &o) < 0)
		return EXIT_BROKEN;
	for (unsigned int t = 0; t < DOCTOR_TRIGGERS; t++)
		if (o.wanted & 1u << t && doctor_hindrance(r, (enum doctor_trigger)t))
			return verdict_exit_code(VERDICT_SKIPPED, false);
	return 0;
}

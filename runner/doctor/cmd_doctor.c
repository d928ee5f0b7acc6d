/* SPDX-License-Identifier: GPL-2.0-or-later */
/* `hangar doctor`: would a dump be had on this machine, and what is to be changed? Changes nothing.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/cli.h"
#include "commands.h"
#include "doctor/doctor.h"
#include "verdict.h"

#define EVERY ((1u << DOCTOR_TRIGGERS) - 1)

struct doctor_options {
	uint32_t wanted; /* 0: none was named */
	const char *root;
	bool json;
};

/* One name of a list, of which NUL or a comma is the end. */
static int take_trigger(const struct cli *c, const struct cli_option *o, const char *name,
			struct doctor_options *to)
{
	char one[64];
	enum doctor_trigger t;

	snprintf(one, sizeof(one), "%.*s", (int)strcspn(name, ","), name);
	if (doctor_trigger_parse(one, &t) < 0)
		return cli_refuse_value(c, o, one, "no such trigger");
	to->wanted |= 1u << t;
	return 0;
}

static CLI_TAKER(take_triggers)
{
	const char *name = value + strspn(value, ",");
	int err = 0;

	if (!*name)
		return cli_refuse(c, "%s: names no trigger", o->name);
	while (*name && !err) {
		err = take_trigger(c, o, name, options);
		name += strcspn(name, ",");
		name += strspn(name, ",");
	}
	return err;
}

static const struct cli_option rows[] = {
	{ 0, "--for", "TRIGGER",
	  "this one must work (also several times, or with commas): sysrq-c, panic-on-oops, "
	  "panic-on-hung-task, panic-on-soft-lockup, nmi, watchdog, kdump, pstore, qmp",
	  take_triggers },
	{ 0, "--root", "DIR", "look at the machine whose /proc, /sys, /dev and /etc lie below DIR",
	  cli_text, CLI_AT(struct doctor_options, root, const char *) },
	{ 0, "--json", NULL, "print one JSON object", cli_flag,
	  CLI_AT(struct doctor_options, json, bool) },
	{ 0 },
};

static const struct cli cli = {
	.command = "doctor",
	.usage = "Usage: hangar doctor [OPTION...]\n"
		 "Say for each way to a dump whether it would work here, and what to change.\n"
		 "Nothing is changed. Without root some answers are unknown.\n",
	.exits = "Exit: 0, or 125 when a trigger named with --for would not work;\n"
		 "128 bad usage.\n",
	.options = rows,
};

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
	int err = cli_parse(&cli, argc, argv, &o, NULL);

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

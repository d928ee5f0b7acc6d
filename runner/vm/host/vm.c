/* SPDX-License-Identifier: GPL-2.0-or-later */
/* `hangar vm` as a sentence: load, begin a record, boot, follow, end, read what is left, decide,
 * report. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/textfile.h"
#include "commands.h"
#include "run/finish.h"
#include "vm/host/decide.h"
#include "vm/host/follow.h"
#include "vm/host/postmortem.h"
#include "vm/host/pump.h"
#include "vm/host/vm.h"

/* A failure of ours: into the record and, once, to the user. */
static void broke(struct outside *o, struct diag *d, int err)
{
	o->broken = true;
	if (!d->message[0])
		diag_set(d, err, "%s", strerror(-err));
	snprintf(o->why, sizeof(o->why), "%.500s", d->message);
	journal_note(o->journal, "%s", d->message);
	diag_print(d, stderr);
}

static void whole_life(struct outside *o)
{
	struct diag d = { 0 };
	int r = pump_open(o);

	if (!r)
		r = outside_start(o, &d);
	if (!r)
		r = outside_follow(o);
	if (r > 0) {
		o->skipped = true;
		panel_say(&o->panel, "SKIP: %s", o->why);
	}
	outside_stop(o);
	if (r < 0)
		broke(o, &d, r);
	if (o->interrupts < 2)
		postmortem_vmcore(o);
	if (!o->story.ended && (!o->crashed_by_us || o->fell_silent))
		postmortem_log(o);
}

static enum verdict record_life(struct outside *o, char *ret_dir, size_t size)
{
	enum verdict v;

	panel_say(&o->panel, "%s on %s in a VM (%s), recording in %s", o->scenario->name,
		  o->kernel.release, o->accel_why, o->rundir.path);
	if (o->takes_turns)
		panel_say(&o->panel, "QEMU %s", o->qemu);
	whole_life(o);
	v = outside_decide(o);
	snprintf(ret_dir, size, "%s", o->rundir.path);
	return v;
}

/* What the guest's doctor said, in place of a report on a hunt. */
static int print_doctor(const char *dir, bool json)
{
	_cleanup_free_ char *path = NULL, *text = NULL;
	size_t size = 0;
	int err;

	if (asprintf(&path, "%s/doctor.%s", dir, json ? "json" : "txt") < 0)
		return -ENOMEM;
	err = textfile_load(path, 1u << 20, &text, &size);
	if (err < 0)
		fprintf(stderr, "hangar vm: the guest's doctor said nothing: %s: %s\n", path,
			strerror(-err));
	else
		fwrite(text, 1, size, stdout);
	return err;
}

int vm_run(const struct vm_options *options, int argc, char **argv, struct vm_outcome *ret)
{
	_cleanup_free_ struct outside *o = calloc(1, sizeof(*o));
	const struct run_options faces = { .json = options->json,
					   .quiet = options->quiet,
					   .silent = options->silent };
	struct diag d = { 0 };
	int err;

	memset(ret, 0, sizeof(*ret));
	if (!o)
		return -ENOMEM;
	err = outside_load(o, options, &d);
	if (!err)
		err = outside_begin(o, argc, argv, &d);
	if (err < 0) {
		if (!d.message[0])
			diag_set(&d, err, "%s", strerror(-err));
		diag_print(&d, stderr);
		outside_free(o);
		return err;
	}
	ret->verdict = record_life(o, ret->dir, sizeof(ret->dir));
	ret->have_vmcore = o->have_vmcore;
	ret->stopped = o->stopped;
	snprintf(ret->why, sizeof(ret->why), "%s", o->why);
	pump_close(o);
	outside_free(o);
	if (options->doctor)
		return print_doctor(ret->dir, options->json);
	finish_report(ret->dir, ret->verdict, ret->why, &faces);
	if (ret->have_vmcore && !options->json && !options->quiet)
		printf("vmcore: %s/vmcore\n", ret->dir);
	return 0;
}

int vm_main(int argc, char **argv)
{
	_cleanup_free_ struct vm_outcome *outcome = calloc(1, sizeof(*outcome));
	struct vm_options options;
	int r = vm_options_parse(argc, argv, &options);

	if (r)
		return r > 0 ? 0 : EXIT_BROKEN;
	if (!outcome || vm_run(&options, argc, argv, outcome) < 0)
		return EXIT_BROKEN;
	return verdict_exit_code(outcome->verdict, options.any_fault);
}

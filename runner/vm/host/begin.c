/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The record first: a run directory, a manifest of what is known from outside, and outside.jsonl.
 * The guest's own manifest takes the place of ours when it comes; a guest that never speaks leaves
 * ours.
 */
#include "vm/host/state.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/textfile.h"
#include "manifest.h"
#include "outside.h"

static int write_manifest(struct outside *o, int argc, char **argv)
{
	_cleanup_free_ const char **words = calloc((size_t)argc + 2, sizeof(*words));
	struct manifest m = {
		.id = o->rundir.id,
		.scenario_name = o->scenario->name,
		.scenario_path = o->scenario->path,
		.scenario_about = o->scenario->about,
		.must_reproduce = o->scenario->expect.must_reproduce,
		.repeat = o->scenario->repeat,
		.argv = words,
		.began = time(NULL),
		.hostname = "guest",
		.kernel = o->kernel.release,
		.machine = "x86_64",
		.cpus = o->cpus,
		.memory_bytes = o->memory_bytes,
		.cgroup_mode = o->cgroup == JOB_CGROUP_V1 ? "v1" : "v2",
	};

	if (!words)
		return -ENOMEM;
	words[0] = "hangar";
	for (int i = 0; i < argc; i++)
		words[i + 1] = argv[i];
	return manifest_write(o->rundir.fd, &m);
}

/* What a killed hangar would leave behind; written before any of it is made. */
static int open_undo(struct outside *o)
{
	const char *const files[] = { SCRATCH_FILE, VMCORE_FLAT_FILE,
				      o->options.keep_whole ? NULL : VMCORE_WHOLE_FILE };
	int err = undo_open(&o->rundir, &o->undo);

	for (size_t i = 0; i < ARRAY_SIZE(files) && !err; i++) {
		_cleanup_free_ char *path = NULL;

		if (!files[i])
			break;
		if (asprintf(&path, "%s/%s", o->rundir.path, files[i]) < 0)
			return -ENOMEM;
		err = undo_add(o->undo, "file", path, NULL);
	}
	return err;
}

static int open_log(struct outside *o, const char *name, int *ret_fd)
{
	*ret_fd = openat(o->rundir.fd, name, O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC, 0644);
	return *ret_fd < 0 ? -errno : 0;
}

static void journal_begin_outside(struct outside *o)
{
	char hostname[128] = "";
	struct jline *line;

	gethostname(hostname, sizeof(hostname) - 1);
	line = journal_begin(o->journal, "outside-begin");
	jline_str(line, "what", "vm");
	jline_str(line, "host", hostname);
	jline_str(line, "kernel", o->kernel.spec);
	jline_str(line, "release", o->kernel.release);
	jline_str(line, "kernel_key", o->kernel.key);
	jline_str(line, "accel", o->accel == ACCEL_KVM ? "kvm" : "tcg");
	jline_str(line, "accel_why", o->accel_why);
	jline_str(line, "qemu", o->qemu);
	jline_uint(line, "memory_bytes", o->memory_bytes);
	jline_uint(line, "cpus", o->cpus);
	jline_str(line, "cgroup", o->cgroup == JOB_CGROUP_V1 ? "v1" : "v2");
	journal_commit(o->journal);
}

static int open_record(struct outside *o, int argc, char **argv)
{
	int err = textfile_replace_at(o->rundir.fd, RUNDIR_SCENARIO, o->scenario->text,
				      o->scenario->text_size);

	if (!err)
		err = write_manifest(o, argc, argv);
	if (!err)
		err = journal_open_as(o->rundir.fd, OUTSIDE_FILE, o->epoch_us, &o->journal);
	if (!err)
		err = open_log(o, CONSOLE_FILE, &o->console_fd);
	if (!err)
		err = open_log(o, QEMU_ERRORS_FILE, &o->errors_fd);
	if (!err)
		err = open_undo(o);
	if (!err)
		err = receiver_open(&o->receiver, o->rundir.fd);
	return err;
}

/* A kernel that dies while it boots is no kernel in which the scenario showed its bug. */
static const struct expect_spec before_the_run;

int outside_begin(struct outside *o, int argc, char **argv, struct diag *d)
{
	int err = rundir_create(&o->rundir, o->options.out, o->scenario->name);

	if (err == -EEXIST)
		return diag_set(d, err, "--out %s: is not empty; name a new directory",
				o->options.out);
	if (err < 0)
		return diag_set(d, err,
				"cannot make the run directory %s: %s; choose another with --out",
				o->options.out ? o->options.out : o->rundir.path, strerror(-err));
	err = open_record(o, argc, argv);
	if (err < 0)
		return diag_set(d, err, "cannot write the record in %s: %s", o->rundir.path,
				strerror(-err));
	judge_init(&o->judge, &before_the_run, o->journal, o->epoch_us);
	journal_begin_outside(o);
	return 0;
}

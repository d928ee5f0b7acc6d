/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A scenario names other files (fio jobs, what "vm": {"files"} lists): they lie in the guest as
 * they lie beside the scenario here, so that it reads the same on both sides.
 */
#include "vm/host/job_make.h"

#include <errno.h>
#include <libgen.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/cleanup.h"
#include "vm/dump/dump.h"
#include "vm/host/module.h"
#include "vm/image/image.h"
#include "vmcore/vmcore.h"

#define FILES_MAX 64
#define GUEST_SCENARIO "/job/scenario.json"

struct files {
	struct image_file list[FILES_MAX];
	unsigned int count;
	char *owned[2 * FILES_MAX]; /* paths made here */
	unsigned int n_owned;
};

static void files_clear(struct files *f)
{
	for (unsigned int i = 0; i < f->n_owned; i++)
		free(f->owned[i]);
}

/* Both paths are taken over; NULL (no memory) is refused here once for all callers. */
static int add_file(struct files *f, char *guest, char *source, struct diag *d)
{
	if (f->count == FILES_MAX || !guest || !source) {
		free(guest);
		free(source);
		return diag_set(d, guest && source ? -E2BIG : -ENOMEM,
				"a guest can be given %d files at most", FILES_MAX);
	}
	f->owned[f->n_owned++] = guest;
	f->owned[f->n_owned++] = source;
	f->list[f->count++] = (struct image_file){ .path = guest, .source = source, .mode = 0755 };
	return 0;
}

static char *print(const char *fmt, const char *a, const char *b)
{
	char *text = NULL;

#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
	if (asprintf(&text, fmt, a, b) < 0)
		return NULL;
#pragma GCC diagnostic pop
	return text;
}

/* A file that the scenario names relative to itself. */
static int add_beside(struct outside *o, struct files *f, const char *name, struct diag *d)
{
	_cleanup_free_ char *copy = strdup(o->scenario->path);

	if (!copy)
		return -ENOMEM;
	if (name[0] == '/')
		return add_file(f, strdup(name), strdup(name), d);
	if (strstr(name, ".."))
		return diag_set(
			d, -EINVAL,
			"%s: a guest gets only files from the scenario's own folder and below",
			name);
	return add_file(f, print("/job/%s%s", name, ""), print("%s/%s", dirname(copy), name), d);
}

static int add_fio_jobs(struct outside *o, struct files *f, struct diag *d)
{
	int err = 0;

	for (unsigned int i = 0; i < o->scenario->n_phases && !err; i++)
		for (unsigned int k = 0; k < o->scenario->phases[i].n_runs && !err; k++)
			if (o->scenario->phases[i].runs[k].fio_job)
				err = add_beside(o, f, o->scenario->phases[i].runs[k].fio_job, d);
	return err;
}

static int add_named(struct outside *o, struct files *f, struct diag *d)
{
	int err = 0;

	for (char **p = o->scenario->vm.files; p && *p && !err; p++)
		err = add_beside(o, f, *p, d);
	for (unsigned int i = 0; i < o->options.files.count && !err; i++) {
		const char *item = o->options.files.items[i], *colon = strrchr(item, ':');
		const char *slash = strrchr(item, '/');

		err = colon && colon[1] == '/'
			      ? add_file(f, strdup(colon + 1),
					 strndup(item, (size_t)(colon - item)), d)
			      : add_file(f, print("/job/extra/%s%s", slash ? slash + 1 : item, ""),
					 strdup(item), d);
	}
	return err;
}

static int add_modules(struct outside *o, struct files *f, struct diag *d)
{
	int err = 0;

	for (char **p = o->scenario->vm.modules; p && *p && !err; p++) {
		char ko[4096];

		if (!module_is_ours(*p))
			continue; /* one of the kernel's: it is among those loaded at boot */
		err = module_build(&o->kernel, *p, outside_say, o, ko, d);
		if (!err)
			err = add_file(f, print("/modules/extra/%s.ko%s", *p, ""), strdup(ko), d);
	}
	return err;
}

static int write_job(struct outside *o, char **ret_text)
{
	/* the verdict is the host's to give: a panic must stand still until it has been looked at
	 */
	static char no_panic_reboot[] = "kernel.panic=0";
	char *sysctls[] = { no_panic_reboot, NULL };
	char *run_args[VM_LIST_MAX + 2] = { NULL };
	struct job job = {
		.kind = JOB_RUN,
		.cgroup = o->cgroup,
		.hostname = "guest",
		.kdump = o->kdump,
		.kdump_first = o->kdump && (o->options.doctor || o->ladder[0]->needs_kdump),
		.doctor = o->options.doctor,
		.capture_cmdline = DEFAULT_CMDLINE " nr_cpus=1 reset_devices panic=-1",
		.nmi_panics = o->kdump,
		.watchdog = o->ladder_has_watchdog,
		.dump_level = vmcore_level(o->kernel.release, 31),
		.run_args = run_args,
		.sysctls = sysctls,
	};
	struct timespec now;
	unsigned int i;

	clock_gettime(CLOCK_REALTIME, &now);
	job.clock_us = (uint64_t)now.tv_sec * 1000000 + (uint64_t)now.tv_nsec / 1000;
	for (i = 0; i < o->options.run.count; i++)
		run_args[i] = (char *)(uintptr_t)o->options.run.items[i];
	run_args[i] = (char *)(uintptr_t)GUEST_SCENARIO;
	return job_write(&job, ret_text);
}

int job_append(struct outside *o, struct diag *d)
{
	_cleanup_(files_clear) struct files files = { 0 };
	_cleanup_free_ char *job = NULL;
	int err = write_job(o, &job);

	if (err < 0)
		return diag_set(d, err, "no memory for the guest's job");
	files.list[files.count++] =
		(struct image_file){ .path = "/job/job.json", .text = job, .mode = 0644 };
	files.list[files.count++] = (struct image_file){ .path = GUEST_SCENARIO,
							 .text = o->scenario->text,
							 .mode = 0644 };
	err = add_fio_jobs(o, &files, d);
	if (!err)
		err = add_named(o, &files, d);
	if (!err)
		err = add_modules(o, &files, d);
	return err ? err : image_files(files.list, files.count, o->initrd_fd, d);
}

int job_append_capture(const char *release, int fd, struct diag *d)
{
	static char *none[] = { NULL };
	const struct job job = { .kind = JOB_CAPTURE,
				 .hostname = "guest",
				 .dump_level = vmcore_level(release, 31),
				 .run_args = none,
				 .sysctls = none };
	_cleanup_free_ char *text = NULL;
	int err = job_write(&job, &text);
	const struct image_file file = { .path = "/job/job.json", .text = text, .mode = 0644 };

	return err < 0 ? diag_set(d, err, "no memory for the crash kernel's job")
		       : image_files(&file, 1, fd, d);
}

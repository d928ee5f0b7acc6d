/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The ramdisk of a guest carries this very program as its first process, what the scenario names,
 * and nothing else: every megabyte is copied by a CPU that is emulated.
 */
#include "vm/host/pieces.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/paths.h"
#include "tracing/late_tracefs.h"
#include "vm/host/job_make.h"
#include "vm/host/module.h"
#include "vm/image/image.h"
#include "vm/qemu/host_tsc.h"

#define WORDS_MAX 48

struct words {
	const char *list[WORDS_MAX + 1];
	unsigned int count;
};

static void add(struct words *w, const char *word)
{
	for (unsigned int i = 0; i < w->count; i++)
		if (!strcmp(w->list[i], word))
			return;
	if (w->count < WORDS_MAX)
		w->list[w->count++] = word;
}

static const char *filesystem_of(const struct outside *o)
{
	return o->scenario->scratch.filesystem ? o->scenario->scratch.filesystem
					       : o->scenario->needs.filesystem;
}

static bool has_fio(const struct scenario *s)
{
	for (unsigned int i = 0; i < s->n_phases; i++)
		for (unsigned int k = 0; k < s->phases[i].n_runs; k++)
			if (s->phases[i].runs[k].fio_job)
				return true;
	return false;
}

struct libraries {
	char paths[4][256];
	unsigned int count;
};

static int take_library(void *ctx, const char *path)
{
	struct libraries *l = ctx;

	if (l->count < ARRAY_SIZE(l->paths) &&
	    !path_format(l->paths[l->count], sizeof(l->paths[0]), "%s", path))
		l->count++;
	return 0;
}

static int append_programs(struct outside *o, struct diag *d)
{
	const char *fs = filesystem_of(o);
	struct libraries traced = { .count = 0 };
	struct words w = { 0 };
	char mkfs[64], path[4096];
	int err;

	snprintf(mkfs, sizeof(mkfs), "mkfs.%s", fs ? fs : "");
	if (fs)
		add(&w, mkfs);
	if (has_fio(o->scenario))
		add(&w, "fio");
	for (char **p = o->scenario->needs.programs; p && *p; p++)
		add(&w, *p);
	if (trace_wanted(&o->scenario->trace))
		late_tracefs_files(take_library, &traced);
	for (unsigned int i = 0; i < traced.count; i++)
		add(&w, traced.paths[i]);
	err = image_programs(w.list, true, path, d);
	if (err < 0)
		return err;
	err = image_append(o->initrd_fd, path);
	return err < 0 ? diag_set(d, err, "%s: %s", path, strerror(-err)) : 0;
}

/* Not to be had on this kernel: the scenario cannot run on it, which is no fault of anybody. */
static int cannot_carry(struct outside *o, int err, struct diag *d)
{
	if (err != -ENOENT)
		return err;
	snprintf(o->why, sizeof(o->why), "%.500s", d->message);
	memset(d, 0, sizeof(*d));
	return 1;
}

static int append_modules(struct outside *o, struct diag *d)
{
	static const char *const optional[] = { "qemu_fw_cfg", "pvpanic-mmio", "pvpanic-pci",
						"pvpanic",     "loop",         NULL };
	struct words wanted = { 0 };
	const char *fs = filesystem_of(o);
	char path[4096];
	int err;

	add(&wanted, "virtio_pci");
	add(&wanted, "virtio_console");
	if (o->disk_bytes || o->kdump)
		add(&wanted, "virtio_blk");
	if (fs)
		add(&wanted, fs);
	for (char **p = o->scenario->vm.modules; p && *p; p++)
		if (!module_is_ours(*p))
			add(&wanted, *p);
	err = image_modules(&o->kernel, wanted.list, optional, path, d);
	if (err < 0)
		return cannot_carry(o, err, d);
	err = image_append(o->initrd_fd, path);
	return err < 0 ? diag_set(d, err, "%s: %s", path, strerror(-err)) : 0;
}

static int new_memory(const char *name, int *ret_fd, struct diag *d)
{
	*ret_fd = memfd_create(name, MFD_CLOEXEC);
	return *ret_fd < 0 ? diag_set(d, -errno, "no memory for the guest's %s: %s", name,
				      strerror(errno))
			   : 0;
}

int pieces_initrd(struct outside *o, struct diag *d)
{
	int err = new_memory("ramdisk", &o->initrd_fd, d);

	if (!err)
		err = append_programs(o, d);
	if (!err)
		err = append_modules(o, d);
	return err ? err : job_append(o, d);
}

/* The crash kernel's ramdisk, whole, in a memfd of its own. */
static int make_capture(struct outside *o, int fd, struct diag *d)
{
	static const char *const programs[] = { "makedumpfile", NULL };
	static const char *const wanted[] = { "virtio_pci", "virtio_console", NULL };
	static const char *const optional[] = { NULL };
	char path[4096];
	int err = image_programs(programs, false, path, d);

	if (!err)
		err = image_append(fd, path);
	if (!err) {
		err = image_modules(&o->kernel, wanted, optional, path, d);
		if (err < 0)
			return cannot_carry(o, err, d);
	}
	if (!err)
		err = image_append(fd, path);
	return err ? err : job_append_capture(o->kernel.release, fd, d);
}

int pieces_cargo(struct outside *o, struct diag *d)
{
	_cleanup_close_ int capture = -1;
	char capture_path[64];
	const struct image_file files[] = {
		{ .path = "/vmlinuz", .source = o->kernel.vmlinuz, .mode = 0644 },
		{ .path = "/capture.cpio", .source = capture_path, .mode = 0644 },
	};
	int err = new_memory("crash kernel's ramdisk", &capture, d);

	if (!err)
		err = make_capture(o, capture, d);
	if (!err)
		err = new_memory("cargo", &o->cargo_fd, d);
	if (err)
		return err;
	snprintf(capture_path, sizeof(capture_path), "/proc/self/fd/%d", capture);
	return image_files(files, ARRAY_SIZE(files), o->cargo_fd, d);
}

static void append_word(struct outside *o, const char *word)
{
	size_t have = strlen(o->cmdline);

	snprintf(o->cmdline + have, sizeof(o->cmdline) - have, "%s%s", have ? " " : "", word);
}

/* Under TCG the rate of the counter is told; where it is not known the kernel must not rely on what
 * it measured. */
static void append_clock(struct outside *o)
{
	unsigned int khz = o->accel == ACCEL_KVM ? 0 : host_tsc_khz();
	char word[48];

	if (!khz)
		return;
	snprintf(word, sizeof(word), "tsc=reliable tsc_early_khz=%u", khz);
	append_word(o, word);
}

void pieces_cmdline(struct outside *o)
{
	append_word(o, o->accel == ACCEL_KVM ? DEFAULT_CMDLINE_KVM : DEFAULT_CMDLINE);
	append_clock(o);
	/* a guest that panics before anybody hears it must end by itself; the run sets it to 0 */
	append_word(o, "panic=-1 hangar.throwaway");
	if (o->kdump)
		append_word(o, "crashkernel=128M"); /* 96M sufficed for 1 GiB guests */
	if (o->plant) {
		append_word(o, "plant=");
		snprintf(o->cmdline + strlen(o->cmdline), sizeof(o->cmdline) - strlen(o->cmdline),
			 "%s", o->plant);
	}
	for (char **p = o->scenario->vm.kernel_args; p && *p; p++)
		append_word(o, *p);
	for (unsigned int i = 0; i < o->options.append.count; i++)
		append_word(o, o->options.append.items[i]);
}

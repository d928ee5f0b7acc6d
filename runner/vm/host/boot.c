/* SPDX-License-Identifier: GPL-2.0-or-later */
/* From the pieces to a running QEMU, and back to nothing. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/clock.h"
#include "vm/dump/dump.h"
#include "vm/host/state.h"
#include "vm/host/pieces.h"

/* From a closed window to nothing left: QEMU needs milliseconds, a busy machine more. */
#define STOP_GRACE_US 2000000

/* A sparse file: it costs what the guest writes. */
static int make_scratch(struct outside *o, struct diag *d)
{
	_cleanup_close_ int fd = -1;

	snprintf(o->scratch_path, sizeof(o->scratch_path), "%s/%s", o->rundir.path, SCRATCH_FILE);
	fd = openat(o->rundir.fd, SCRATCH_FILE, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	if (fd < 0 || ftruncate(fd, (off_t)o->disk_bytes) < 0)
		return diag_set(d, -errno, "%s: %s", o->scratch_path, strerror(errno));
	return 0;
}

static void add_disk(struct machine_spec *m, const char *path, const char *serial,
		     const char *cache, bool readonly)
{
	m->disks[m->n_disks++] = (struct machine_disk){ path, serial, cache, readonly };
}

static int start_machine(struct outside *o, struct diag *d)
{
	char cargo[64];
	struct machine_spec m = {
		.kvm = o->accel == ACCEL_KVM,
		.kernel = o->kernel.vmlinuz,
		.initrd_fd = o->initrd_fd,
		.cmdline = o->cmdline,
		.memory_bytes = o->memory_bytes,
		.cpus = o->cpus,
		.console_fd = o->console_fd,
		.errors_fd = o->errors_fd,
		.vmcoreinfo = true,
		.pvpanic = true,
		.watchdog = o->ladder_has_watchdog,
	};

	if (o->disk_bytes)
		add_disk(&m, o->scratch_path, DISK_SCRATCH, o->cache, false);
	/* QEMU opens it through us: nothing of it has a name that could be left behind */
	snprintf(cargo, sizeof(cargo), "/proc/%d/fd/%d", (int)getpid(), o->cargo_fd);
	if (o->cargo_fd >= 0)
		add_disk(&m, cargo, DISK_CARGO, "writeback", true);
	o->started_us = now_us();
	return machine_start(&m, &o->machine, &o->qmp, d);
}

int outside_start(struct outside *o, struct diag *d)
{
	struct jline *line;
	int err;

	pieces_cmdline(o);
	err = pieces_initrd(o, d);
	if (!err && o->kdump)
		err = pieces_cargo(o, d);
	if (!err && o->disk_bytes)
		err = make_scratch(o, d);
	if (!err)
		err = start_machine(o, d);
	if (err)
		return err;
	line = journal_begin(o->journal, "stage");
	jline_str(line, "name", "boot");
	jline_str(line, "detail", o->cmdline);
	journal_commit(o->journal);
	return 0;
}

void outside_stop(struct outside *o)
{
	o->qmp = qmp_close(o->qmp);
	machine_stop(&o->machine, STOP_GRACE_US);
	o->initrd_fd = close_fd(o->initrd_fd);
	o->cargo_fd = close_fd(o->cargo_fd);
	if (o->undo)
		undo_all(o->undo, NULL);
	o->undo = undo_close(o->undo);
}

void outside_free(struct outside *o)
{
	receiver_close(&o->receiver);
	o->journal = journal_close(o->journal);
	o->console_fd = close_fd(o->console_fd);
	o->errors_fd = close_fd(o->errors_fd);
	if (o->rundir.path[0]) {
		rundir_unregister(&o->rundir);
		rundir_clear(&o->rundir);
	}
	o->scenario = scenario_free(o->scenario);
	o->catalogue = catalogue_free(o->catalogue);
}

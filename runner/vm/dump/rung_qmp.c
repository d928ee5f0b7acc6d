/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * QEMU writes the guest's memory while the guest stands still and knows nothing of it: no crash
 * kernel, no cooperation, and a guest that lives goes on. What comes is all of memory; the filter
 * that kdump uses (makedumpfile -d 31) brings it to what a reader needs.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "outside.h"
#include "vm/dump/dump.h"
#include "vmcore/vmcore.h"

#define DUMP_LEVEL 31 /* without zero, cache, private, user and free pages */

static int dump_memory(struct outside *o, const char *path, struct diag *d)
{
	char why[512] = "", protocol[4096 + 64];
	json_t *arguments;
	int err;

	snprintf(protocol, sizeof(protocol), "file:%s", path);
	arguments = json_pack("{s:b, s:s}", "paging", 0, "protocol", protocol);
	err = qmp_call(o->qmp, "dump-guest-memory", arguments, outside_scaled(o, o->limits.dump_us),
		       NULL, why, sizeof(why));
	return err < 0 ? diag_set(d, err, "QMP dump-guest-memory: %s",
				  why[0] ? why : strerror(-err))
		       : 0;
}

/* The module that hands out VMCOREINFO is loaded by our init: a guest that hangs before it has none
 * to filter by, and all of its memory is better than nothing. */
static void keep_unfiltered(const struct outside *o, const char *whole, struct diag *d)
{
	size_t said = strlen(d->message);

	if (o->stage == VM_STAGE_BOOT &&
	    renameat(AT_FDCWD, whole, o->rundir.fd, VMCORE_UNFILTERED_FILE) == 0)
		snprintf(d->message + said, sizeof(d->message) - said,
			 "; all of the guest's memory is kept as " VMCORE_UNFILTERED_FILE
			 ", which crash reads");
}

static int fire_qmp(struct outside *o, struct diag *d)
{
	char whole[4096 + 32], vmcore[4096 + 32];
	int err;

	snprintf(whole, sizeof(whole), "%s/" VMCORE_WHOLE_FILE, o->rundir.path);
	snprintf(vmcore, sizeof(vmcore), "%s/" VMCORE_FILE, o->rundir.path);
	err = dump_memory(o, whole, d);
	/* QEMU makes it readable alone, and the filter sets its table right: only root may do both
	 */
	if (!err && chmod(whole, 0600) < 0)
		err = diag_set(d, -errno, "%s: %s", whole, strerror(errno));
	if (!err)
		err = vmcore_filter(whole, vmcore, DUMP_LEVEL, outside_scaled(o, o->limits.dump_us),
				    d);
	if (err)
		keep_unfiltered(o, whole, d);
	if (err || !o->options.keep_whole)
		unlink(whole);
	return err;
}

const struct dump_rung rung_qmp = { "qmp", false, false, false, fire_qmp };

/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a crash kernel sends: makedumpfile's flattened stream, which needs no file system and no
 * seek in the guest. Here it is put in order (makedumpfile -R) and becomes the vmcore.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "outside.h"
#include "vm/dump/dump.h"
#include "vm/host/pump.h"
#include "vmcore/vmcore.h"

static bool is_up(const struct outside *o)
{
	return o->stage == VM_STAGE_CAPTURE;
}

static bool has_ended(const struct outside *o)
{
	return o->stage == VM_STAGE_CAPTURE && o->receiver.ended[RECEIVE_FILES];
}

static int wait_for(struct outside *o, const char *why, struct diag *d)
{
	if (!is_up(o) && !pump_until(o, is_up, outside_scaled(o, o->limits.capture_us)))
		return diag_set(d, -ETIMEDOUT, "%s: no crash kernel came up%s", why,
				o->interrupts ? " until the run was stopped" : "");
	if (!pump_until(o, has_ended, outside_scaled(o, o->limits.capture_us)))
		return diag_set(d, -ETIMEDOUT,
				"%s: the crash kernel came up but sent no whole vmcore", why);
	if (o->receiver.error[0])
		return diag_set(d, -EIO, "%s: the crash kernel says: %s", why, o->receiver.error);
	if (o->receiver.file_error)
		return diag_set(d, o->receiver.file_error, "%s: %s", VMCORE_FLAT_FILE,
				strerror(-o->receiver.file_error));
	return 0;
}

int capture_take(struct outside *o, const char *why, struct diag *d)
{
	char flat[4096 + 32], vmcore[4096 + 32];
	int err = wait_for(o, why, d);

	snprintf(flat, sizeof(flat), "%s/" VMCORE_FLAT_FILE, o->rundir.path);
	snprintf(vmcore, sizeof(vmcore), "%s/" VMCORE_FILE, o->rundir.path);
	if (!err)
		err = vmcore_unflatten(flat, vmcore, d);
	unlink(flat);
	return err;
}

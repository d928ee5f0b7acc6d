/* SPDX-License-Identifier: GPL-2.0-or-later */
/* All that the host holds of one guest while it lives. */
#ifndef HANGAR_OUTSIDE_H
#define HANGAR_OUTSIDE_H

#include "journal.h"
#include "rundir.h"
#include "vm/guest/job.h"
#include "vm/host/receive.h"
#include "vm/kernel/kernel.h"
#include "vm/qemu/machine.h"
#include "vm/qemu/qmp.h"

struct outside {
	struct kernel kernel;
	struct rundir rundir;
	struct journal *journal; /* outside.jsonl */
	struct machine machine;
	struct qmp *qmp;
	struct receiver receiver;
	double pace;             /* time limits are multiplied by it */
	uint64_t started_us;     /* CLOCK_MONOTONIC of QEMU's start */
	bool kdump_loaded;       /* the guest said so */
	char wanted_release[128]; /* from the guest's HELLO */
};

#endif

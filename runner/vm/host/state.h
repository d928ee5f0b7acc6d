/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * All that the host holds of one guest while it lives, taken in one order and given back in the
 * reverse. The guest may die, hang or lie at any moment; nothing here waits without a limit.
 */
#ifndef HANGAR_VM_STATE_H
#define HANGAR_VM_STATE_H

#include "journal.h"
#include "rundir.h"
#include "run/judge.h"
#include "run/panel.h"
#include "scenario/catalogue.h"
#include "scenario/scenario.h"
#include "setup/undo.h"
#include "vm/guest/job.h"
#include "vm/host/receive.h"
#include "vm/host/story.h"
#include "vm/host/vm_options.h"
#include "vm/kernel/kernel.h"
#include "vm/qemu/machine.h"
#include "vm/qemu/qmp.h"

struct dump_rung;

#define LADDER_MAX 8

/* Files of the moment in the run directory: gone when the run is over. */
#define SCRATCH_FILE "scratch.img"
#define VMCORE_WHOLE_FILE "vmcore.whole"
#define VMCORE_FLAT_FILE "vmcore.flat"
/* And one that stays: of a guest that hung before it could hand out VMCOREINFO. */
#define VMCORE_UNFILTERED_FILE "vmcore.unfiltered"

enum vm_stage {
	VM_STAGE_BOOT, /* until the runner says HELLO on the journal's port */
	VM_STAGE_RUN,
	VM_STAGE_CAPTURE, /* the crash kernel has come up */
	VM_STAGE_ENDED,   /* QEMU is gone, or is to go */
};

/* Microseconds, for a guest of pace 1 (vm/qemu/accel.h). */
struct limits {
	uint64_t boot_us, silent_us, stuck_us, end_us, dump_us, capture_us;
};

struct outside {
	struct vm_options options;
	struct catalogue *catalogue;
	struct scenario *scenario;
	struct kernel kernel;
	enum accel accel;
	char accel_why[256];
	char qemu[256];    /* its version, and what it cannot */
	bool takes_turns;  /* its CPUs share one thread of this host */
	const char *plant; /* of a planted kernel: what is switched on; NULL: nothing */
	char cmdline[2048];
	enum job_cgroup cgroup;
	uint64_t memory_bytes, disk_bytes; /* disk: 0: none */
	unsigned int cpus;
	const char *cache;

	const struct dump_rung *ladder[LADDER_MAX]; /* as --dump says; ends with NULL */
	bool kdump;                                 /* a rung needs a crash kernel */
	bool ladder_has_watchdog;
	bool ladder_checked; /* each rung's check() has been journalled */
	bool kdump_loaded;   /* the guest has loaded its crash kernel */
	bool dump_on_match;
	bool dumped; /* the ladder has been climbed */
	bool have_vmcore;
	bool crashed_by_us; /* what its log says last is our doing */
	bool fell_silent;   /* and what it says before that may not have come through */

	struct rundir rundir;
	struct undo *undo;       /* files of the moment, for `hangar clean` */
	struct journal *journal; /* outside.jsonl */
	struct judge judge;      /* of what is seen from outside */
	struct panel panel;
	uint64_t epoch_us;

	int initrd_fd, cargo_fd, console_fd, errors_fd, signal_fd; /* -1: none */
	char scratch_path[4096 + 32];
	struct machine machine;
	struct qmp *qmp;
	struct receiver receiver;
	struct story story; /* what the guest's own journal has told */

	enum vm_stage stage;
	struct limits limits;
	double pace;
	uint64_t started_us;             /* CLOCK_MONOTONIC of QEMU's start */
	uint64_t captured_us;            /* when the crash kernel was up; 0: none was */
	uint64_t symptom_us;             /* the first notice that led to the ladder */
	uint32_t answers[RECEIVE_PORTS]; /* words sent to the guest */
	bool panicked;                   /* pvpanic told */
	bool fired_watchdog;             /* the watchdog device told */
	uint64_t ending_us;              /* when the guest's last words came; 0: not yet */
	unsigned int interrupts;
	bool stopped;  /* by the user */
	bool broken;   /* the harness failed; why[] says how */
	bool skipped;  /* a need is not met here */
	bool bad_end;  /* the guest went without a verdict and without a finding */
	char why[512]; /* one sentence for the user */
};

/* A kernel_say: one line of long work, to the user. */
void outside_say(void *outside, const char *line);
/* What the guest said it runs, else what was chosen. */
const char *outside_release(const struct outside *o);

/* @us times the guest's pace. */
uint64_t outside_scaled(const struct outside *o, uint64_t us);

/* Load scenario and kernel, look at QEMU; nothing is made yet. 0 or -errno with @d. */
int outside_load(struct outside *o, const struct vm_options *options, struct diag *d);
/* Run directory, manifest, outside.jsonl. 0 or -errno with @d. */
int outside_begin(struct outside *o, int argc, char **argv, struct diag *d);
/* Ramdisk, disks, QEMU. 0; 1: a need is not met (->why); -errno with @d. */
int outside_start(struct outside *o, struct diag *d);
/* QEMU ends, files of the moment go. */
void outside_stop(struct outside *o);
void outside_free(struct outside *o);

#endif

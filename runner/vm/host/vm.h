/* SPDX-License-Identifier: GPL-2.0-or-later */
/* One scenario in one throwaway VM, from options to a run directory. */
#ifndef HANGAR_VM_H
#define HANGAR_VM_H

#include "verdict.h"
#include "vm/host/vm_options.h"

struct vm_outcome {
	enum verdict verdict;
	char why[512];
	char dir[4096]; /* the run directory */
	bool have_vmcore;
	bool stopped; /* by the user */
};

/* Boot, run, record, report; prints as `hangar vm` does. @argc, @argv: for the manifest. 0; -errno,
 * told on stderr, when there was no run at all (bad scenario, no kernel, no QEMU). */
int vm_run(const struct vm_options *options, int argc, char **argv, struct vm_outcome *ret);

#endif

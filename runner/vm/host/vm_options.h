/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the user said to `hangar vm`. */
#ifndef HANGAR_VM_OPTIONS_H
#define HANGAR_VM_OPTIONS_H

#include <stdbool.h>
#include <stdint.h>

#include "vm/guest/job.h"
#include "vm/qemu/accel.h"

#define VM_LIST_MAX 32 /* --file, --append, --run-option, each */

struct vm_list {
	const char *items[VM_LIST_MAX + 1]; /* NULL-terminated */
	unsigned int count;
};

enum vm_accel { VM_ACCEL_AUTO, VM_ACCEL_TCG, VM_ACCEL_KVM };

struct vm_options {
	const char *scenario;
	const char *kernel; /* spec of kernel_find(); NULL: "host" */
	const char *out;    /* run directory, NULL: in the state home */
	const char *vmlinux;
	bool no_symbols; /* neither look for debug symbols nor fetch them */
	const char
		*dump; /* rungs with commas, "none"; NULL: all, where the scenario wants a dump */
	int cgroup;    /* 1, 2; 0: as the scenario needs, else 2 */
	uint64_t memory_bytes, disk_bytes; /* UNSET: the scenario's, else the usual */
	unsigned int cpus;                 /* 0: the scenario's, else 2 */
	const char *cache;                 /* of the disk; NULL: the scenario's, else "unsafe" */
	uint64_t boot_us;                  /* UNSET: the usual limit */
	enum vm_accel accel;
	const char *plant;     /* "NAME[:N],..." or "none"; NULL: the scenario's */
	struct vm_list append; /* kernel arguments */
	struct vm_list files;  /* "HOST[:GUEST]" */
	struct vm_list run;    /* options handed on to `hangar run` in the guest */
	bool keep_whole;       /* keep what QMP wrote beside the vmcore that was made of it */
	bool doctor;           /* ask `hangar doctor` in the guest, instead of a hunt */
	bool any_fault, json, quiet, plain;
	bool silent; /* rehearse: nothing on standard output; its own is one JSON object */
};

/* 0 to go on; 1 when --help was printed; -EINVAL, with the reason already printed. */
int vm_options_parse(int argc, char **argv, struct vm_options *ret);

#endif

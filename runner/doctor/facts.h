/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the doctor reads of a machine, all of it below one root; judged elsewhere. */
#ifndef HANGAR_DOCTOR_FACTS_H
#define HANGAR_DOCTOR_FACTS_H

#include <limits.h>
#include <stdbool.h>
#include <stdint.h>

/* A knob that this kernel has not, and one that this user may not read. */
#define FACT_ABSENT LONG_MIN
#define FACT_DENIED (LONG_MIN + 1)
#define FACT_MAX (1L << 50) /* no knob is larger; leaves room to calculate */

#define WATCHDOGS_MAX 8

struct watchdog_facts {
	char name[32];            /* "watchdog0" */
	char identity[64];        /* "iTCO_wdt" */
	char state[16];           /* "active", "inactive", "" */
	char governor[32];        /* pretimeout_governor: "panic", "noop", "" */
	long timeout, pretimeout; /* seconds */
	long nowayout;            /* 1: once started it cannot be stopped */
};

struct doctor_facts {
	char root[256];
	char cmdline[2048];
	bool guest;     /* CPUID tells of a hypervisor */
	bool throwaway; /* of `hangar vm`: its dumps go to the host */
	bool root_user;
	uint64_t memory_bytes;
	uint64_t kernel_bytes; /* what makedumpfile -d 31 keeps of it, about */

	long crash_loaded, crash_size, kexec_disabled;
	char lockdown[32]; /* the mode in brackets; "" */
	char crash_dir[256];
	uint64_t crash_free_bytes; /* of the file system that holds crash_dir */
	bool crash_dir_known;
	bool makedumpfile;

	long panic, panic_on_oops, hung_task_panic, softlockup_panic, hardlockup_panic;
	long unknown_nmi_panic;
	long hung_task_timeout, hung_task_warnings;
	long soft_watchdog, nmi_watchdog, watchdog_thresh;
	long rcu_timeout, rcu_suppress;
	long sysrq, printk;
	int sysrq_trigger; /* 0, or -errno of access() for writing */
	int kmsg;          /* 0, or -errno of opening it for reading */
	bool psi, ipmi;

	struct watchdog_facts watchdogs[WATCHDOGS_MAX];
	unsigned int n_watchdogs;
	bool watchdog_node; /* /dev/watchdog */

	char pstore[32]; /* the backend; "" none */
	bool pstore_mounted;
	unsigned int pstore_records;

	bool fw_cfg, vmcoreinfo; /* QEMU's */
};

/* 0, or -errno only when @root has no readable /proc/meminfo. */
int doctor_facts_read(const char *root, struct doctor_facts *ret);

/* How long a kdump takes from the panic to the complete vmcore, in seconds. Pure. */
unsigned int doctor_dump_seconds(const struct doctor_facts *f);

#endif

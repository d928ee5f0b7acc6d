/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What this machine is and has: one probe, before anything is changed. Everything is read below
 * @root ("" on a live machine). */
#ifndef HANGAR_HOST_H
#define HANGAR_HOST_H

#include <stdbool.h>
#include <stdint.h>

enum cgroup_mode { CGROUP_NONE, CGROUP_V1, CGROUP_V2, CGROUP_HYBRID };

struct host {
	char root[256];
	char release[128]; /* uname -r */
	char version[256];
	char machine[32];
	char hostname[128];
	char cmdline[2048];
	char cpu_model[128];
	char distribution[128]; /* PRETTY_NAME of os-release */
	char clocksource[32];
	char boot_id[40]; /* of this boot, "" when not known */
	unsigned int cpus;
	uint64_t memory_bytes;
	uint64_t swap_bytes;
	uint64_t page_bytes;
	uint64_t pid_max;
	bool root_user;
	bool oom_protects; /* oom_score_adj may be lowered: CAP_SYS_RESOURCE */
	enum cgroup_mode cgroup;
	/* per controller the version that carries it: 0 none, 1, 2 */
	unsigned int memory, cpu, cpuset, io, pids;
	bool psi;             /* /proc/pressure readable */
	bool psi_triggers;    /* a trigger can be opened */
	bool kmsg;            /* /dev/kmsg opens for reading */
	bool swap_accounting; /* memory.memsw.* or memory.swap.max */
	bool ext4, xfs, loop, sysrq, tracefs, thp;
	bool clone3_cgroup, io_uring, memfd, pidfd, statx, close_range, openat2;
	unsigned long taint;
};

int host_probe(const char *root,
	       struct host *ret); /* 0 or -errno only when /proc itself cannot be read */

#endif

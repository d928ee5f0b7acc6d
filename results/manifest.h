/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The manifest: what ran, with what, where. Plain strings and numbers, so that results/ needs
 * nothing of the runner. As JSON:
 *   layout          RUNDIR_VERSION
 *   hangar          version of the program
 *   id
 *   scenario        {name, path, about}
 *   must_reproduce  true: a positive control
 *   seed            as text: it is 64 bits wide, and many readers of JSON hold 53
 *   repeat, argv
 *   for_us          limit of all its time, when it has one
 *   resumes         {path, root, attempt, argv}: the run that this one goes on with, the first of
 * them, the number of the try, and the command line of the first began           UTC, ISO 8601;
 * began_unix: the same in seconds host            {name, distribution, kernel, version, machine,
 * cmdline, config_digest, cpu, cpus, memory_bytes, swap_bytes, page_bytes, cgroup, clocksource,
 * boot_id, taint}
 */
#ifndef HANGAR_MANIFEST_H
#define HANGAR_MANIFEST_H

#include <stdbool.h>
#include <stdint.h>
#include <time.h>

struct manifest_resumes { /* all borrowed */
	const char *path, *root;
	unsigned int attempt;
	const char *const *argv;
};

struct manifest {       /* all borrowed; a NULL text is left out */
	const char *id; /* of struct rundir */
	const char *scenario_name;
	const char *scenario_path; /* as given */
	const char *scenario_about;
	bool must_reproduce; /* a positive control */
	uint64_t seed;
	unsigned int repeat;                    /* how many times in all */
	const char *const *argv;                /* NULL-terminated */
	uint64_t for_us;                        /* UINT64_MAX: no limit */
	const struct manifest_resumes *resumes; /* NULL: a run of its own */
	time_t began;                           /* CLOCK_REALTIME */

	const char *hostname;
	const char *distribution;   /* PRETTY_NAME of os-release */
	const char *kernel;         /* uname -r */
	const char *kernel_version; /* uname -v */
	const char *machine;        /* uname -m */
	const char *cmdline;
	const char *config_digest; /* "sha256:..." of the kernel's configuration, if to be had */
	const char *cpu_model;
	unsigned int cpus;
	uint64_t memory_bytes;
	uint64_t swap_bytes;
	uint64_t page_bytes;
	const char *cgroup_mode; /* "v1" "v2" "hybrid" "none" */
	const char *clocksource;
	const char *boot_id; /* of /proc/sys/kernel/random */
	uint64_t taint;
};

/* Write manifest.json into @dirfd, synced, whole or not at all. 0, -ENOMEM, -errno. */
int manifest_write(int dirfd, const struct manifest *m);

#endif

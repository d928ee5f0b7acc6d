/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A scenario as its author wrote it, checked. Everything is in base units (bytes, microseconds) and
 * owns its memory. Keys, their types, limits and help are rows in keys.c: the loader, `hangar
 * check`, the JSON Schema test and hangar-scenario(5) all read that table.
 */
#ifndef HANGAR_SCENARIO_H
#define HANGAR_SCENARIO_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/diag.h"
#include "finding.h"

#define SCENARIO_BYTES_MAX                                                                         \
	(1u << 20)       /* no scenario is larger: 1 MiB is 500 times the largest we wrote */
#define UNSET UINT64_MAX /* a knob, limit or time that the author did not name */

/* cgroup knobs in the order of the knob table in runner/cgroup/knobs.c */
enum knob {
	KNOB_MEMORY,
	KNOB_MEMORY_HIGH,
	KNOB_SWAP, /* swap alone, as v2 counts; v1 memsw = memory + this */
	KNOB_KERNEL_MEMORY,
	KNOB_PIDS,
	KNOB_CPU,        /* percent of one CPU, 150 = one and a half */
	KNOB_CPU_WEIGHT, /* 1..10000, v2 terms */
	KNOB_CPUSET,     /* text: "0-1" */
	KNOB_IO_READ_BPS,
	KNOB_IO_WRITE_BPS,
	KNOB_IO_READ_IOPS,
	KNOB_IO_WRITE_IOPS,
	KNOB_OOM_GROUP,
	KNOB_SWAPPINESS,
	KNOB_OOM_KILL_DISABLE,
	KNOB_COUNT,
};

struct group_spec {
	char *name;                 /* "victims" */
	unsigned int count;         /* instances: victims.0 ... victims.9; 1 gives just "victims" */
	uint64_t knobs[KNOB_COUNT]; /* UNSET where not named */
	char *cpuset;               /* KNOB_CPUSET's text or NULL */
	char *io_device;            /* "scratch" or a block device path */
	bool optional; /* what this host cannot limit is said and gone without, no SKIP */
	struct group_spec *children;
	unsigned int n_children;
};

enum restart_policy { RESTART_NEVER, RESTART_ON_OOM, RESTART_ALWAYS };

struct restart_spec {
	enum restart_policy policy;
	uint64_t backoff_us; /* first pause; doubles up to backoff_max_us while a copy dies younger
				than 1 s */
	uint64_t backoff_max_us;
	unsigned int limit; /* restarts of one copy, 0: no limit */
};

/* In a parameter, "{group:NAME}" stands for the folders of all instances of the group NAME (as "in"
 * spells it) with commas between them. They exist from cgroup_bind() on. */
#define GROUP_OPENING "{group:"

struct run_spec {
	char *use;           /* stressor name; NULL when fio_job is set */
	char *fio_job;       /* path of a fio job file, relative to the scenario file */
	char *in;            /* group path "a/b", or "outside" */
	unsigned int copies; /* in each instance of the group */
	struct restart_spec restart;
	char **args; /* "--bytes=64M", checked against --describe; NULL-terminated, never NULL */
	bool keep;   /* go on into later phases, until the run ends */
	bool oom_protected;        /* the OOM killer passes it over */
	unsigned int line, column; /* place in the file, for later errors */
};

enum condition_kind {
	COND_PSI,       /* resource, some/full, avg10 percent */
	COND_USAGE,     /* a group's memory usage, bytes or percent of its limit */
	COND_STEPS,     /* steps of one stressor or of all since the phase began */
	COND_OOM_KILLS, /* since the phase began, in one group or all */
	COND_ALL,
	COND_ANY,
};

struct condition {
	enum condition_kind kind;
	bool below;     /* ends when the value is below, else when it is at or above */
	uint64_t value; /* PSI: percent x 100; usage: bytes, or percent when is_percent; steps;
			   kills */
	bool is_percent;
	char *resource; /* "cpu" "memory" "io" */
	bool full;
	char *group;             /* "a/b" (any instance of it), "outside"; NULL: all of the run */
	char *use;               /* COND_STEPS: stressor name or NULL */
	struct condition *parts; /* COND_ALL, COND_ANY */
	unsigned int n_parts;
};

struct phase_spec {
	char *name;
	uint64_t
		for_us; /* UNSET: until the condition, or (last phase) until the total time is up */
	struct condition *until; /* NULL: by time alone */
	bool until_is_needed; /* "or": "fail" - reaching for_us before the condition is INCONCLUSIVE
			       */
	struct run_spec *runs;
	unsigned int n_runs;
};

struct setting {    /* a sysctl or THP file to set and restore */
	char *path; /* absolute: /proc/sys/vm/dirty_ratio,
		       /sys/kernel/mm/transparent_hugepage/enabled */
	char *value;
	unsigned int line, column;
};

enum scratch_on { SCRATCH_NONE, SCRATCH_LOOP, SCRATCH_DEVICE, SCRATCH_DIRECTORY };

struct scratch_spec {
	enum scratch_on on;
	char *filesystem;    /* "ext4" or "xfs"; NULL with SCRATCH_DIRECTORY */
	char *where;         /* device or directory path; NULL with SCRATCH_LOOP */
	uint64_t size_bytes; /* of the loop file */
	char **mkfs;         /* extra arguments, NULL-terminated, or NULL */
	char *mount;         /* mount options or NULL */
};

struct needs_spec {
	bool root;
	char **controllers;    /* NULL-terminated or NULL */
	char **programs;       /* likewise */
	char *filesystem;      /* the kernel must know it, and mkfs.X be there */
	uint64_t memory_bytes; /* UNSET; MemTotal at least */
	unsigned int cpus;     /* 0: any */
	char *kernel_min;      /* "4.5" or NULL */
	char *kernel_max;
	unsigned int cgroup; /* 0 any, 1 or 2 */
	char **files;        /* paths that must exist, NULL-terminated or NULL */
	bool throwaway;      /* runs nowhere but in a guest of `hangar vm` */
};

/* The word on the kernel's command line by which `hangar vm` says that the machine is its own. */
#define THROWAWAY_WORD "hangar.throwaway"

struct vm_spec {               /* the guest of `hangar vm`; all else ignores it */
	uint64_t memory_bytes; /* UNSET */
	unsigned int cpus;     /* 0: not named */
	uint64_t disk_bytes;   /* UNSET */
	char *cache;           /* QEMU's word or NULL */
	char **kernel_args;    /* NULL-terminated or NULL, as all lists here */
	char **files;          /* absolute: there in the guest as well; relative: beside the
				  scenario, here and there */
	char **modules;        /* the kernel's own: loaded at boot; hangar's: built, and put into
				  /modules/extra */
	char *plant;           /* "ext4-oom,...": bugs that a planted kernel switches on; or NULL */
	uint64_t silent_after_us; /* UNSET; before it is scaled by the machine's pace */
};

struct watch_spec { /* absent watchers are off; an absent "watch" means all with their defaults */
	bool kmsg, tasks, progress, oom, pressure, exits, taint, clock, samples;
	uint64_t stuck_for_us;                          /* tasks: 30 s */
	uint64_t quiet_for_us;                          /* progress: 60 s */
	uint64_t tasks_every_us;                        /* 1 s */
	uint64_t samples_every_us;                      /* 5 s */
	uint64_t pressure_stall_us, pressure_window_us; /* PSI trigger */
	uint64_t clock_jump_us;                         /* disagreement that counts, 1 s */
	bool leak;
	uint64_t leak_over_bytes, leak_for_us; /* charged and nobody's: 8M for 5 s */
	bool deadlock;
	uint64_t deadlock_for_us; /* 10 s */
	bool tasks_all;           /* also tasks that are neither ours nor kernel threads */
};

struct trace_spec {            /* what the kernel's own tracer notes; see tracing/sets.h */
	char **events;         /* sets, "system/event", "system/" and a star; NULL-terminated or
				  NULL */
	char **functions;      /* likewise */
	uint64_t buffer_bytes; /* of all CPUs together */
	bool required;         /* without all of it the run is SKIPPED */
};

static inline bool trace_wanted(const struct trace_spec *t)
{
	return (t->events && *t->events) || (t->functions && *t->functions);
}

struct pattern {                /* all named members must hold */
	enum finding_kind kind; /* FINDING_NONE: any */
	char **stack;           /* functions that must all be on the stack */
	char *text;             /* substring of headline */
	char *comm;
	char *group; /* "victims" is any of victims.0, victims.1, ... and what is inside them */
};

struct expect_spec {
	struct pattern *reproduce;
	unsigned int n_reproduce;
	struct pattern *allow;
	unsigned int n_allow;
	bool must_reproduce; /* a positive control; without reproduce patterns any fault not allowed
				is the expected one */
};

enum after_match { AFTER_STOP, AFTER_CONTINUE };

struct on_match_spec {
	char **evidence; /* names of rungs (respond.h), in order; NULL-terminated */
	char *dump;      /* "none" or "vmcore" */
	enum after_match then;
	uint64_t settle_us; /* wait so long for follow-up lines before stopping; 2 s */
};

struct scenario {
	char *path; /* as given; NULL from memory */
	char *text; /* the file, byte for byte */
	size_t text_size;
	char *name;
	char *about;
	uint64_t seed;           /* UNSET: drawn at run time and recorded */
	unsigned int repeat;     /* 1 */
	uint64_t for_us;         /* total time, UNSET: sum of the phases */
	uint64_t made_for_bytes; /* memory that the groups' limits are meant for; UNSET: any */
	struct needs_spec needs;
	struct vm_spec vm;
	struct setting *settings;
	unsigned int n_settings;
	struct scratch_spec scratch;
	struct group_spec *groups;
	unsigned int n_groups;
	struct phase_spec *phases;
	unsigned int n_phases;
	struct watch_spec watch;
	struct trace_spec trace;
	struct expect_spec expect;
	struct on_match_spec on_match;
};

struct catalogue; /* the stressors on offer, see catalogue.h */

/**
 * scenario_load - read and check a scenario file
 * @c: stressors to check "use" and "with" against; NULL: leave those unchecked (fuzzing)
 * Returns 0, or -errno with @d holding file, line, column and one sentence. Never half a scenario.
 */
int scenario_load(const char *path, const struct catalogue *c, struct scenario **ret,
		  struct diag *d);
int scenario_parse(const char *text, size_t size, const char *path, const struct catalogue *c,
		   struct scenario **ret, struct diag *d);
struct scenario *scenario_free(struct scenario *s); /* returns NULL */

/* Does @f match @p? Pure. */
bool pattern_matches(const struct pattern *p, const struct finding *f);
/* The judgement of one finding under @e: expected, allowed, note, broken, or other. Pure. */
enum finding_judged expect_judge(const struct expect_spec *e, const struct finding *f);

#endif

/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A finding: one thing that went wrong, as one watcher saw it. Fixed size, no pointers: it can be
 * made, copied and journalled while no memory is to be had. The kinds are a documented, stable
 * vocabulary: scenarios name them in "expect", the journal and every report spell them so.
 */
#ifndef HANGAR_FINDING_H
#define HANGAR_FINDING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum finding_kind {
	FINDING_NONE,
	/* told by the kernel log */
	FINDING_HUNG_TASK,
	FINDING_SOFT_LOCKUP,
	FINDING_HARD_LOCKUP,
	FINDING_RCU_STALL,
	FINDING_WORKQUEUE_LOCKUP,
	FINDING_OOM_KILL,   /* a memcg of this run hit its limit; events files tell it too */
	FINDING_GLOBAL_OOM, /* the machine, a cpuset or a mempolicy ran out */
	FINDING_PAGE_ALLOC_FAILURE,
	FINDING_WARNING,
	FINDING_BUG,
	FINDING_OOPS,
	FINDING_GPF,
	FINDING_NULL_DEREF,
	FINDING_PAGING_FAULT,
	FINDING_LIST_CORRUPTION,
	FINDING_BAD_PAGE,
	FINDING_KASAN,
	FINDING_KCSAN,
	FINDING_KMSAN,
	FINDING_UBSAN,
	FINDING_KFENCE,
	FINDING_MEMORY_LEAK,
	FINDING_LOCKDEP,
	FINDING_ATOMIC_SLEEP,
	FINDING_REFCOUNT,
	FINDING_PANIC,
	FINDING_FS_ERROR,
	FINDING_IO_ERROR,
	FINDING_MCE,
	FINDING_CLOCK, /* also told by the clock watcher */
	/* told by hangar's own watchers */
	FINDING_STALL,      /* a stressor made no step for longer than allowed */
	FINDING_STUCK_TASK, /* D state, same stack, no context switch: before the kernel says so */
	FINDING_DEADLOCK,   /* tasks wait for each other in a circle, told from their stacks */
	FINDING_TAINT,
	FINDING_SILENCE, /* told from outside: the machine says nothing any more */
	/* worth a line, never a fault */
	FINDING_PRESSURE,
	FINDING_KMSG_GAP,    /* the ring overran: records were lost, reading goes on */
	FINDING_FOREIGN_OOM, /* a memcg that is not ours */
	/* the harness */
	FINDING_STRESSOR_FAILED,
	FINDING_RECORD_LOST, /* the journal cannot be written */
	FINDING_KIND_COUNT,
};

enum finding_class {
	CLASS_FAULT, /* counts: OTHER_FAULT unless expected or allowed */
	CLASS_NOTE,  /* never counts */
	CLASS_OWN,   /* the harness: BROKEN */
};

enum finding_judged {
	JUDGED_OTHER,    /* a fault, neither expected nor allowed */
	JUDGED_EXPECTED, /* the scenario's signature */
	JUDGED_ALLOWED,
	JUDGED_NOTE,
	JUDGED_BROKEN,
};

struct finding {
	enum finding_kind kind;
	enum finding_judged judged;
	uint32_t id;      /* from 1, in order of notice, unique in the run */
	uint32_t more_of; /* id of the finding that this one completes or repeats; 0: a new one */
	uint64_t noticed_us; /* CLOCK_MONOTONIC */
	uint64_t began_us;   /* CLOCK_MONOTONIC when the symptom began, 0: not known */
	uint64_t kernel_us;  /* the kernel's timestamp of its log record (printk clock), 0: none */
	int pid;             /* 0: none */
	int cpu;             /* -1: none */
	double seconds;      /* how long, as told by whoever noticed; 0: does not apply */
	char watcher[16];    /* "kmsg", "tasks", "progress", "oom", ... */
	char comm[32];       /* 16 in the kernel, longer for kworkers */
	char group[128]; /* memcg, as the scenario names it ("victims.3"), else the kernel's path */
	char function[96]; /* first telling frame */
	char release[64];  /* kernel release named by the report */
	char taint[64];
	char signature[160];
	char text[512]; /* the headline, one line */
	/* who else it is about, one a line: "PID ROLE GROUP COMM", GROUP "-" for none */
	char members[640];
	char stack[3072]; /* one frame a line, innermost first, "func+0x1/0x2 [mod]" */
};

const char *finding_kind_name(enum finding_kind kind);  /* "hung-task"; "?" when out of range */
enum finding_kind finding_kind_parse(const char *name); /* FINDING_NONE when unknown */
enum finding_class finding_kind_class(enum finding_kind kind);
const char *finding_kind_about(enum finding_kind kind);      /* one line for the manual page */
const char *finding_judged_name(enum finding_judged judged); /* "expected", "allowed", ... */
int finding_judged_parse(const char *name, enum finding_judged *ret);

/* Zero @f, set cpu to -1, kind, watcher and noticed_us. */
void finding_init(struct finding *f, enum finding_kind kind, const char *watcher, uint64_t now);

/*
 * Is @function a frame of @stack? Exact name; address, offsets, module and suffixes like .isra.0
 * are set aside, and frames that the kernel marks unreliable ("? func") do not count.
 */
bool finding_stack_has(const char *stack, const char *function);

struct finding_member {
	int pid;
	char role[64], group[128], comm[64]; /* group "": none */
};

/* The next of finding.members; lines that are none are passed over. False at the end. */
bool finding_next_member(const char **members, struct finding_member *ret);

/*
 * The function of one line of a stack, by the same rules, cut to @size. "": there is none (an
 * unreliable frame, a bare address). Returns @buf.
 */
const char *finding_frame(const char *line, char *buf, size_t size);

#endif

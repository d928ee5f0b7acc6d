/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The contract of a stressor and its shared main().
 *
 * A stressor is one program: one .c that fills a struct stressor and ends with STRESSOR_MAIN(it),
 * plus its name in stressors/meson.build. The shared main() gives it: --help, --describe (JSON),
 * parameters as --name=value with units and ranges, --seconds and --steps for use alone, the slot
 * of slots.h, the start line, the seed, the stop flag, death with its parent, and the exit code: 0
 * done, 77 cannot run here, 2 bad usage, else failed. A step returns 0, STRESSOR_PRESSURE when
 * memory, space or a resource ran out (that is what the storm is for, never an error),
 * STRESSOR_DONE, or -errno (a failure, unless stressor_is_pressure(): it is printed with the
 * operation's name and ends the program with 1). A step that met pressure is over, and counts as a
 * step: the kernel answered.
 */
#ifndef HANGAR_STRESSOR_H
#define HANGAR_STRESSOR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "slots.h"

#define STRESSOR_EXIT_FAILED 1
#define STRESSOR_EXIT_USAGE 2
#define STRESSOR_EXIT_SKIP 77
#define STRESSOR_AUX_MAX 8
#define STRESSOR_MIX_MAX 16

enum {
	STRESSOR_PRESSURE = 1,
	STRESSOR_DONE = 2, /* this thread has nothing left to do; the others go on */
};

enum param_kind {
	PARAM_BYTES,    /* "64M"; uint64_t */
	PARAM_DURATION, /* "10ms"; uint64_t microseconds */
	PARAM_COUNT,    /* "8"; uint64_t */
	PARAM_PERCENT,  /* "50%"; uint64_t 0..100 */
	PARAM_BOOL,     /* "true" "false"; uint64_t 0 or 1 */
	PARAM_CHOICE,   /* one of .choices; uint64_t index */
	PARAM_MIX,      /* "create:4,unlink:1" over .choices; up to 16 weights in uint64_t[16] */
	PARAM_TEXT,     /* any text, e.g. a command line; const char * */
	PARAM_PATH, /* a folder or file; const char *. hangar sets "dir" to the scratch file system
		     */
};

/* One row per parameter. @min and @max are inclusive, in the parameter's unit; 0 and 0: no limit.
 */
struct param {
	const char *name;
	enum param_kind kind;
	const char *fallback; /* default, as text; NULL: required */
	uint64_t min, max;
	const char *const *choices; /* NULL-terminated, for PARAM_CHOICE and PARAM_MIX */
	const char *about;
	void *to; /* where the value goes: uint64_t, const char *, or uint64_t[16] for PARAM_MIX */
};

/* What a running stressor sees. One per thread of the stressor; only that thread writes it. */
struct stressor_run {
	struct slot *slot;
	unsigned int thread; /* from 0 */
	const char *label;   /* "NAME.SLOT" (alone: "NAME.alone"), for the names of files */
	uint64_t random;  /* state of stressor_random(), seeded from the run's seed, slot and thread
			   */
	uint64_t choices; /* digest of all random choices: same seed and steps, same digest */
	void *own;        /* the stressor's */
	const char *doing; /* the operation in hand, for the error message */

	/* Counted here, without atomics, and added to the slot after each batch of steps. */
	uint64_t bytes;
	uint64_t pressure;
	uint64_t aux[STRESSOR_AUX_MAX];

	/* The shared loop's. */
	uint64_t began_us; /* of the batch in hand, UINT64_MAX: none */
	bool paused;       /* stressor_pause() was called in this batch */
};

struct stressor {
	const char *name;
	const char *about;          /* one line */
	const char *step;           /* what one step is, one line */
	const struct param *params; /* ends with a row whose name is NULL */
	const char *const *aux;     /* names of slot->aux[], NULL-terminated; may be NULL */
	/* Number of threads (from the parsed parameters); NULL: one. */
	unsigned int (*threads)(void);
	/*
	 * Before the start line, by the main thread, once for each thread from thread 0 on. 0;
	 * pressure (tried again for ten seconds); -ENOSYS, -EOPNOTSUPP, -EPERM, -EACCES, -EROFS:
	 * cannot run here (77); another -errno: failed. With stressor_why().
	 */
	int (*prepare)(struct stressor_run *run);
	int (*work)(struct stressor_run *run); /* one step */
	/* By the main thread when all threads have ended, from the last to thread 0, also after a
	 * prepare() that failed. */
	void (*finish)(struct stressor_run *run); /* may be NULL */
};

int stressor_main(int argc, char **argv, const struct stressor *s);

#define STRESSOR_MAIN(s)                                                                           \
	int main(int argc, char **argv)                                                            \
	{                                                                                          \
		return stressor_main(argc, argv, &(s));                                            \
	}

/* xorshift64*; the same seed gives the same choices. */
uint64_t stressor_random(struct stressor_run *run);
uint64_t stressor_below(struct stressor_run *run, uint64_t limit); /* 0 .. limit-1 */
unsigned int stressor_pick(struct stressor_run *run,
			   const uint64_t weights[STRESSOR_MIX_MAX]); /* an index, by weight */

/* Is the run to end? Cheap; a long step asks now and then. */
bool stressor_stopping(const struct stressor_run *run);
/* Sleep that ends early at the stop flag. Its time is no part of a step. */
void stressor_pause(struct stressor_run *run, uint64_t us);
/* The reason behind a 77 or a failure, said once, before returning. */
void stressor_why(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
/* A line on standard error: something is done another way than asked ("falling back aloud"). */
void stressor_say(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
/* Is @err (positive errno) one that a storm brings (ENOMEM, ENOSPC, EDQUOT, EAGAIN, EMFILE, ENFILE,
 * EINTR)? */
bool stressor_is_pressure(int err);
/* fork() whose child dies with this thread and keeps no stop handler. As fork(): the child's pid, 0
 * in the child, or -errno. */
pid_t stressor_fork(void);

#endif

/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A program that is run to its end for what it says: mkfs, make, a stressor that describes itself,
 * an analyser that may hang on a damaged dump. With a time limit, a memory limit, bounded output,
 * no shell; and gone at the end, with all that it started.
 */
#ifndef HANGAR_PROGRAM_H
#define HANGAR_PROGRAM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/diag.h"

struct program {
	const char *const
		*argv; /* NULL-terminated; argv[0] is looked for in PATH and the sbin folders */
	const char *const *env; /* "NAME=value" sets, "NAME" takes away; NULL-terminated; NULL:
				   none. LC_ALL=C is always set: its words are read */
	uint64_t timeout_us;    /* 0: as long as it takes */
	uint64_t memory_bytes;  /* address space; 0: no limit */
	const char *input;      /* standard input; NULL: /dev/null */
	size_t input_size;
	size_t output_max; /* what is kept of standard output; more is -EFBIG */
	bool begin_only;   /* more is read and dropped */
	bool errors_too;   /* standard error goes where standard output goes */
	int file_fd;       /* the program has it as PROGRAM_FILE; 0: it has none */
};

#define PROGRAM_FILE "/proc/self/fd/3"

struct program_end {
	char *output; /* NUL-terminated; with -ECHILD too, else NULL when it went wrong */
	size_t output_size;
	char errors[512]; /* the last line that it wrote to standard error, plain */
	int status;       /* as of waitpid() */
};

/**
 * program_run - run to the end, whatever happens
 * Returns 0 (ended by itself with exit code 0); -ECHILD (a bad exit code, a signal); -ENOENT (no
 * such program); -ETIMEDOUT; -EFBIG; -errno; @d: one sentence. Nothing of its process group lives
 * on, and all of it dies with this thread.
 */
int program_run(const struct program *p, struct program_end *ret, struct diag *d);
void program_end_clear(struct program_end *e);

#endif

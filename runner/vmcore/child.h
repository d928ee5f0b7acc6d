/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A program that reads what we do not trust: with a time limit, a memory limit, bounded output, and
 * gone at the end. */
#ifndef HANGAR_VMCORE_CHILD_H
#define HANGAR_VMCORE_CHILD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/diag.h"

struct child_job {
	const char *const
		*argv; /* NULL-terminated; argv[0] is looked for in PATH and the sbin folders */
	uint64_t timeout_us;
	uint64_t memory_bytes; /* address space; 0: no limit */
	const char *input;     /* standard input; NULL: /dev/null */
	size_t input_size;
	size_t output_max; /* what standard output may be at most; more is -EFBIG */
	int file_fd;       /* >= 0: the program has it as CHILD_FILE */
};

#define CHILD_FILE "/proc/self/fd/3"

struct child_result {
	char *output; /* NUL-terminated, the caller's to free */
	size_t output_size;
	char errors[512]; /* the last line that it wrote to standard error, plain */
	int status;       /* as of waitpid() */
};

/**
 * child_run - run to the end, whatever happens
 * Returns 0 (ended by itself with exit code 0); -ENOENT (no such program); -ETIMEDOUT; -EFBIG;
 * -ECHILD (a bad exit code, a signal); -errno; @d: one sentence. Nothing of its process group lives
 * on.
 */
int child_run(const struct child_job *job, struct child_result *ret, struct diag *d);
void child_result_clear(struct child_result *r);

#endif

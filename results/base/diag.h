/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a reader of user text (scenario, fio job, journal, argv) says when it refuses: where and
 * why. Filled once, by the first error; printed once, by the outermost caller, as
 * "file:line:column: message".
 */
#ifndef HANGAR_DIAG_H
#define HANGAR_DIAG_H

#include <stdio.h>

struct diag {
	char file[256];
	unsigned int line;   /* from 1; 0: no place known */
	unsigned int column; /* from 1, in bytes; 0: no place known */
	char message[768];
};

/**
 * diag_set - note the first refusal; later calls on the same @d change nothing
 * @d: where to; NULL is allowed and means nobody listens
 * Returns @err, so that `return diag_set(d, -EINVAL, ...)` reads as one sentence.
 */
int diag_set(struct diag *d, int err, const char *fmt, ...) __attribute__((format(printf, 3, 4)));

/* Like diag_set(), with a place. */
int diag_set_at(struct diag *d, int err, unsigned int line, unsigned int column, const char *fmt,
		...) __attribute__((format(printf, 5, 6)));

/* Print "hangar: FILE:LINE:COLUMN: MESSAGE" with the parts that are known. */
void diag_print(const struct diag *d, FILE *to);

#endif

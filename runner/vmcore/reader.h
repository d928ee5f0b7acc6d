/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Analysers, one file each. What they answer is checked by others. */
#ifndef HANGAR_VMCORE_READER_H
#define HANGAR_VMCORE_READER_H

#include <jansson.h>

#include "base/diag.h"
#include "vmcore/header.h"

struct reader_job {
	const char *vmcore;
	const char *vmlinux; /* NULL: none, for the readers that need none */
	const struct vmcore_header *header;
	const char *log; /* the kernel log; "" when there is none */
};

struct reader {
	const char *name; /* "drgn" */
	bool needs_vmlinux;
	/* 0 with an answer whose types were checked (answer_take); -errno with @d. */
	int (*read)(const struct reader_job *job, json_t **ret, struct diag *d);
};

extern const struct reader reader_drgn, reader_crash, reader_notes;

/* Tried in this order; the first whose answer holds is believed. */
extern const struct reader *const readers[]; /* ends with NULL */

#endif

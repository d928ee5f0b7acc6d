/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A face of the record: one file made from it. To add one: a .c with its ops, a line in sink.c. */
#ifndef HANGAR_SINK_H
#define HANGAR_SINK_H

#include <stdio.h>

#include "record.h"

struct sink_ops {
	const char *name;                               /* "junit" */
	const char *file;                               /* "junit.xml" */
	int (*write)(const struct record *r, FILE *to); /* 0 or -errno */
};

extern const struct sink_ops *const sinks[]; /* ends with NULL */
extern const struct sink_ops sink_json, sink_junit, sink_ktap, sink_text;

/* One face in memory, the caller's to free, with a NUL behind it. 0 or -errno. */
int sink_make(const struct sink_ops *sink, const struct record *r, char **ret_text,
	      size_t *ret_size);

/*
 * Write every face of the run in @path, each whole or not at all; goes on after a failure. Returns
 * 0 or the first -errno, with @d (may be NULL) naming the file.
 */
int sink_write_all(const char *path, const struct record *r, struct diag *d);

#endif

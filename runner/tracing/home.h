/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Where the tracing of a run lives: an instance of its own below tracefs or, on a kernel that has
 * no instances, the top of tracefs itself. Two ways to do the same, libtracefs and plain files, are
 * ops of one family; the second is for machines without the library.
 */
#ifndef HANGAR_TRACING_HOME_H
#define HANGAR_TRACING_HOME_H

#include <stdbool.h>
#include <stddef.h>

#include "base/diag.h"

struct trace_home;

/* What is done in a home; each returns 0 or -errno. */
struct trace_ops {
	const char *name; /* as the journal tells it */
	int (*make)(struct trace_home *h);
	int (*write)(struct trace_home *h, const char *file, const char *text);
	/* @event NULL: all of the system */
	int (*enable)(struct trace_home *h, const char *system, const char *event);
	int (*probe)(struct trace_home *h, const char *event, const char *function,
		     const char *arguments, bool at_return);
	int (*filter)(struct trace_home *h, const char *function); /* one more for the tracer */
	void (*close)(struct trace_home *h); /* the instance stays: undo takes it away */
};

extern const struct trace_ops trace_by_library, trace_by_files;

struct trace_home {
	const struct trace_ops *ops;
	char top[300];  /* of tracefs */
	char path[420]; /* the instance, or the top */
	char name[160]; /* of the instance, "" at the top */
	char group[64]; /* of the probes */
	const struct late_tracefs *library;
	struct tracefs_instance *instance;
};

/* The top of tracefs below @root: 0 with @buf, -ENOENT: not mounted where it is looked for. */
int trace_top_find(const char *root, char *buf, size_t size);

/* Can instances be made? */
bool trace_has_instances(const char *top);

/* Somebody else traces at the top: the sentence on it in @buf; false: nobody. */
bool trace_is_busy(const char *top, char *buf, size_t size);

/* Does the home have this file? */
bool trace_has(const struct trace_home *h, const char *file);

#endif

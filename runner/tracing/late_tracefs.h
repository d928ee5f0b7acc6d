/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * libtracefs, loaded when a scenario traces (vm/libs/late.h). The few functions that are used are
 * spelled out here as in its manual pages tracefs_instance_create(3) and the like: its own header
 * wants a second library's. It frees what it allocates; all of them are called before the storm
 * only.
 */
#ifndef HANGAR_LATE_TRACEFS_H
#define HANGAR_LATE_TRACEFS_H

#include "base/diag.h"

struct tracefs_instance;

#define TRACEFS_SONAME "libtracefs.so.1"

struct late_tracefs {
	int (*tracefs_set_tracing_dir)(char *dir);
	struct tracefs_instance *(*tracefs_instance_create)(const char *name);
	void (*tracefs_instance_free)(struct tracefs_instance *instance);
	int (*tracefs_instance_file_write)(struct tracefs_instance *instance, const char *file,
					   const char *text);
	int (*tracefs_event_enable)(struct tracefs_instance *instance, const char *system,
				    const char *event);
	int (*tracefs_kprobe_raw)(const char *group, const char *event, const char *function,
				  const char *arguments);
	int (*tracefs_kretprobe_raw)(const char *group, const char *event, const char *function,
				     const char *arguments);
	int (*tracefs_function_filter)(struct tracefs_instance *instance, const char *filter,
				       const char *module, unsigned int flags);
};

/* 0 with *ret; -ENOPKG with @d: this machine has none, plain files will do. */
int late_tracefs(const struct late_tracefs **ret, struct diag *d);

/*
 * The files of the library and of what it needs of its own, as a guest is given them whose scenario
 * traces: calls @take for each absolute path. A machine without the library has none. 0, or what
 * @take returned.
 */
int late_tracefs_files(int (*take)(void *ctx, const char *path), void *ctx);

#endif

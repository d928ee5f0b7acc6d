/* SPDX-License-Identifier: GPL-2.0-or-later */
/* For the tests of runner/tracing: a folder that looks like tracefs. */
#ifndef TESTS_TRACE_TREE_H
#define TESTS_TRACE_TREE_H

#include <stdio.h>

#include "folder.h"
#include "tmpdir.h"
#include "tracing/home.h"
#include "tracing/tracer.h"

#define TOP "sys/kernel/tracing"
#define OURS TOP "/instances/hangar-run"

static const char *root;
static struct host host;
static char *compaction[] = { (char[]){ "compaction" }, NULL };
static char *functions[] __attribute__((unused)) = { (char[]){ "vfs_fsync_range" }, NULL };

#define put(file, text) folder_put(root, file, text)
#define get(file) folder_get(root, file)
#define new_journal() folder_journal(root)

/* An instance as the kernel would fill it, with one event of compaction. */
static inline void make_tree(void)
{
	static const char *const files[] = {
		TOP "/trace_marker",    TOP "/set_event",
		TOP "/kprobe_events",   OURS "/trace_marker",
		OURS "/buffer_size_kb", OURS "/tracing_on",
		OURS "/trace_pipe",     OURS "/set_ftrace_filter",
		OURS "/current_tracer", OURS "/events/compaction/mm_compaction_begin/enable",
	};

	for (size_t i = 0; i < sizeof(files) / sizeof(files[0]); i++)
		put(files[i], "");
	put(TOP "/current_tracer", "nop\n");
}

static inline int setup(void **state)
{
	int err = tmpdir_make(state);

	root = *state;
	host = (struct host){ .cpus = 2 };
	snprintf(host.root, sizeof(host.root), "%s", root);
	return err;
}

static inline int teardown(void **state)
{
	return tmpdir_remove(state);
}

static inline struct trace_home home_at(const char *path, const char *name)
{
	struct trace_home h = { .ops = &trace_by_files, .group = "hangar_t" };

	snprintf(h.top, sizeof(h.top), "%s/" TOP, root);
	snprintf(h.path, sizeof(h.path), "%s/%s", root, path);
	snprintf(h.name, sizeof(h.name), "%s", name);
	return h;
}

#endif

/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Undoing one step of the undo log, by kind. Every kind accepts that the step was never taken. They
 * run in `hangar clean` long after the run as well as at its end, so they know nothing but what the
 * line says.
 */
#ifndef HANGAR_UNDO_STEP_H
#define HANGAR_UNDO_STEP_H

#include <stdint.h>

struct undo_step {
	const char *kind, *path;
	const char *value, *set; /* NULL where the kind has none */
};

struct undo_say {
	void (*line)(const char *line); /* may be NULL */
};

void undo_tell(const struct undo_say *say, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));

enum undo_result {
	UNDO_DONE,    /* put back, and said */
	UNDO_NOTHING, /* there was nothing to put back */
};

/* Returns enum undo_result or -errno; -EPROTO: a kind that this version does not know. */
int undo_step(const struct undo_step *s, const struct undo_say *say);

/* The kinds that fill a file of their own; the same returns. */
int undo_cgroup(const struct undo_step *s, const struct undo_say *say);
int undo_subtree_control(const struct undo_step *s, const struct undo_say *say);
int undo_mount(const struct undo_step *s, const struct undo_say *say);
int undo_loop(const struct undo_step *s, const struct undo_say *say);
int undo_sysctl(const struct undo_step *s, const struct undo_say *say);
int undo_file(const struct undo_step *s, const struct undo_say *say);
int undo_directory(const struct undo_step *s, const struct undo_say *say);
int undo_tree(const struct undo_step *s, const struct undo_say *say);
int undo_trace_instance(const struct undo_step *s, const struct undo_say *say);
int undo_trace_probes(const struct undo_step *s, const struct undo_say *say);
int undo_processes(const struct undo_step *s, const struct undo_say *say);

#endif

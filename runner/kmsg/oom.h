/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The OOM killer's report. Its first line says neither whether a group or the machine ran out nor
 * who dies; a later one does: to 4.20   "Task in A killed as a result of limit of B"        (B
 * holds the limit) since 5.0
 * "oom-kill:constraint=CONSTRAINT_MEMCG,...,oom_memcg=B,task_memcg=A,task=T,pid=P" all "Memory
 * cgroup out of memory: ..." or "Out of memory: ..." Only then is it told, so that a group's OOM is
 * never first taken for the machine's.
 */
#ifndef HANGAR_KMSG_OOM_H
#define HANGAR_KMSG_OOM_H

#include "kmsg/report.h"

enum oom_step {
	OOM_MORE,    /* go on reading */
	OOM_DECIDED, /* tell it now */
	OOM_DONE,    /* tell it, complete */
};

/* A recognised line of the report. @r is open (report_begin() with the first such line). */
enum oom_step oom_line(struct report *r, const struct recogniser *row, const struct kmsg_fields *k,
		       const char *text);

/* Any other line: "memory: usage" and "Mem-Info:" decide a report whose telling line was lost. */
void oom_detail(struct report *r, const char *text);

#endif

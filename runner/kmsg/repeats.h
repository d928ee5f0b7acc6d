/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Tasks whose hang was told already: khungtaskd tells it again each time its limit passes. */
#ifndef HANGAR_KMSG_REPEATS_H
#define HANGAR_KMSG_REPEATS_H

#include "finding.h"

#define REPEATS_MAX                                                                                \
	64 /* six times what khungtaskd tells before it goes silent (hung_task_warnings 10) */

struct repeats {
	unsigned int next;
	struct {
		int pid;
		char comm[32];
		uint32_t id;
	} list[REPEATS_MAX];
};

/* The local number under which this task's hang was told first, 0: it was not. */
uint32_t repeats_find(const struct repeats *r, const struct finding *f);
/* Remember it; the oldest goes when the table is full. */
void repeats_note(struct repeats *r, const struct finding *f);

#endif

/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A stall of an hour is thirty reports of the same task. They are one finding that goes on; pid and
 * name together tell the task (a pid alone may have been given to another since).
 */
#include "kmsg/repeats.h"

#include <stdio.h>
#include <string.h>

uint32_t repeats_find(const struct repeats *r, const struct finding *f)
{
	for (unsigned int i = 0; i < REPEATS_MAX; i++)
		if (r->list[i].id && r->list[i].pid == f->pid && !strcmp(r->list[i].comm, f->comm))
			return r->list[i].id;
	return 0;
}

void repeats_note(struct repeats *r, const struct finding *f)
{
	unsigned int i = r->next++ % REPEATS_MAX;

	r->list[i].pid = f->pid;
	r->list[i].id = f->id;
	snprintf(r->list[i].comm, sizeof(r->list[i].comm), "%s", f->comm);
}

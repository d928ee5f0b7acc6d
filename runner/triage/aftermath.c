/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The reaper is a kernel thread of its own (since 4.6): its lines carry its own name as caller. */
#include "triage/aftermath.h"

#include <string.h>

#include "triage/scan_text.h"

static bool is_victim(const struct triage_case *c, int pid)
{
	return (c->f.kind == FINDING_OOM_KILL || c->f.kind == FINDING_GLOBAL_OOM) &&
	       c->f.pid == pid;
}

void aftermath_line(struct triage_case *cases, unsigned int count, const char *text,
		    uint64_t number)
{
	const char *p;
	int pid;

	if (!scan_starts(text, "oom_reaper: "))
		return;
	p = strpbrk(text, "0123456789");
	if (!p || !scan_int(p, &pid))
		return;
	for (unsigned int i = count; i--;)
		if (is_victim(&cases[i], pid)) {
			scan_copy(cases[i].after, sizeof(cases[i].after), text, strlen(text));
			cases[i].last_line = number;
			return;
		}
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Long before CONFIG_PRINTK_CALLER the makers of phones had patches of their own that print CPU and
 * task in front of each line. In a row below: # the task's number, % the CPU's, each with blanks in
 * front of it allowed; * the task's name; everything else stands for itself.
 */
#include "kmsg/vendor.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "base/cleanup.h"

#define COMM_MAX 24 /* 15 bytes, and padding */

static const char *const forms[] = {
	"[%:*:#]",         "[L%:*:#]",   "-(%)[#:*]", "(%)[#:*]", "[pid:#,cpu%,*]",
	"(CPU:%-pid:#:*)", "(CPU%:*:#)", "[c%]",      "[cpu%]",   "c% ",
};

struct speaker {
	unsigned int cpu, task;
	bool has_task;
};

static const char *number(const char *p, unsigned int *ret)
{
	size_t n;

	p += strspn(p, " ");
	n = strspn(p, "0123456789");
	if (!n || n > 7)
		return NULL;
	*ret = 0;
	for (; n; n--)
		*ret = *ret * 10 + (unsigned int)(*p++ - '0');
	return p;
}

/* Behind a name of which @rest follows: names may hold colons, so the last one counts. */
static const char *match(const char *form, const char *p, struct speaker *s)
{
	for (; *form; form++) {
		if (*form == '*') {
			size_t end = strcspn(p, "])\n");

			for (size_t n = end < COMM_MAX ? end + 1 : COMM_MAX; n--;) {
				const char *behind = p[n] ? match(form + 1, p + n, s) : NULL;

				if (behind)
					return behind;
			}
			return NULL;
		}
		if (*form == '#' || *form == '%') {
			p = number(p, *form == '#' ? &s->task : &s->cpu);
			s->has_task = s->has_task || *form == '#';
			if (!p)
				return NULL;
		} else if (*form != *p++) {
			return NULL;
		}
	}
	return p;
}

const char *vendor_strip(const char *p, struct kmsg_record *r)
{
	const char *begin = p + strspn(p, " ");

	if (!strchr("[-(c", *begin) || !*begin)
		return p;
	for (size_t i = 0; i < ARRAY_SIZE(forms); i++) {
		struct speaker s = { .cpu = 0 };
		const char *behind = match(forms[i], begin, &s);

		if (!behind)
			continue;
		if (!r->caller[0])
			snprintf(r->caller, sizeof(r->caller), s.has_task && s.task ? "T%u" : "C%u",
				 s.has_task && s.task ? s.task : s.cpu);
		return behind + (*behind == ' ');
	}
	return p;
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copies that do the same in instances of the same group are one line: "alloc in victims", not
 * three hundred. */
#include "run/works.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *const end_names[EXIT_KINDS] = {
	[EXIT_DONE] = "done",       [EXIT_SKIPPED] = "skipped",
	[EXIT_STOPPED] = "stopped", [EXIT_OOM_KILLED] = "oom_killed",
	[EXIT_FAILED] = "failed",   [EXIT_STARVED] = "starved",
};

#define NAME_BYTES sizeof(((struct plan_launch *)0)->name)

struct work {
	uint64_t starts, restarts, steps, slowest_us;
	uint64_t ends[EXIT_KINDS];
};

int works_open(struct works *w, const struct plan *p)
{
	w->ends = calloc(p->n_launches + 1, sizeof(*w->ends));
	return w->ends ? 0 : -ENOMEM;
}

void works_close(struct works *w)
{
	free(w->ends);
	w->ends = NULL;
}

void works_exit(struct works *w, unsigned int copy, enum exit_kind kind)
{
	if (w->ends && kind < EXIT_KINDS)
		w->ends[copy][kind]++;
}

/* "alloc#17" is "alloc", as a reader of the exits makes it when these sums were never written. */
static const char *name_of(const struct plan *p, unsigned int copy, char *buf, size_t size)
{
	const char *name = p->launches[copy].name, *number = strrchr(name, '#');

	snprintf(buf, size, "%.*s", (int)(number ? (size_t)(number - name) : strlen(name)), name);
	return buf;
}

static const char *group_of(const struct plan *p, unsigned int copy)
{
	return p->groups[p->launches[copy].group].spec;
}

static bool same_work(const struct plan *p, unsigned int a, unsigned int b)
{
	char name_a[NAME_BYTES], name_b[NAME_BYTES];

	return strcmp(name_of(p, a, name_a, sizeof(name_a)),
		      name_of(p, b, name_b, sizeof(name_b))) == 0 &&
	       strcmp(group_of(p, a), group_of(p, b)) == 0;
}

static void add(struct work *sum, const struct works *w, const struct launcher *l,
		unsigned int copy)
{
	const struct slot *slot = slots_at(l->slots, l->plan->launches[copy].slot);

	for (unsigned int k = 0; k < EXIT_KINDS; k++)
		sum->ends[k] += w->ends[copy][k];
	sum->restarts += l->copies[copy].lives_again;
	sum->starts += l->copies[copy].lives;
	sum->steps += slot->steps;
	sum->slowest_us = slot->slowest_us > sum->slowest_us ? slot->slowest_us : sum->slowest_us;
}

static void journal_one(const struct work *sum, const struct plan *p, unsigned int copy,
			struct journal *j)
{
	struct jline *line = journal_begin(j, "work");
	char name[NAME_BYTES];

	jline_str(line, "name", name_of(p, copy, name, sizeof(name)));
	jline_str(line, "group", group_of(p, copy));
	jline_uint(line, "starts", sum->starts);
	jline_uint(line, "restarts", sum->restarts);
	for (unsigned int k = 0; k < EXIT_KINDS; k++)
		jline_uint(line, end_names[k], sum->ends[k]);
	jline_uint(line, "steps", sum->steps);
	jline_uint(line, "slowest_us", sum->slowest_us);
	journal_commit(j);
}

static bool is_first_of_its_work(const struct plan *p, unsigned int copy)
{
	for (unsigned int before = 0; before < copy; before++)
		if (same_work(p, before, copy))
			return false;
	return true;
}

void works_journal(const struct works *w, const struct launcher *l, struct journal *j)
{
	for (unsigned int copy = 0; w->ends && copy < l->plan->n_launches; copy++) {
		struct work sum = { 0 };

		if (!is_first_of_its_work(l->plan, copy))
			continue;
		for (unsigned int i = copy; i < l->plan->n_launches; i++)
			if (same_work(l->plan, copy, i))
				add(&sum, w, l, i);
		journal_one(&sum, l->plan, copy, j);
	}
}

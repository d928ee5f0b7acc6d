/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Explainers read whatever a report holds. The first byte says which kind of report the lines are
 * taken for, the second splits them into up to four cases; every explainer that takes such a case
 * explains it, and all cases together. Good seeds: tests/data/explain, tests/data/kmsg.
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "triage/explain.h"

#define LINES_MAX 600
#define CASES_MAX 4

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const enum finding_kind kinds[] = {
	FINDING_HUNG_TASK,
	FINDING_OOM_KILL,
	FINDING_GLOBAL_OOM,
	FINDING_BUG,
	FINDING_OOPS,
	FINDING_GPF,
	FINDING_NULL_DEREF,
	FINDING_PAGING_FAULT,
	FINDING_LIST_CORRUPTION,
	FINDING_CLOCK,
	FINDING_PAGE_ALLOC_FAILURE,
	FINDING_SOFT_LOCKUP,
};

static const char *lines[LINES_MAX];
static uint64_t numbers[LINES_MAX];
static struct triage_case cases[CASES_MAX];

static unsigned int split(char *text)
{
	unsigned int count = 0;
	char *line;

	while (count < LINES_MAX && (line = strsep(&text, "\n"))) {
		numbers[count] = count + 1;
		lines[count++] = line;
	}
	return count;
}

static void fill(struct triage_case *c, enum finding_kind kind, unsigned int from, unsigned int to)
{
	struct finding *f = &c->f;
	size_t used = 0;

	memset(c, 0, sizeof(*c));
	f->kind = kind;
	f->cpu = -1;
	f->pid = 127;
	f->kernel_us = from;
	c->count = 1;
	c->text = (struct report_text){ lines + from, numbers + from, to - from, false };
	snprintf(f->comm, sizeof(f->comm), "%s", from < to ? lines[from] : "");
	snprintf(f->text, sizeof(f->text), "%s", from < to ? lines[from] : "");
	snprintf(f->group, sizeof(f->group), "%s", from < to ? lines[to - 1] : "");
	snprintf(f->taint, sizeof(f->taint), "%s", from + 1 < to ? lines[from + 1] : "");
	for (unsigned int i = from; i < to && used < sizeof(f->stack); i++)
		used += (size_t)snprintf(f->stack + used, sizeof(f->stack) - used, "%s\n",
					 lines[i]);
}

/* Lines are short enough, and what was said is text. */
static void check(struct explanation *e)
{
	char *copy = e->words ? strdup(e->words) : NULL, *p = copy, *line;

	if (strnlen(e->conclusion, sizeof(e->conclusion)) == sizeof(e->conclusion))
		abort();
	while (p && (line = strsep(&p, "\n")))
		if (strlen(line) > 160)
			abort();
	free(copy);
	if (e->details) {
		char *text = json_dumps(e->details, 0);

		if (!text)
			abort(); /* not UTF-8 */
		free(text);
	}
	explanation_clear(e);
}

static void explain_all(unsigned int count)
{
	for (unsigned int i = 0; explainers[i]; i++) {
		struct explanation e = { .details = NULL };

		for (unsigned int k = 0; k < count; k++)
			if (explainers[i]->takes(&cases[k]) && explainers[i]->one &&
			    !explainers[i]->one(&cases[k], "3.10.0-1160.el7", &e))
				check(&e);
		if (explainers[i]->all && !explainers[i]->all(cases, count, "", &e))
			check(&e);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	_cleanup_free_ char *copy = NULL;
	unsigned int count, n, each;

	if (size < 2 || !(copy = malloc(size)))
		return 0;
	memcpy(copy, data + 2, size - 2);
	copy[size - 2] = '\0';
	count = split(copy);
	n = 1 + data[1] % CASES_MAX;
	each = count / n;
	for (unsigned int i = 0; i < n; i++)
		fill(&cases[i], kinds[(data[0] + (i ? data[1] / 4 : 0)) % ARRAY_SIZE(kinds)],
		     i * each, i + 1 == n ? count : (i + 1) * each);
	explain_all(n);
	return 0;
}

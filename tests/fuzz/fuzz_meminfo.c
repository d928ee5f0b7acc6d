/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A failed allocation's report is a log like any other: cut, mixed, made up. The first byte picks
 * the release, the second the way the text is split; what is told must stay within its bounds.
 * Good seeds: tests/data/logs/[name]page-alloc[name].log.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "triage/alloc_say.h"
#include "triage/explain.h"

#define LINES_MAX 400

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const char *const releases[] = {
	"",
	"2.6.32",
	"2.6.32-642.el6.x86_64",
	"3.10.0-1160.el7.x86_64",
	"3.18.0",
	"4.4.0",
	"4.9.0",
	"4.14.0",
	"4.16.0",
	"4.19.0",
	"5.10.0",
	"5.15.0",
	"6.1.176",
	"6.6.0",
	"7.3.4",
	"..",
};

static const char *lines[LINES_MAX];
static uint64_t numbers[LINES_MAX];

/* No figure may be beyond what a machine can hold, and a failed step is the last. */
static void sane(const struct alloc_story *s)
{
	for (unsigned int i = 0; s->has_dump && i < s->m.count; i++) {
		const struct watermark *w = &s->w[i];

		if (s->m.zones[i].orders > MEMINFO_ORDERS || w->step_count > MEMINFO_ORDERS)
			abort();
		if (w->verdict == WATERMARK_PASSES && s->ask.order && w->fitting <= 0)
			abort();
		for (unsigned int k = 0; k + 1 < w->step_count; k++)
			if (w->steps[k].free <= w->steps[k].min)
				abort();
	}
	if (s->zone >= (int)s->m.count)
		abort();
}

static void explain(const struct triage_case *c, const char *release)
{
	_cleanup_(cleanup_free_ptr) struct alloc_story *s = malloc(sizeof(*s));
	struct explanation e = { .details = NULL };

	if (!alloc_story_make(c, release, s))
		sane(s);
	if (!explain_page_allocation.one(c, release, &e) &&
	    (!e.words || strlen(e.conclusion) + 1 >= sizeof(e.conclusion)))
		abort();
	explanation_clear(&e);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct triage_case c = { .f = { .kind = FINDING_PAGE_ALLOC_FAILURE } };
	_cleanup_(cleanup_free_ptr) char *copy = NULL;
	unsigned int count = 0;
	char *rest, *line;

	if (size < 2 || !(copy = malloc(size)))
		return 0;
	memcpy(copy, data + 2, size - 2);
	copy[size - 2] = 0;
	rest = copy;
	while (count < LINES_MAX && (line = strsep(&rest, data[1] & 1 ? "\n" : "\n,"))) {
		numbers[count] = count + 1;
		lines[count++] = line;
	}
	c.text = (struct report_text){ lines, numbers, count, data[1] & 2 };
	snprintf(c.f.text, sizeof(c.f.text), "%s", lines[0]);
	snprintf(c.f.comm, sizeof(c.f.comm), "%s", lines[count - 1]);
	snprintf(c.f.stack, sizeof(c.f.stack), "%s", count > 2 ? lines[2] : "");
	explain(&c, releases[data[0] % ARRAY_SIZE(releases)]);
	return 0;
}

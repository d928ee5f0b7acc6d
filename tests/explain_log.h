/* SPDX-License-Identifier: GPL-2.0-or-later */
/* For the tests of explainers: text through the whole reader, one explanation kept. */
#ifndef TESTS_EXPLAIN_LOG_H
#define TESTS_EXPLAIN_LOG_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "kmsg/line.h"
#include "kmsg_log.h"
#include "triage/cases.h"
#include "triage/explain.h"

#define TOGETHER 1000u /* in place of the number of a case: all of them */

struct explained {
	const struct explain_ops *ops;
	unsigned int which, taken; /* among the cases that ops takes */
	int err;
	struct explanation e;
};

static inline void explained_take(void *ctx, const struct cases_batch *batch)
{
	struct explained *x = ctx;

	if (x->which == TOGETHER) {
		x->err = x->ops->all(batch->cases, batch->count, batch->release, &x->e);
		return;
	}
	for (unsigned int i = 0; i < batch->count; i++)
		if (x->ops->takes(&batch->cases[i]) && x->taken++ == x->which)
			x->err = x->ops->one(&batch->cases[i], batch->release, &x->e);
}

/* 0 or what the explainer returned; -ENOENT: no such case. */
static inline int explain_text(const struct explain_ops *ops, unsigned int which, char *text,
			       struct explanation *ret)
{
	struct explained x = { .ops = ops, .which = which, .err = -ENOENT };
	struct cases *cases = cases_new(explained_take, &x);
	uint64_t number = 0;
	char *line;

	while ((line = strsep(&text, "\n"))) {
		struct kmsg_record rec;

		kmsg_line_parse(line, &rec);
		cases_feed(cases, &rec, ++number);
	}
	cases_end(cases);
	cases_free(cases);
	*ret = x.e;
	return x.err;
}

static inline int explain_file(const struct explain_ops *ops, unsigned int which, const char *name,
			       struct explanation *ret)
{
	char *text = test_data(name);
	int err = text ? explain_text(ops, which, text, ret) : -ENOENT;

	free(text);
	return err;
}

static inline const char *detail(const struct explanation *e, const char *key)
{
	const char *text = json_string_value(json_object_get(e->details, key));

	return text ? text : "";
}

/* e->words has @text, wherever its lines were wrapped. */
static inline bool says(const struct explanation *e, const char *text)
{
	char *flat = strdup(e->words ? e->words : ""), *to = flat;
	bool found;

	for (const char *p = flat; *p; p++) {
		if ((*p == ' ' || *p == '\n') && to > flat && to[-1] == ' ')
			continue;
		*to++ = *p == '\n' ? ' ' : *p;
	}
	*to = '\0';
	found = strstr(flat, text) != NULL;
	if (!found)
		printf("not in: %s\n", flat);
	free(flat);
	return found;
}

#endif

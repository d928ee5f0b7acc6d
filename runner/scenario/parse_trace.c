/* SPDX-License-Identifier: GPL-2.0-or-later */
/* "trace": whether its words can be names of the kernel's. What this kernel has of them is known
 * only where it runs. */
#include <string.h>

#include "scenario/reader.h"
#include "scenario/scenario.h"
#include "scenario/suggest.h"
#include "tracing/sets.h"

static const char *nearest_set(const char *text)
{
	const char *names[32];
	size_t n = 0;

	for (const struct trace_set *s = trace_sets; s->name && n + 1 < 32; s++)
		names[n++] = s->name;
	names[n] = NULL;
	return suggest_nearest(text, names);
}

static int check_event(struct reader *r, const char *text)
{
	const char *near;
	char word[64];

	if (trace_set_known(text) || trace_event_spelled(text))
		return 0;
	near = nearest_set(text);
	return reader_refuse_key(
		r, "events",
		"\"events\" holds %s, which is neither a set of events nor \"system/event\"%s%s%s",
		quoted(text, word, sizeof(word)), near ? "; did you mean \"" : "", near ? near : "",
		near ? "\"?" : "");
}

int check_trace(struct reader *r, json_t *value, void *base)
{
	const struct trace_spec *t = base;
	char word[64];
	int err = 0;

	for (char **e = t->events; e && *e && !err; e++)
		err = check_event(r, *e);
	for (char **f = t->functions; f && *f && !err; f++)
		if (!trace_function_spelled(*f))
			err = reader_refuse_key(r, "functions",
						"\"functions\" holds %s, which names no function",
						quoted(*f, word, sizeof(word)));
	if (!err && !trace_wanted(t))
		err = reader_refuse(r, "names nothing to trace: give \"events\" or \"functions\"");
	return err;
}

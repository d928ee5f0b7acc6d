/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Event, else probe, else function tracer: each tells less than the one before it. A probe is asked
 * for with its arguments first, for only kernels since 4.20 know them by number.
 */
#include "tracing/wishes.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/paths.h"
#include "tracing/sets.h"

#define NAME_BYTES 64 /* of a probe, MAX_EVENT_NAME_LEN */

struct wish {
	struct trace_home *home;
	struct undo *undo;
	struct trace_outcome *out;
};

static void list(char *lines, size_t size, const char *what, const char *instead_of)
{
	size_t have = strlen(lines);
	char line[320];
	int n = snprintf(line, sizeof(line), "%s%s%s\n", what, instead_of ? " for " : "",
			 instead_of ? instead_of : "");

	if (n > 0 && (size_t)n < sizeof(line) && have + (size_t)n < size)
		memcpy(lines + have, line, (size_t)n + 1);
}

/* Before an event of everybody's is turned on. */
static int note(struct wish *w, const char *file)
{
	char path[800];

	if (w->home->name[0] || !w->undo)
		return 0;
	if (path_format(path, sizeof(path), "%s/%s", w->home->path, file))
		return -ENAMETOOLONG;
	return undo_add_setting(w->undo, path, "0", "1");
}

/* @event NULL: all of @system. 1: the kernel has none. */
static int turn_on(struct wish *w, const char *system, const char *event)
{
	char file[300];

	if (path_format(file, sizeof(file), "events/%s%s%s/enable", system, event ? "/" : "",
			event ? event : "") ||
	    !trace_has(w->home, file))
		return 1;
	return note(w, file) ? -EIO : w->home->ops->enable(w->home, system, event);
}

static bool event_is_on(struct wish *w, const char *spelled)
{
	char system[160];
	size_t length = strcspn(spelled, "/");
	const char *event = spelled + length + 1;

	if (snprintf(system, sizeof(system), "%.*s", (int)length, spelled) >= (int)sizeof(system))
		return false;
	return turn_on(w, system, strcmp(event, "*") ? event : NULL) == 0;
}

/* compact_zone.isra.0 cannot name an event. */
static void probe_name(const char *function, bool at_return, char buf[NAME_BYTES])
{
	snprintf(buf, NAME_BYTES, "%.50s%s", function, at_return ? "_return" : "");
	for (char *at = buf; *at; at++)
		if (*at == '.')
			*at = '_';
}

static bool probe_is_on(struct wish *w, const char *function, const char *arguments, bool at_return)
{
	struct trace_home *h = w->home;
	char name[NAME_BYTES], file[200];
	int err = 0;

	probe_name(function, at_return, name);
	snprintf(file, sizeof(file), "events/%s/%s", h->group, name);
	if (!trace_has(h, file)) {
		err = h->ops->probe(h, name, function, arguments, at_return);
		if (err && arguments)
			err = h->ops->probe(h, name, function, NULL, at_return);
	}
	return !err && turn_on(w, h->group, name) == 0;
}

/* The filter at the top is everybody's, and nobody could tell our functions from theirs later. */
static bool is_filtered(struct wish *w, const char *function)
{
	return w->home->name[0] && trace_has(w->home, "set_ftrace_filter") &&
	       w->home->ops->filter(w->home, function) == 0;
}

static bool instead(struct wish *w, const char *function, const struct trace_row *row)
{
	struct trace_outcome *o = w->out;
	const char *arguments = row->at_return ? "ret=$retval" : row->arguments;
	const char *event = row->event;

	if (probe_is_on(w, function, arguments, row->at_return)) {
		o->probed++;
		list(o->probes, sizeof(o->probes), function, event);
		return true;
	}
	if (!is_filtered(w, function))
		return false;
	o->filtered++;
	list(o->functions, sizeof(o->functions), function, event);
	return true;
}

static void grant(struct wish *w, const struct trace_row *row)
{
	struct trace_outcome *o = w->out;

	if (row->event && event_is_on(w, row->event)) {
		o->events++;
		return;
	}
	for (const char *at = row->probe; at && *at; at += strspn(at, " ")) {
		size_t length = strcspn(at, " ");
		char function[128];

		snprintf(function, sizeof(function), "%.*s", (int)length, at);
		if (instead(w, function, row))
			return;
		at += length;
	}
	if (row->extra)
		return;
	o->lacking++;
	list(o->missing, sizeof(o->missing), row->event ? row->event : row->probe, NULL);
}

static void grant_set(struct wish *w, const char *set)
{
	for (const struct trace_row *row = trace_rows; row->set; row++)
		if (!strcmp(row->set, set))
			grant(w, row);
}

/* Only when something is in its filter: with an empty one it notes every call of the kernel. */
static void start_function_tracer(struct wish *w)
{
	struct trace_outcome *o = w->out;

	if (!o->filtered || !w->home->ops->write(w->home, "current_tracer", "function"))
		return;
	o->lacking += o->filtered;
	o->filtered = 0;
	o->functions[0] = '\0';
	list(o->missing, sizeof(o->missing), "the function tracer", NULL);
}

void trace_wishes(struct trace_home *h, const struct trace_spec *t, struct undo *undo,
		  struct trace_outcome *o)
{
	struct wish w = { h, undo, o };

	memset(o, 0, sizeof(*o));
	for (char **e = t->events; e && *e; e++) {
		if (trace_set_known(*e))
			grant_set(&w, *e);
		else
			grant(&w, &(struct trace_row){ .event = *e });
	}
	for (char **f = t->functions; f && *f; f++)
		grant(&w, &(struct trace_row){ .probe = *f });
	start_function_tracer(&w);
}

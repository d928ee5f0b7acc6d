/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Rows of the key table: what the kernel's own tracer notes while the storm is on. */
#include "scenario/keys.h"
#include "scenario/scenario.h"

#define AT(type, field) offsetof(struct type, field)

static const struct key trace_keys[] = {
	{ "events", KEY_TEXTS, AT(trace_spec, events), .min = 1, .max = 64,
	  .absent = "none; events or functions must be given",
	  .help = "sets of events by name, and events as \"system/event\" or \"system/*\"" },
	{ "functions", KEY_TEXTS, AT(trace_spec, functions), .min = 1, .max = 64,
	  .absent = "none; events or functions must be given",
	  .help = "kernel functions whose calls are noted, by kprobe or by the function tracer" },
	/* The kernel gives a CPU at least two pages; 1 MiB is some 20,000 events, which one
	 * emulated CPU writes out as text within seconds. */
	{ "buffer", KEY_BYTES, AT(trace_spec, buffer_bytes), .min = 65536, .max = 1ull << 30,
	  .fallback = "1M",
	  .help = "memory for all CPUs together; when it is full the oldest events go" },
	{ "required", KEY_BOOL, AT(trace_spec, required),
	  .help = "without all of it the run is SKIPPED; else what is missing is told" },
	{ NULL },
};

const struct object trace_object = {
	"trace",
	trace_keys,
	0,
	check_trace,
	"{\"anyOf\":[{\"required\":[\"events\"]},{\"required\":[\"functions\"]}]}",
};

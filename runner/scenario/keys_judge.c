/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Rows of the key table: what a scenario watches, what it expects, and what follows. */
#include "scenario/keys.h"
#include "scenario/scenario.h"

#define AT(type, field) offsetof(struct type, field)

#define SECOND_US 1000000ull
#define DAY_US (86400 * SECOND_US)

static const char *const rungs[] = { "stacks",   "sysrq-w", "sysrq-l", "sysrq-t",
				     "sysrq-m",  "memcg",   "vmstat",  "buddyinfo",
				     "zoneinfo", "trace",   NULL };
static const char *const dumps[] = { "none", "vmcore", NULL };
static const char *const afters[] = { "stop", "continue", NULL };

static const struct key plain_keys[] = { { NULL } };
const struct object plain_watcher_object = { "watcher", plain_keys, 0, NULL, NULL };

static const struct key tasks_keys[] = {
	{ "stuck-for", KEY_DURATION, AT(watch_spec, stuck_for_us), .min = SECOND_US / 10,
	  .max = DAY_US, .fallback = "30s",
	  .help = "in D state with the same stack for so long is a finding" },
	{ "every", KEY_DURATION, AT(watch_spec, tasks_every_us), .min = SECOND_US / 10,
	  .max = DAY_US, .fallback = "1s", .help = "how often all tasks are looked at" },
	{ "all", KEY_BOOL, AT(watch_spec, tasks_all),
	  .help = "also tasks that are neither of the run nor kernel threads" },
	{ NULL },
};
const struct object tasks_object = { "tasks", tasks_keys, 0, NULL, NULL };

static const struct key deadlock_keys[] = {
	{ "for", KEY_DURATION, AT(watch_spec, deadlock_for_us), .min = SECOND_US, .max = DAY_US,
	  .fallback = "10s",
	  .help = "tasks that wait for each other in a circle, and have not moved for so long" },
	{ NULL },
};
const struct object deadlock_object = { "deadlock", deadlock_keys, 0, NULL, NULL };

static const struct key progress_keys[] = {
	{ "quiet-for", KEY_DURATION, AT(watch_spec, quiet_for_us), .min = SECOND_US / 10,
	  .max = DAY_US, .fallback = "60s", .help = "a stressor without a step for so long" },
	{ NULL },
};
const struct object progress_object = { "progress", progress_keys, 0, NULL, NULL };

/* A window is 500 ms to 10 s (kernel/sched/psi.c), and a multiple of 2 s without privilege. */
static const struct key pressure_keys[] = {
	{ "stall", KEY_DURATION, AT(watch_spec, pressure_stall_us), .min = 1000,
	  .max = 10 * SECOND_US, .fallback = "500ms", .help = "waited so long ..." },
	{ "window", KEY_DURATION, AT(watch_spec, pressure_window_us), .min = SECOND_US / 2,
	  .max = 10 * SECOND_US, .fallback = "2s", .help = "... within so long" },
	{ NULL },
};
const struct object pressure_object = { "pressure", pressure_keys, 0, check_pressure, NULL };

static const struct key clock_keys[] = {
	{ "jump", KEY_DURATION, AT(watch_spec, clock_jump_us), .min = 1000, .max = DAY_US,
	  .fallback = "1s", .help = "two clocks disagree by so much" },
	{ NULL },
};
const struct object clock_object = { "clock", clock_keys, 0, NULL, NULL };

static const struct key leak_keys[] = {
	/* a CPU keeps up to 64 pages charged in advance, 256K, and statistics lag by as much */
	{ "over", KEY_BYTES, AT(watch_spec, leak_over_bytes), .min = 1 << 20, .max = 1ull << 50,
	  .fallback = "8M", .help = "so much is charged and nobody's ..." },
	{ "for", KEY_DURATION, AT(watch_spec, leak_for_us), .min = SECOND_US, .max = DAY_US,
	  .fallback = "5s", .help = "... for so long" },
	{ NULL },
};
const struct object leak_object = { "leak", leak_keys, 0, NULL, NULL };

static const struct key samples_keys[] = {
	{ "every", KEY_DURATION, AT(watch_spec, samples_every_us), .min = SECOND_US / 10,
	  .max = DAY_US, .fallback = "5s", .help = "how often vmstat and the like are kept" },
	{ NULL },
};
const struct object samples_object = { "samples", samples_keys, 0, NULL, NULL };

/* A watcher is on when named, with `false` off; its settings lie in watch_spec itself. */
#define WATCHER(word, field, its_object, ref, text)                                                \
	{                                                                                          \
		word, KEY_OWN, 0, .other = AT(watch_spec, field), .read = read_watcher,            \
				  .object = &its_object, .embedded = true, .help = text,           \
				  .absent = "off",                                                 \
				  .schema = "{\"anyOf\":[{\"type\":\"boolean\"},"                  \
					    "{\"$ref\":\"#/$defs/" ref "\"}]}"                     \
	}

static const struct key watch_keys[] = {
	WATCHER("kmsg", kmsg, plain_watcher_object, "watcher", "the kernel log"),
	WATCHER("tasks", tasks, tasks_object, "tasks", "tasks in D state that do not move"),
	WATCHER("deadlock", deadlock, deadlock_object, "deadlock",
		"tasks that wait for each other in a circle"),
	WATCHER("progress", progress, progress_object, "progress", "stressors without a step"),
	WATCHER("oom", oom, plain_watcher_object, "watcher", "OOM kills in the groups"),
	WATCHER("pressure", pressure, pressure_object, "pressure", "pressure stall information"),
	WATCHER("exits", exits, plain_watcher_object, "watcher", "stressors that end"),
	WATCHER("taint", taint, plain_watcher_object, "watcher", "/proc/sys/kernel/tainted"),
	WATCHER("clock", clock, clock_object, "clock", "the clocks against each other"),
	WATCHER("leak", leak, leak_object, "leak", "memory that is charged and nobody's"),
	WATCHER("samples", samples, samples_object, "samples",
		"vmstat, buddyinfo, zoneinfo, memory.stat"),
	{ NULL },
};
const struct object watch_object = { "watch", watch_keys, 0, NULL, NULL };

static const struct key pattern_keys[] = {
	{ "kind", KEY_OWN, AT(pattern, kind), .read = read_kind,
	  .schema = "{\"$ref\":\"#/$defs/kind\"}", .absent = "any fault",
	  .help = "kind of finding" },
	{ "stack", KEY_TEXTS, AT(pattern, stack), .min = 1, .max = 16, .absent = "any",
	  .help = "functions that must all be on its stack" },
	{ "text", KEY_TEXT, AT(pattern, text), .min = 1, .absent = "any",
	  .help = "part of its headline" },
	{ "comm", KEY_TEXT, AT(pattern, comm), .min = 1, .max = 31, .absent = "any",
	  .help = "the task's name, exactly" },
	{ "group", KEY_TEXT, AT(pattern, group), .min = 1, .max = 160, .absent = "any",
	  .help = "its group; \"victims\" is any of victims.0, victims.1, ... and groups inside" },
	{ NULL },
};
const struct object pattern_object = {
	"pattern", pattern_keys, sizeof(struct pattern), check_pattern, "{\"minProperties\":1}",
};

#define PATTERNS_SCHEMA                                                                            \
	"{\"type\":\"array\",\"maxItems\":64,\"items\":{\"anyOf\":["                               \
	"{\"$ref\":\"#/$defs/kind\"},{\"$ref\":\"#/$defs/pattern\"}]}}"

static const struct key expect_keys[] = {
	{ "reproduce", KEY_OWN, AT(expect_spec, reproduce), .other = AT(expect_spec, n_reproduce),
	  .read = read_patterns, .schema = PATTERNS_SCHEMA, .absent = "none",
	  .help = "the bug: kinds, or patterns of which all members must hold" },
	{ "allow", KEY_OWN, AT(expect_spec, allow), .other = AT(expect_spec, n_allow),
	  .read = read_patterns, .schema = PATTERNS_SCHEMA, .absent = "none",
	  .help = "noise: kinds or patterns that are no fault here" },
	{ "must-reproduce", KEY_BOOL, AT(expect_spec, must_reproduce),
	  .help = "a positive control: REPRODUCED is the pass" },
	{ NULL },
};
const struct object expect_object = { "expect", expect_keys, 0, NULL, NULL };

static const struct key on_match_keys[] = {
	{ "evidence", KEY_WORDS, AT(on_match_spec, evidence), .words = rungs,
	  .fallback = "stacks memcg vmstat", .help = "what is kept, in this order" },
	{ "dump", KEY_WORD, AT(on_match_spec, dump), .words = dumps, .fallback = "none",
	  .help = "the kernel's memory, where a trigger is armed for it" },
	{ "then", KEY_CHOICE, AT(on_match_spec, then), .words = afters, .fallback = "stop",
	  .help = "end the run, or go on until its time is up" },
	{ "settle", KEY_DURATION, AT(on_match_spec, settle_us), .max = 3600 * SECOND_US,
	  .fallback = "2s", .help = "wait so long for lines that complete the finding" },
	{ NULL },
};
const struct object on_match_object = { "on-match", on_match_keys, 0, NULL, NULL };

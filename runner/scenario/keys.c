/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The top of the table: the scenario itself, and looking rows up. */
#include "scenario/keys.h"

#include <string.h>

#include "scenario/scenario.h"

#define AT(type, field) offsetof(struct type, field)

/* Longer than any run ever asked for; keeps sums of phases far from overflow. */
#define YEAR_US (366ull * 86400 * 1000000)

#define SETTINGS_SCHEMA                                                                            \
	"{\"type\":\"object\",\"maxProperties\":100,\"additionalProperties\":"                     \
	"{\"anyOf\":[{\"type\":\"string\",\"minLength\":1,\"maxLength\":1000},"                    \
	"{\"type\":\"integer\"}]}}"
#define GROUPS_SCHEMA                                                                              \
	"{\"type\":\"object\",\"maxProperties\":100,"                                              \
	"\"propertyNames\":{\"$ref\":\"#/$defs/name\"},"                                           \
	"\"additionalProperties\":{\"$ref\":\"#/$defs/group\"}}"

static const struct key scenario_keys[] = {
	{ "$schema", KEY_OWN, .read = read_ignored, .schema = "{\"type\":\"string\"}",
	  .absent = "none", .help = "for editors: where schema.json lies; not read" },
	{ "name", KEY_NAME, AT(scenario, name), .required = true, .max = 40,
	  .help = "what reports call it, and part of the run directory's name" },
	{ "about", KEY_TEXT, AT(scenario, about), .min = 1, .absent = "none",
	  .help = "what it provokes and why, one or two sentences" },
	{ "needs", KEY_OBJECT, AT(scenario, needs), .object = &needs_object, .absent = "nothing",
	  .help = "what must be there; if not, the run is SKIPPED with the reason" },
	{ "vm", KEY_OBJECT, AT(scenario, vm), .object = &vm_object,
	  .absent = "as hangar vm chooses",
	  .help = "the guest that \"hangar vm\" runs it in; elsewhere read past" },
	{ "made-for", KEY_BYTES, AT(scenario, made_for_bytes), .min = 64u << 20, .max = 1ull << 61,
	  .absent = "limits are taken as they stand",
	  .help = "memory that the groups' limits are meant for: on a smaller machine memory, high "
		  "and swap shrink in proportion, and the record says how far" },
	{ "sysctls", KEY_OWN, AT(scenario, settings), .other = AT(scenario, n_settings),
	  .read = read_settings, .schema = SETTINGS_SCHEMA, .absent = "none is set",
	  .help = "sysctls to set, and to put back after the run: {\"vm.dirty_ratio\": \"5\"}" },
	{ "thp", KEY_OWN, AT(scenario, settings), .other = AT(scenario, n_settings),
	  .read = read_settings, .schema = SETTINGS_SCHEMA, .absent = "none is set",
	  .help = "files of /sys/kernel/mm/transparent_hugepage to set and put back" },
	{ "scratch", KEY_OBJECT, AT(scenario, scratch), .object = &scratch_object,
	  .absent = "a folder in the run directory",
	  .help = "the file system that stressors work on" },
	{ "groups", KEY_OWN, AT(scenario, groups), .other = AT(scenario, n_groups),
	  .read = read_groups, .schema = GROUPS_SCHEMA, .absent = "none",
	  .help = "control groups by name, with their limits" },
	{ "phases", KEY_OBJECTS, AT(scenario, phases), .other = AT(scenario, n_phases),
	  .required = true, .min = 1, .max = 32, .object = &phase_object,
	  .help = "what runs, one phase after the other" },
	{ "watch", KEY_OWN, AT(scenario, watch), .read = read_watch, .object = &watch_object,
	  .embedded = true, .schema = "{\"$ref\":\"#/$defs/watch\"}",
	  .absent = "all, with their defaults", .help = "the watchers that are on" },
	{ "trace", KEY_OBJECT, AT(scenario, trace), .object = &trace_object,
	  .absent = "nothing is traced",
	  .help = "what the kernel's tracer notes, kept as evidence when the bug shows" },
	{ "expect", KEY_OWN, AT(scenario, expect), .read = read_expect, .object = &expect_object,
	  .embedded = true,
	  .schema = "{\"anyOf\":[{\"const\":\"must-reproduce\"},{\"$ref\":\"#/$defs/expect\"}]}",
	  .absent = "any fault of the kernel is another fault",
	  .help = "which finding is this scenario's bug and which are allowed; \"must-reproduce\" "
		  "alone: a positive control in which any fault will do" },
	{ "on-match", KEY_OBJECT, AT(scenario, on_match), .object = &on_match_object,
	  .absent = "as its own keys say", .help = "what is done when the bug shows" },
	{ "seed", KEY_NUMBER, AT(scenario, seed), .max = INT64_MAX, .absent = "drawn, and recorded",
	  .help = "makes every random choice repeatable" },
	{ "repeat", KEY_COUNT, AT(scenario, repeat), .min = 1, .max = 1000000, .fallback = "1",
	  .help = "so many runs, one after the other" },
	{ "for", KEY_DURATION, AT(scenario, for_us), .min = 1000, .max = YEAR_US,
	  .absent = "as long as the phases take", .help = "total time of one run" },
	{ NULL },
};

const struct object scenario_object = {
	"scenario", scenario_keys, sizeof(struct scenario), check_scenario, NULL,
};

const struct object *const all_objects[] = {
	&scenario_object,
	&needs_object,
	&kernel_object,
	&vm_object,
	&scratch_object,
	&group_object,
	&io_object,
	&phase_object,
	&run_object,
	&restart_object,
	&condition_object,
	&psi_object,
	&usage_object,
	&steps_object,
	&kills_object,
	&watch_object,
	&tasks_object,
	&deadlock_object,
	&progress_object,
	&pressure_object,
	&clock_object,
	&leak_object,
	&samples_object,
	&plain_watcher_object,
	&trace_object,
	&expect_object,
	&pattern_object,
	&on_match_object,
	NULL,
};

const struct key *key_find(const struct object *o, const char *name)
{
	for (const struct key *k = o->keys; k->name; k++)
		if (!strcmp(k->name, name))
			return k;
	return NULL;
}

const struct object *object_named(const char *name)
{
	for (const struct object *const *o = all_objects; *o; o++)
		if (!strcmp((*o)->name, name))
			return *o;
	return NULL;
}

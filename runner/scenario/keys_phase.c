/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Rows of the key table: what a scenario runs. Phases, conditions, runs and their restart policy.
 */
#include "scenario/keys.h"
#include "scenario/scenario.h"

#define AT(type, field) offsetof(struct type, field)

#define YEAR_US (366ull * 86400 * 1000000)
#define HOUR_US (3600ull * 1000000)
#define PIDS_MAX 4194304 /* PID_MAX_LIMIT of a 64-bit kernel */

static const char *const resources[] = { "cpu", "memory", "io", NULL };
static const char *const stalls[] = { "some", "full", NULL };
static const char *const outcomes[] = { "end", "fail", NULL };
static const char *const policies[] = { "never", "on-oom", "always", NULL };

#define ONE_BOUND "{\"oneOf\":[{\"required\":[\"above\"]},{\"required\":[\"below\"]}]}"
#define SHARE_SCHEMA "{\"$ref\":\"#/$defs/share\"}"
#define AMOUNT_SCHEMA "{\"anyOf\":[{\"$ref\":\"#/$defs/bytes\"},{\"$ref\":\"#/$defs/percent\"}]}"

static const struct key psi_keys[] = {
	{ "resource", KEY_WORD, AT(condition, resource), .required = true, .words = resources,
	  .help = "file of /proc/pressure" },
	{ "stall", KEY_EITHER, AT(condition, full), .words = stalls, .fallback = "some",
	  .help = "some tasks wait, or all of them" },
	{ "above", KEY_OWN, AT(condition, value), .read = read_share, .schema = SHARE_SCHEMA,
	  .absent = "none; it or \"below\" must be given",
	  .help = "avg10, in percent, is at or above" },
	{ "below", KEY_OWN, AT(condition, value), .read = read_share, .schema = SHARE_SCHEMA,
	  .absent = "none; it or \"above\" must be given", .help = "avg10, in percent, is below" },
	{ NULL },
};

const struct object psi_object = { "psi", psi_keys, 0, check_bound, ONE_BOUND };

static const struct key usage_keys[] = {
	{ "group", KEY_TEXT, AT(condition, group), .required = true, .min = 1, .max = 160,
	  .help = "any instance of this group" },
	{ "above", KEY_OWN, AT(condition, value), .read = read_usage, .schema = AMOUNT_SCHEMA,
	  .absent = "none; it or \"below\" must be given",
	  .help = "its memory is at or above this size, or percent of its limit" },
	{ "below", KEY_OWN, AT(condition, value), .read = read_usage, .schema = AMOUNT_SCHEMA,
	  .absent = "none; it or \"above\" must be given", .help = "its memory is below" },
	{ NULL },
};

const struct object usage_object = { "usage", usage_keys, 0, check_bound, ONE_BOUND };

static const struct key steps_keys[] = {
	{ "of", KEY_NAME, AT(condition, use), .absent = "all together", .help = "a stressor" },
	{ "reach", KEY_NUMBER, AT(condition, value), .required = true, .min = 1, .max = INT64_MAX,
	  .help = "steps since the phase began" },
	{ NULL },
};

const struct object steps_object = { "steps", steps_keys, 0, NULL, NULL };

static const struct key kills_keys[] = {
	{ "group", KEY_TEXT, AT(condition, group), .min = 1, .max = 160, .absent = "the whole run",
	  .help = "all instances of this group" },
	{ "reach", KEY_NUMBER, AT(condition, value), .required = true, .min = 1, .max = INT64_MAX,
	  .help = "OOM kills since the phase began" },
	{ NULL },
};

const struct object kills_object = { "oom-kills", kills_keys, 0, NULL, NULL };

static const struct key condition_keys[] = {
	{ "psi", KEY_OBJECT, 0, .object = &psi_object,
	  .absent = "none; exactly one key must be given", .help = "pressure of the machine" },
	{ "usage", KEY_OBJECT, 0, .object = &usage_object,
	  .absent = "none; exactly one key must be given", .help = "memory of a group" },
	{ "steps", KEY_OBJECT, 0, .object = &steps_object,
	  .absent = "none; exactly one key must be given", .help = "work done" },
	{ "oom-kills", KEY_OBJECT, 0, .object = &kills_object,
	  .absent = "none; exactly one key must be given", .help = "OOM kills" },
	{ "all", KEY_OBJECTS, AT(condition, parts), .other = AT(condition, n_parts), .min = 1,
	  .max = 8, .object = &condition_object, .absent = "none; exactly one key must be given",
	  .help = "all of these conditions" },
	{ "any", KEY_OBJECTS, AT(condition, parts), .other = AT(condition, n_parts), .min = 1,
	  .max = 8, .object = &condition_object, .absent = "none; exactly one key must be given",
	  .help = "one of these conditions" },
	{ NULL },
};

const struct object condition_object = {
	"condition",
	condition_keys,
	sizeof(struct condition),
	check_condition,
	"{\"minProperties\":1,\"maxProperties\":1}",
};

static const struct key restart_keys[] = {
	{ "policy", KEY_CHOICE, AT(restart_spec, policy), .required = true, .words = policies,
	  .fallback = "never",
	  .help = "\"on-oom\": when the OOM killer took it; \"always\": also when it ends" },
	{ "backoff", KEY_DURATION, AT(restart_spec, backoff_us), .max = HOUR_US,
	  .fallback = "100ms",
	  .help = "first pause before a restart; doubles while a copy dies younger than 1 s" },
	{ "backoff-max", KEY_DURATION, AT(restart_spec, backoff_max_us), .max = HOUR_US,
	  .fallback = "5s", .help = "longest pause" },
	{ "limit", KEY_COUNT, AT(restart_spec, limit), .max = 1000000000, .absent = "0",
	  .help = "restarts of one copy; 0: no limit" },
	{ NULL },
};

const struct object restart_object = { "restart", restart_keys, 0, check_restart, NULL };

static const struct key run_keys[] = {
	{ "use", KEY_NAME, AT(run_spec, use), .absent = "none; it or \"fio\" must be given",
	  .help = "a stressor (see hangar stressors)" },
	{ "fio", KEY_TEXT, AT(run_spec, fio_job), .min = 1,
	  .absent = "none; it or \"use\" must be given",
	  .help = "a fio job file, run unmodified; relative to the scenario file" },
	{ "in", KEY_TEXT, AT(run_spec, in), .min = 1, .max = 160, .fallback = "outside",
	  .help = "the group: \"victims\", \"outer/inner\", or \"outside\" of all limits" },
	{ "copies", KEY_COUNT, AT(run_spec, copies), .min = 1, .max = PIDS_MAX, .fallback = "1",
	  .help = "processes in each instance of the group" },
	{ "restart", KEY_OWN, AT(run_spec, restart), .read = read_restart,
	  .object = &restart_object, .embedded = true,
	  .schema = "{\"anyOf\":[{\"enum\":[\"never\",\"on-oom\",\"always\"]},"
		    "{\"$ref\":\"#/$defs/restart\"}]}",
	  .absent = "never",
	  .help = "what happens when a copy ends: a policy, or an object with one" },
	{ "with", KEY_OWN, AT(run_spec, args), .read = read_with,
	  .schema = "{\"type\":\"object\",\"maxProperties\":64,"
		    "\"propertyNames\":{\"$ref\":\"#/$defs/name\"},"
		    "\"additionalProperties\":{\"anyOf\":[{\"type\":\"string\","
		    "\"maxLength\":1000},{\"type\":\"integer\"},{\"type\":\"boolean\"}]}}",
	  .absent = "the stressor's own defaults", .help = "the stressor's parameters" },
	{ "keep", KEY_BOOL, AT(run_spec, keep),
	  .help = "goes on in later phases, until the run ends" },
	{ "oom-protected", KEY_BOOL, AT(run_spec, oom_protected),
	  .help = "the OOM killer passes it over (oom_score_adj -1000)" },
	{ NULL },
};

const struct object run_object = {
	"run",
	run_keys,
	sizeof(struct run_spec),
	check_run,
	"{\"oneOf\":[{\"required\":[\"use\"]},"
	"{\"required\":[\"fio\"],\"not\":{\"required\":[\"with\"]}}]}",
};

static const struct key phase_keys[] = {
	{ "name", KEY_NAME, AT(phase_spec, name), .required = true,
	  .help = "what the journal and the live line call it" },
	{ "for", KEY_DURATION, AT(phase_spec, for_us), .min = 1000, .max = YEAR_US,
	  .absent = "until the condition holds, or the scenario's time is up",
	  .help = "how long, or how long at most when there is a condition" },
	{ "until", KEY_OWN, AT(phase_spec, until), .read = read_condition,
	  .object = &condition_object, .schema = "{\"$ref\":\"#/$defs/condition\"}",
	  .absent = "none: its time ends it", .help = "the condition that ends it" },
	{ "or", KEY_EITHER, AT(phase_spec, until_is_needed), .words = outcomes, .fallback = "end",
	  .help = "the time is up before the condition: go on, or \"fail\" (INCONCLUSIVE)" },
	{ "run", KEY_OBJECTS, AT(phase_spec, runs), .other = AT(phase_spec, n_runs), .max = 32,
	  .object = &run_object, .absent = "nothing is started", .help = "what is started" },
	{ NULL },
};

const struct object phase_object = {
	"phase",
	phase_keys,
	sizeof(struct phase_spec),
	check_phase,
	"{\"dependentRequired\":{\"or\":[\"until\",\"for\"]}}",
};

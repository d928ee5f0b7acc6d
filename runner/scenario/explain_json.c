/* SPDX-License-Identifier: GPL-2.0-or-later */
/* For programs: the scenario as its file says it, and every group and launch that comes of it. */
#include "scenario/explain.h"

#include "cgroup/knobs.h"

static const char *const modes[] = { "none", "v1", "v2", "hybrid" };

static json_t *knobs_of(const struct plan_group *g)
{
	json_t *knobs = json_object();

	for (int k = 0; g->from && k < KNOB_COUNT; k++) {
		json_t *value;

		if (g->from->knobs[k] == UNSET)
			continue;
		value = k == KNOB_CPUSET ? json_string(g->from->cpuset)
					 : json_integer((json_int_t)g->from->knobs[k]);
		json_object_set_new(knobs, knob_row((enum knob)k)->key, value);
	}
	return knobs;
}

static json_t *groups(const struct plan *p)
{
	json_t *list = json_array();

	for (unsigned int i = 1; i < p->n_groups; i++)
		json_array_append_new(list, json_pack("{s:s, s:s, s:o}", "path", p->groups[i].path,
						      "group", p->groups[i].spec, "limits",
						      knobs_of(&p->groups[i])));
	return list;
}

static json_t *argv_of(const struct plan_launch *l)
{
	json_t *argv = json_array();

	for (char **a = l->argv; *a; a++)
		json_array_append_new(argv, json_string(*a));
	return argv;
}

static json_t *launches(const struct plan *p)
{
	json_t *list = json_array();

	for (unsigned int i = 0; i < p->n_launches; i++) {
		const struct plan_launch *l = &p->launches[i];

		json_array_append_new(list, json_pack("{s:s, s:s, s:s, s:o, s:s, s:b, s:b}", "name",
						      l->name, "phase",
						      p->scenario->phases[l->phase].name, "group",
						      p->groups[l->group].path, "argv", argv_of(l),
						      "output", l->out, "keep", l->keep,
						      "oom_protected", l->oom_protected));
	}
	return list;
}

static json_t *skips(const struct plan *p)
{
	json_t *list = json_array();

	for (unsigned int i = 0; i < p->n_skips; i++)
		json_array_append_new(list,
				      json_pack("{s:s, s:s, s:s, s:b}", "what", p->skips[i].what,
						"why", p->skips[i].why, "remedy",
						p->skips[i].remedy, "fatal", p->skips[i].fatal));
	return list;
}

static json_t *host(const struct host *h)
{
	return json_pack("{s:s, s:s, s:s, s:i, s:I, s:b}", "release", h->release, "machine",
			 h->machine, "cgroup", modes[h->cgroup], "cpus", (int)h->cpus, "memory",
			 (json_int_t)h->memory_bytes, "root", h->root_user);
}

json_t *explain_json(const struct plan *p, const struct host *h)
{
	json_t *seed = p->seed == UNSET ? json_null() : json_integer((json_int_t)p->seed);

	return json_pack("{s:o, s:{s:o, s:I, s:o, s:o}, s:o, s:b, s:o}", "scenario",
			 json_loadb(p->scenario->text, p->scenario->text_size, 0, NULL), "plan",
			 "seed", seed, "microseconds", (json_int_t)p->total_us, "groups", groups(p),
			 "launches", launches(p), "skips", skips(p), "skipped", plan_is_skipped(p),
			 "host", host(h));
}

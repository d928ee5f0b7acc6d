/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Rules across the whole scenario: names that must lead somewhere, and phases that must end. */
#include <errno.h>
#include <string.h>

#include "base/braces.h"
#include "scenario/demand.h"
#include "scenario/reader.h"
#include "scenario/scenario.h"
#include "scenario/tree.h"

static int refuse_group(struct reader *r, const struct scenario *s, const char *group)
{
	char near[192], word[64];

	if (group_nearest(s, group, near, sizeof(near)))
		return reader_refuse(r, "names no group of this scenario: %s; did you mean \"%s\"?",
				     quoted(group, word, sizeof(word)), near);
	return reader_refuse(r, "names no group of this scenario: %s; %s",
			     quoted(group, word, sizeof(word)),
			     s->n_groups ? "write \"outer/inner\" for a group in a group"
					 : "it has no \"groups\"");
}

/* The member @key of the value in hand names @group. */
static int refuse_name(struct reader *r, const struct scenario *s, const char *key,
		       const char *group)
{
	struct place here;
	int err;

	place_key(r, &here, key, NULL, NULL);
	err = refuse_group(r, s, group);
	place_up(r);
	return err;
}

static bool is_used(const struct scenario *s, const char *stressor)
{
	for (unsigned int i = 0; i < s->n_phases; i++)
		for (unsigned int j = 0; j < s->phases[i].n_runs; j++)
			if (s->phases[i].runs[j].use && !strcmp(s->phases[i].runs[j].use, stressor))
				return true;
	return false;
}

static int check_condition_of(struct reader *r, const struct scenario *s,
			      const struct condition *c);

/* r->place is the value of the condition's one key. */
static int check_condition_names(struct reader *r, const struct scenario *s,
				 const struct condition *c)
{
	struct place here;
	int err = 0;

	if (c->group && !group_find(s, c->group))
		return refuse_name(r, s, "group", c->group);
	if (c->use && !is_used(s, c->use))
		return reader_refuse_key(
			r, "of", "\"of\" names a stressor that no phase runs: \"%s\"", c->use);
	for (unsigned int i = 0; i < c->n_parts && !err; i++) {
		place_index(r, &here, i, NULL, NULL);
		err = check_condition_of(r, s, &c->parts[i]);
		place_up(r);
	}
	return err;
}

static int check_condition_of(struct reader *r, const struct scenario *s, const struct condition *c)
{
	static const char *const keys[] = {
		[COND_PSI] = "psi",     [COND_USAGE] = "usage",
		[COND_STEPS] = "steps", [COND_OOM_KILLS] = "oom-kills",
		[COND_ALL] = "all",     [COND_ANY] = "any",
	};
	struct place here;
	int err;

	place_key(r, &here, keys[c->kind], NULL, NULL);
	err = check_condition_names(r, s, c);
	place_up(r);
	return err;
}

static int check_phase_name(struct reader *r, const struct scenario *s, unsigned int index)
{
	for (unsigned int i = 0; i < index; i++)
		if (!strcmp(s->phases[i].name, s->phases[index].name))
			return reader_refuse_key(r, "name", "phase %u is called \"%s\" as well",
						 i + 1, s->phases[i].name);
	return 0;
}

/* A phase without "for" may last for ever, so the total time must end it. */
static int check_phase_end(struct reader *r, const struct scenario *s, unsigned int index)
{
	const struct phase_spec *p = &s->phases[index];
	unsigned int line, column;

	if (p->for_us != UNSET || (p->until && s->for_us != UNSET) ||
	    (index + 1 == s->n_phases && s->for_us != UNSET))
		return 0;
	reader_where(r, &line, &column);
	if (p->until)
		return diag_set_at(
			r->diag, -EINVAL, line, column,
			"phase \"%s\" might never end: besides \"until\" it needs \"for\", or "
			"the scenario does",
			p->name);
	return diag_set_at(
		r->diag, -EINVAL, line, column,
		"phase \"%s\" has neither \"for\" nor \"until\"; only the last phase may, "
		"when the scenario has \"for\"",
		p->name);
}

/* The groups that @arg, "--move-to={group:victims}", names; r->place is the "with" that it comes
 * from. */
static int check_argument(struct reader *r, const struct scenario *s, const char *arg)
{
	char param[KEY_NAME_MAX + 1];
	struct brace_word word;
	struct place here;
	int err = 0, found;

	snprintf(param, sizeof(param), "%.*s", (int)strcspn(arg + 2, "="), arg + 2);
	place_key(r, &here, param, NULL, NULL);
	while ((found = braces_find(arg, GROUP_OPENING, &word)) > 0 && !err) {
		if (strcmp(word.name, "outside") && !group_find(s, word.name))
			err = refuse_group(r, s, word.name);
		arg = word.end;
	}
	if (found < 0)
		err = reader_refuse(r, "has \"" GROUP_OPENING "\" without the '}' behind the name");
	place_up(r);
	return err;
}

/* r->place is the run. */
static int check_one_run(struct reader *r, const struct scenario *s, const struct run_spec *run)
{
	struct place with;
	int err = 0;

	if (strcmp(run->in, "outside") && !group_find(s, run->in))
		return refuse_name(r, s, "in", run->in);
	place_key(r, &with, "with", NULL, NULL);
	for (char **arg = run->args; *arg && !err; arg++)
		err = check_argument(r, s, *arg);
	place_up(r);
	return err;
}

static int check_runs(struct reader *r, const struct scenario *s, const struct phase_spec *p)
{
	struct place list, here;
	int err = 0;

	place_key(r, &list, "run", NULL, NULL);
	for (unsigned int i = 0; i < p->n_runs && !err; i++) {
		place_index(r, &here, i, NULL, NULL);
		err = check_one_run(r, s, &p->runs[i]);
		place_up(r);
	}
	place_up(r);
	return err;
}

static int check_until(struct reader *r, const struct scenario *s, const struct phase_spec *p)
{
	struct place here;
	int err;

	place_key(r, &here, "until", NULL, NULL);
	err = check_condition_of(r, s, p->until);
	place_up(r);
	return err;
}

static int check_one_phase(struct reader *r, const struct scenario *s, unsigned int index)
{
	const struct phase_spec *p = &s->phases[index];
	int err;

	err = check_phase_name(r, s, index);
	if (!err)
		err = check_runs(r, s, p);
	if (!err && p->until)
		err = check_until(r, s, p);
	if (!err)
		err = check_phase_end(r, s, index);
	return err ? err : demand_check(r, s, index);
}

static int check_phases(struct reader *r, const struct scenario *s)
{
	struct place list, here;
	int err = 0;

	place_key(r, &list, "phases", NULL, NULL);
	for (unsigned int i = 0; i < s->n_phases && !err; i++) {
		place_index(r, &here, i, NULL, NULL);
		err = check_one_phase(r, s, i);
		place_up(r);
	}
	place_up(r);
	return err;
}

/* A pattern's group is a kernel path, or a group or instance of this scenario: a typing error would
 * never match. */
static int check_patterns(struct reader *r, const struct scenario *s, const char *key,
			  const struct pattern *patterns, unsigned int n)
{
	struct place expect, list, here;
	int err = 0;

	place_key(r, &expect, "expect", NULL, NULL);
	place_key(r, &list, key, NULL, NULL);
	for (unsigned int i = 0; i < n && !err; i++) {
		const char *group = patterns[i].group;

		if (!group || group[0] == '/' || group_is_instance(s, group))
			continue;
		place_index(r, &here, i, NULL, NULL);
		err = refuse_name(r, s, "group", group);
		place_up(r);
	}
	place_up(r);
	place_up(r);
	return err;
}

int check_scenario(struct reader *r, json_t *value, void *base)
{
	const struct scenario *s = base;
	int err;

	if (group_total(s) > GROUPS_TOTAL_MAX)
		return reader_refuse_key(r, "groups",
					 "\"groups\" come to more than %d with all their counts",
					 GROUPS_TOTAL_MAX);
	err = check_phases(r, s);
	if (!err)
		err = check_patterns(r, s, "reproduce", s->expect.reproduce, s->expect.n_reproduce);
	return err ? err : check_patterns(r, s, "allow", s->expect.allow, s->expect.n_allow);
}

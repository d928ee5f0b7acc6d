/* SPDX-License-Identifier: GPL-2.0-or-later */
/* From scenario and host to what will happen: groups, launches, and what cannot be done here. */
#include "scenario/plan.h"

#include <stdarg.h>
#include <string.h>

#include "base/cleanup.h"
#include "scenario/plan_parts.h"

static void cleanup_plan(struct plan **p)
{
	plan_free(*p);
}

static uint64_t total_of(const struct scenario *s)
{
	uint64_t total = 0;

	if (s->for_us != UNSET)
		return s->for_us;
	for (unsigned int i = 0; i < s->n_phases; i++)
		if (s->phases[i].for_us != UNSET)
			total += s->phases[i].for_us;
	return total;
}

int plan_say(struct plan *p, bool fatal, const char *what, const char *remedy, const char *why, ...)
{
	struct plan_skip *grown, *skip;
	va_list ap;

	for (unsigned int i = 0; i < p->n_skips; i++)
		if (!strncmp(p->skips[i].what, what, sizeof(skip->what) - 1)) {
			p->skips[i].fatal |= fatal;
			return 0;
		}
	grown = reallocarray(p->skips, p->n_skips + 1, sizeof(*grown));
	if (!grown)
		return -ENOMEM;
	p->skips = grown;
	skip = &p->skips[p->n_skips++];
	*skip = (struct plan_skip){ .fatal = fatal };
	snprintf(skip->what, sizeof(skip->what), "%s", what);
	snprintf(skip->remedy, sizeof(skip->remedy), "%s", remedy);
	va_start(ap, why);
	vsnprintf(skip->why, sizeof(skip->why), why, ap);
	va_end(ap);
	return 0;
}

bool host_has_groups(const struct host *h)
{
	return h->root_user && h->cgroup != CGROUP_NONE;
}

static int fill(struct plan *p, const struct host *h, const struct catalogue *c,
		const char *out_dir, struct diag *d)
{
	int err;

	err = plan_add_groups(p);
	if (!err)
		err = plan_add_launches(p, h, c, out_dir, d);
	if (!err)
		err = plan_check_needs(p, h);
	if (!err)
		err = plan_check_limits(p, h);
	return err ? err : plan_check_watch(p, h);
}

int plan_make(const struct scenario *s, const struct host *h, const struct catalogue *c,
	      uint64_t seed, const char *scratch_dir, const char *out_dir, struct plan **ret,
	      struct diag *d)
{
	_cleanup_(cleanup_plan) struct plan *p = calloc(1, sizeof(*p));
	int err;

	if (!p)
		return diag_set(d, -ENOMEM, "no memory for the plan");
	p->scenario = s;
	p->seed = seed;
	p->total_us = total_of(s);
	snprintf(p->scratch_dir, sizeof(p->scratch_dir), "%s", scratch_dir);
	err = fill(p, h, c, out_dir, d);
	if (err == -ENOMEM)
		return diag_set(d, err, "no memory for the plan");
	if (err < 0)
		return err;
	*ret = take_ptr(p);
	return 0;
}

struct plan *plan_free(struct plan *p)
{
	if (!p)
		return NULL;
	for (unsigned int i = 0; i < p->n_launches; i++) {
		for (char **a = p->launches[i].argv; a && *a; a++)
			free(*a);
		free(p->launches[i].argv);
	}
	free(p->launches);
	free(p->groups);
	free(p->skips);
	free(p);
	return NULL;
}

bool plan_is_skipped(const struct plan *p)
{
	for (unsigned int i = 0; i < p->n_skips; i++)
		if (p->skips[i].fatal)
			return true;
	return false;
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
/* For the tests of plans: machines and scenarios made by hand. */
#ifndef TESTS_PLAN_WORLD_H
#define TESTS_PLAN_WORLD_H

#include <stdlib.h>
#include <string.h>

#include "scenario/host.h"
#include "scenario/plan.h"

static struct catalogue *catalogue;

static inline int load_catalogue(void **state)
{
	struct diag d = { 0 };
	char dir[256];

	snprintf(dir, sizeof(dir), "%s/stressors", getenv("HANGAR_TEST_DATA"));
	return catalogue_load_dir(dir, &catalogue, &d);
}

static inline int free_catalogue(void **state)
{
	catalogue = catalogue_free(catalogue);
	return 0;
}

static inline struct host machine(const char *name)
{
	char root[200];
	struct host h;

	snprintf(root, sizeof(root), "%s/host/%s", getenv("HANGAR_TEST_DATA"), name);
	assert_int_equal(host_probe(root, &h), 0);
	h.root_user = true;
	return h;
}

struct laid { /* a plan and what it borrows */
	struct scenario *scenario;
	struct plan *plan;
};

/* @body: the members after the name. */
static inline struct laid lay(const char *body, const struct host *h)
{
	struct laid laid = { 0 };
	struct diag d = { 0 };
	char text[4096];

	snprintf(text, sizeof(text), "{\"name\":\"x\",%s}", body);
	if (scenario_parse(text, strlen(text), NULL, catalogue, &laid.scenario, &d))
		fail_msg("%u: %s", d.column, d.message);
	if (plan_make(laid.scenario, h, catalogue, 42, "/scratch", "/run-1", &laid.plan, &d))
		fail_msg("%s", d.message);
	return laid;
}

static inline void laid_free(struct laid *laid)
{
	plan_free(laid->plan);
	scenario_free(laid->scenario);
}

#define PHASE "\"phases\":[{\"name\":\"a\",\"for\":\"1s\"}]"

static inline const struct plan_skip *skip_of(const struct plan *p, const char *what)
{
	for (unsigned int i = 0; i < p->n_skips; i++)
		if (!strcmp(p->skips[i].what, what))
			return &p->skips[i];
	return NULL;
}

/* The scenario @body on machine @h has a skip of @what, with a remedy, and is skipped or not. */
static inline void expect_skip(const char *body, const struct host *h, const char *what, bool fatal)
{
	struct laid laid = lay(body, h);
	const struct plan_skip *s = skip_of(laid.plan, what);

	if (!s) {
		fail_msg("no skip of %s", what);
		return;
	}
	assert_int_equal(s->fatal, fatal);
	assert_true(s->why[0] && s->remedy[0]);
	assert_int_equal(plan_is_skipped(laid.plan), fatal);
	laid_free(&laid);
}

static inline void expect_no_skip(const char *body, const struct host *h)
{
	struct laid laid = lay(body, h);

	if (laid.plan->n_skips)
		fail_msg("%s: %s", laid.plan->skips[0].what, laid.plan->skips[0].why);
	laid_free(&laid);
}

#endif

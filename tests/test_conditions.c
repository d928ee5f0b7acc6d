/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Phase conditions against gauges, steps, usage and kills that the test sets; the groups and the
 * launcher are played by this file. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "run/conditions.h"

static uint64_t usage[2], kills[2], steps_all, steps_alloc;
static struct plan_group groups[2] = { { .spec = "victims" }, { .spec = "victims" } };
static struct cgroup_node nodes[2];
static struct cgroup_tree tree = { .nodes = nodes, .n_nodes = 2 };

uint64_t cgroup_usage(const struct cgroup_node *n)
{
	return usage[n - nodes];
}

uint64_t cgroup_oom_kills(const struct cgroup_node *n)
{
	return kills[n - nodes];
}

uint64_t launcher_steps(const struct launcher *l, const char *use)
{
	(void)l;
	return use ? steps_alloc : steps_all;
}

static struct condition_source source(void)
{
	static char launcher; /* only ever handed back to launcher_steps() above */

	for (int i = 0; i < 2; i++) {
		nodes[i].group = &groups[i];
		nodes[i].limit_bytes = 100u << 20;
	}
	return (struct condition_source){ { -1, -1, -1 },
					  (const struct launcher *)(const void *)&launcher,
					  &tree };
}

static bool holds(const struct condition *c, const struct gauges *g,
		  const struct condition_base *base)
{
	struct condition_source s = source();

	return condition_holds(c, &s, g, base);
}

static void psi_holds_at_its_value_and_not_below_it(void **state)
{
	struct condition c = { .kind = COND_PSI, .resource = (char[]){ "memory" }, .value = 2000 };
	struct condition_base base = { 0 };
	struct gauges g = { .psi_known = { [PSI_MEMORY] = true },
			    .psi_some = { [PSI_MEMORY] = 2000 } };

	(void)state;
	assert_true(holds(&c, &g, &base));
	g.psi_some[PSI_MEMORY] = 1999;
	assert_false(holds(&c, &g, &base));
	c.below = true;
	assert_true(holds(&c, &g, &base));
	c.full = true;
	g.psi_full[PSI_MEMORY] = 5000;
	assert_false(holds(&c, &g, &base));
}

static void a_value_that_cannot_be_read_never_holds(void **state)
{
	struct condition psi = { .kind = COND_PSI, .resource = (char[]){ "io" }, .value = 0 };
	struct condition use = { .kind = COND_USAGE, .below = true, .value = 1000 };
	struct condition_base base = { 0 };
	struct gauges g = { 0 };

	(void)state;
	assert_false(holds(&psi, &g, &base));
	psi.below = true;
	assert_false(holds(&psi, &g, &base));
	usage[0] = usage[1] = UNSET;
	assert_false(holds(&use, &g, &base));
}

static void usage_looks_at_the_fullest_instance(void **state)
{
	struct condition c = {
		.kind = COND_USAGE, .group = (char[]){ "victims" }, .is_percent = true, .value = 90
	};
	struct condition_base base = { 0 };
	struct gauges g = { 0 };

	(void)state;
	usage[0] = 10u << 20;
	usage[1] = 91u << 20;
	assert_true(holds(&c, &g, &base));
	usage[1] = 89u << 20;
	assert_false(holds(&c, &g, &base));
	c.is_percent = false;
	c.value = 80u << 20;
	assert_true(holds(&c, &g, &base));
	c.group = (char[]){ "others" };
	assert_false(holds(&c, &g, &base));
}

static void counters_count_from_the_beginning_of_the_phase(void **state)
{
	struct condition parts[] = {
		{ .kind = COND_STEPS, .use = (char[]){ "alloc" }, .value = 100 },
		{ .kind = COND_OOM_KILLS, .value = 3 },
	};
	struct condition c = { .kind = COND_ALL, .parts = parts, .n_parts = 2 };
	struct condition_source s = source();
	struct condition_base base = { 0 };
	struct gauges g = { 0 };

	(void)state;
	steps_alloc = 1000;
	kills[0] = 5;
	kills[1] = 5;
	condition_base_take(&base, &c, &s);
	assert_int_equal(base.count, 2);
	assert_false(holds(&c, &g, &base));
	steps_alloc = 1100;
	kills[1] = 7;
	assert_false(holds(&c, &g, &base)); /* two kills: all is not met, any is */
	c.kind = COND_ANY;
	assert_true(holds(&c, &g, &base));
	kills[0] = 6;
	c.kind = COND_ALL;
	assert_true(holds(&c, &g, &base));
}

static void gauges_come_from_the_files_that_were_opened_before(void **state)
{
	static const char text[] = "some avg10=12.34 avg60=0.00 avg300=0.00 total=1\n"
				   "full avg10=0.07 avg60=0.00 avg300=0.00 total=0\n";
	FILE *file = tmpfile();
	struct condition_source s = source();
	struct gauges g;

	(void)state;
	assert_non_null(file);
	fputs(text, file);
	fflush(file);
	s.psi_fd[PSI_IO] = fileno(file);
	gauges_read(&s, &g);
	assert_true(g.psi_known[PSI_IO] && !g.psi_known[PSI_MEMORY]);
	assert_int_equal(g.psi_some[PSI_IO], 1234);
	assert_int_equal(g.psi_full[PSI_IO], 7);
	fclose(file);
}

static void kills_of_a_group_are_those_of_the_groups_in_it_too(void **state)
{
	struct condition c = { .kind = COND_OOM_KILLS, .group = (char[]){ "victims" }, .value = 3 };
	struct condition_source s = source();
	struct condition_base base = { 0 };
	struct gauges g = { 0 };
	struct plan_group inner = { .spec = "victims/inner" }, other = { .spec = "victims-not" };

	(void)state;
	kills[0] = 1;
	kills[1] = 2;
	nodes[1].group = &inner;
	assert_true(condition_holds(&c, &s, &g, &base));
	nodes[1].group = &other;
	assert_false(condition_holds(&c, &s, &g, &base));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(gauges_come_from_the_files_that_were_opened_before),
		cmocka_unit_test(psi_holds_at_its_value_and_not_below_it),
		cmocka_unit_test(a_value_that_cannot_be_read_never_holds),
		cmocka_unit_test(usage_looks_at_the_fullest_instance),
		cmocka_unit_test(kills_of_a_group_are_those_of_the_groups_in_it_too),
		cmocka_unit_test(counters_count_from_the_beginning_of_the_phase),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

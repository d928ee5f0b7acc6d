/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which crash ended which run. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <string.h>

#include "base/cleanup.h"
#include "collect/pair.h"
#include "crash_world.h"

/* The run of the pairing cases: up for 101 s when it began, 29 s long. */
static const struct lost run = {
	.id = "RUN",
	.release = RELEASE,
	.boot_id = "old",
	.began = BEGAN,
	.last = BEGAN + 28,
	.epoch_us = 101000000,
	.last_us = 129000000,
};

static const struct relic crash = {
	.kind = RELIC_KDUMP,
	.name = "kdump a",
	.when = BEGAN + 40,
	.release = RELEASE,
	.last_us = 130000000,
};

static void a_crash_fits_by_mark_or_by_time_and_kernel(void **state)
{
	struct relic r = crash;
	struct lost l = run;

	assert_int_equal(pair_fits(&run, &r, &today, NULL), FIT_POSSIBLE);
	r.n_runs = 1;
	snprintf(r.runs[0], sizeof(r.runs[0]), "RUN");
	assert_int_equal(pair_fits(&run, &r, &today, NULL), FIT_CERTAIN);
	r.when = BEGAN - 100000; /* the clock of a crash kernel may be anywhere */
	assert_int_equal(pair_fits(&run, &r, &today, NULL), FIT_CERTAIN);
	l.epoch_us = l.last_us = 0;
	assert_int_equal(pair_fits(&l, &crash, &today, NULL), FIT_POSSIBLE);
}

static void what_speaks_against_a_pair_is_told(void **state)
{
	static const struct {
		time_t when;
		uint64_t last_us;
		const char *release, *mark, *why;
	} cases[] = {
		{ BEGAN + 40, 130000000, "6.1.0-49-cloud-amd64", NULL, "another kernel" },
		{ BEGAN + 40, 130000000, RELEASE, "OTHER", "another run" },
		{ BEGAN - 500, 130000000, RELEASE, NULL, "older" },
		{ BEGAN + 5000, 130000000, RELEASE, NULL, "future" },
		{ BEGAN + 400, 50000000, RELEASE, NULL, "as long" },
		{ BEGAN + 40, 99000000000, RELEASE, NULL, "another time" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct relic r = crash;
		const char *why;

		r.when = cases[i].when;
		r.last_us = cases[i].last_us;
		snprintf(r.release, sizeof(r.release), "%s", cases[i].release);
		if (cases[i].mark)
			snprintf(r.runs[r.n_runs++], sizeof(r.runs[0]), "%s", cases[i].mark);
		assert_int_equal(pair_fits(&run, &r, &today, &why), FIT_NOT);
		assert_non_null(strstr(why, cases[i].why));
	}
}

/* Clocks two minutes apart are still the same moment. */
static void a_skewed_clock_is_forgiven_within_bounds(void **state)
{
	struct relic r = crash;

	r.last_us = 0;
	r.when = run.last - 119;
	assert_int_equal(pair_fits(&run, &r, &today, NULL), FIT_POSSIBLE);
	r.when = run.last - 121;
	assert_int_equal(pair_fits(&run, &r, &today, NULL), FIT_NOT);
	r.when = today.now + 119;
	assert_int_equal(pair_fits(&run, &r, &today, NULL), FIT_POSSIBLE);
	r.when = today.now + 121;
	assert_int_equal(pair_fits(&run, &r, &today, NULL), FIT_NOT);
}

static void pair_lists(const struct lost *runs, unsigned int n_runs, const struct relic *relics,
		       unsigned int n_relics, struct pair *ret)
{
	struct lost l[4];
	struct relic r[4];
	struct losts all = { l, n_runs };
	struct relics left = { r, n_relics };
	static struct relic kept[4];

	memcpy(l, runs, n_runs * sizeof(*l));
	memcpy(r, relics, n_relics * sizeof(*r));
	pair_all(&all, &left, &today, ret);
	memcpy(kept, r, sizeof(r));
	for (unsigned int i = 0; i < n_runs; i++)
		for (int k = 0; k < 2; k++)
			if (ret[i].relics[k])
				ret[i].relics[k] = &kept[ret[i].relics[k] - r];
}

static void one_run_and_one_crash_are_a_pair(void **state)
{
	struct pair p;

	pair_lists(&run, 1, &crash, 1, &p);
	assert_int_equal(p.state, PAIR_DUMP);
	assert_int_equal(p.fit, FIT_POSSIBLE);
	assert_string_equal(p.relics[RELIC_KDUMP]->name, "kdump a");
	assert_null(p.relics[RELIC_PSTORE]);
}

static void kdump_and_store_of_one_crash_go_together(void **state)
{
	struct relic both[2] = { crash, crash };
	struct pair p;

	both[1].kind = RELIC_PSTORE;
	both[1].last_us += 1000;
	pair_lists(&run, 1, both, 2, &p);
	assert_int_equal(p.state, PAIR_DUMP);
	assert_non_null(p.relics[RELIC_KDUMP]);
	assert_non_null(p.relics[RELIC_PSTORE]);
	/* a mark makes the kdump certain, the store's last kilobytes have none */
	both[0].n_runs = 1;
	snprintf(both[0].runs[0], sizeof(both[0].runs[0]), "RUN");
	pair_lists(&run, 1, both, 2, &p);
	assert_int_equal(p.fit, FIT_CERTAIN);
	assert_non_null(p.relics[RELIC_PSTORE]);
	/* of another death */
	both[1].last_us += 20000000;
	pair_lists(&run, 1, both, 2, &p);
	assert_null(p.relics[RELIC_PSTORE]);
	both[0].n_runs = 0;
	pair_lists(&run, 1, both, 2, &p);
	assert_int_equal(p.state, PAIR_AMBIGUOUS);
}

static void two_crashes_that_fit_are_told_not_guessed(void **state)
{
	struct relic two[2] = { crash, crash };
	struct pair p;

	snprintf(two[1].name, sizeof(two[1].name), "kdump b");
	pair_lists(&run, 1, two, 2, &p);
	assert_int_equal(p.state, PAIR_AMBIGUOUS);
	assert_null(p.relics[RELIC_KDUMP]);
	assert_non_null(strstr(p.why, "kdump a"));
	assert_non_null(strstr(p.why, "kdump b"));
	/* the mark decides */
	two[1].n_runs = 1;
	snprintf(two[1].runs[0], sizeof(two[1].runs[0]), "RUN");
	pair_lists(&run, 1, two, 2, &p);
	assert_int_equal(p.state, PAIR_DUMP);
	assert_string_equal(p.relics[RELIC_KDUMP]->name, "kdump b");
}

static void two_runs_of_one_crash_are_told_not_guessed(void **state)
{
	struct lost two[2] = { run, run };
	struct pair p[2];

	snprintf(two[1].id, sizeof(two[1].id), "TWO");
	two[1].began += 5;
	pair_lists(two, 2, &crash, 1, p);
	assert_int_equal(p[0].state, PAIR_AMBIGUOUS);
	assert_int_equal(p[1].state, PAIR_AMBIGUOUS);
}

static void a_run_that_another_outlived_did_not_end_with_the_machine(void **state)
{
	struct lost two[2] = { run, run };
	struct pair p[2];

	two[0].last = BEGAN - 200;
	two[0].began = BEGAN - 300;
	snprintf(two[1].id, sizeof(two[1].id), "TWO");
	pair_lists(two, 2, &crash, 1, p);
	assert_int_equal(p[0].state, PAIR_KILLED);
	assert_int_equal(p[1].state, PAIR_DUMP);
}

static void states_without_a_dump(void **state)
{
	struct lost l = run;
	struct relic foreign = crash;
	struct pair p;

	snprintf(foreign.release, sizeof(foreign.release), "5.10.0-32-amd64");
	pair_lists(&l, 1, &foreign, 1, &p);
	assert_int_equal(p.state, PAIR_NONE);
	assert_non_null(strstr(p.why, "another kernel"));
	pair_lists(&l, 1, &foreign, 0, &p);
	assert_int_equal(p.state, PAIR_NONE);
	snprintf(l.boot_id, sizeof(l.boot_id), "new");
	pair_lists(&l, 1, &crash, 1, &p);
	assert_int_equal(p.state, PAIR_KILLED);
	l = run;
	l.live = true;
	pair_lists(&l, 1, &crash, 1, &p);
	assert_int_equal(p.state, PAIR_SKIPPED);
	l = run;
	l.finished = true;
	pair_lists(&l, 1, &crash, 1, &p);
	assert_int_equal(p.state, PAIR_SKIPPED);
	l = run;
	l.guest = true;
	pair_lists(&l, 1, &crash, 1, &p);
	assert_int_equal(p.state, PAIR_SKIPPED);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_crash_fits_by_mark_or_by_time_and_kernel),
		cmocka_unit_test(what_speaks_against_a_pair_is_told),
		cmocka_unit_test(a_skewed_clock_is_forgiven_within_bounds),
		cmocka_unit_test(one_run_and_one_crash_are_a_pair),
		cmocka_unit_test(kdump_and_store_of_one_crash_go_together),
		cmocka_unit_test(two_crashes_that_fit_are_told_not_guessed),
		cmocka_unit_test(two_runs_of_one_crash_are_told_not_guessed),
		cmocka_unit_test(a_run_that_another_outlived_did_not_end_with_the_machine),
		cmocka_unit_test(states_without_a_dump),
	};

	return cmocka_run_group_tests_name("collect", tests, NULL, NULL);
}

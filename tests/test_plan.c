/* SPDX-License-Identifier: GPL-2.0-or-later */
/* From a scenario to a plan: groups, launches, arguments, seeds. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>

#include "base/cleanup.h"
#include "plan_world.h"
#include "scenario/host.h"
#include "scenario/plan.h"
#include "scenario/scale.h"

static void groups_are_flat_with_parents_first(void **state)
{
	static const char *const paths[] = { "outside",         "outer.0", "outer.0/inner.0",
					     "outer.0/inner.1", "outer.1", "outer.1/inner.0",
					     "outer.1/inner.1", "single" };
	struct host h = machine("debian12-v2");
	struct laid laid =
		lay("\"groups\":{\"outer\":{\"count\":2,\"groups\":{\"inner\":{\"count\":2}}},"
		    "\"single\":{}}," PHASE,
		    &h);
	const struct plan *p = laid.plan;

	assert_int_equal(p->n_groups, ARRAY_SIZE(paths));
	for (size_t i = 0; i < ARRAY_SIZE(paths); i++)
		assert_string_equal(p->groups[i].path, paths[i]);
	assert_string_equal(p->groups[5].spec, "outer/inner");
	assert_int_equal(p->groups[5].parent, 4);
	assert_int_equal(p->groups[1].parent, -1);
	assert_null(p->groups[0].from);
	assert_ptr_equal(p->groups[2].from, p->groups[6].from);
	laid_free(&laid);
}

static void launches_come_by_phase_group_and_copy(void **state)
{
	struct host h = machine("debian12-v2");
	struct laid laid =
		lay("\"groups\":{\"v\":{\"count\":2}},\"phases\":["
		    "{\"name\":\"a\",\"for\":\"1s\",\"run\":[{\"use\":\"alloc\",\"keep\":true}]},"
		    "{\"name\":\"b\",\"for\":\"2s\",\"run\":[{\"use\":\"alloc-and-write\","
		    "\"in\":\"v\",\"copies\":3,\"restart\":\"always\"}]}]",
		    &h);
	const struct plan_launch *l = laid.plan->launches;

	assert_int_equal(laid.plan->n_launches, 7);
	assert_int_equal(laid.plan->total_us, 3000000);
	assert_true(l[0].phase == 0 && l[0].group == 0 && l[0].keep && !l[0].is_fio);
	for (unsigned int i = 1; i < 7; i++) {
		assert_int_equal(l[i].slot, i);
		assert_int_equal(l[i].phase, 1);
		assert_int_equal(l[i].group, i < 4 ? 1 : 2);
		assert_int_equal(l[i].from->restart.policy, RESTART_ALWAYS);
	}
	assert_string_equal(l[6].name, "alloc-and-write#6");
	assert_string_equal(l[6].out, "out/006-alloc-and-write.log");
	laid_free(&laid);
}

static void arguments_name_program_parameters_and_scratch(void **state)
{
	struct host h = machine("debian12-v2");
	struct laid laid = lay(
		"\"phases\":[{\"name\":\"a\",\"for\":\"1s\",\"run\":["
		"{\"use\":\"alloc\",\"with\":{\"bytes\":\"1M\",\"log\":\"{scratch}/a{scratch}\"}},"
		"{\"use\":\"fsync-writer\"},"
		"{\"use\":\"fsync-writer\",\"with\":{\"dir\":\"/elsewhere\"}}]}]",
		&h);
	const struct plan_launch *l = laid.plan->launches;

	assert_string_equal(l[0].argv[0], catalogue_find(catalogue, "alloc")->program);
	assert_string_equal(l[0].argv[1], "--bytes=1M");
	assert_string_equal(l[0].argv[2], "--log=/scratch/a/scratch");
	assert_null(l[0].argv[3]); /* it has no "dir" */
	assert_string_equal(l[1].argv[1], "--dir=/scratch");
	assert_null(l[1].argv[2]);
	assert_string_equal(l[2].argv[1], "--dir=/elsewhere");
	assert_null(l[2].argv[2]);
	laid_free(&laid);
}

static void words_for_groups_wait_for_the_groups(void **state)
{
	struct host h = machine("debian12-v2");
	struct laid laid = lay("\"groups\":{\"v\":{}},\"phases\":[{\"name\":\"a\",\"for\":\"1s\","
			       "\"run\":[{\"use\":\"alloc\",\"with\":{\"log\":"
			       "\"{scratch},{group:v},{group:outside}\"}}]}]",
			       &h);

	assert_string_equal(laid.plan->launches[0].argv[1],
			    "--log=/scratch,{group:v},{group:outside}");
	assert_int_equal(laid.plan->n_skips, 0);
	laid_free(&laid);
}

static void fio_runs_the_job_as_it_is(void **state)
{
	struct host h = machine("debian12-v2");
	struct laid laid = lay("\"phases\":[{\"name\":\"a\",\"for\":\"1s\",\"run\":["
			       "{\"use\":\"alloc\"},{\"fio\":\"/jobs/mixed.fio\"}]}]",
			       &h);
	const struct plan_launch *l = &laid.plan->launches[1];

	assert_true(l->is_fio);
	assert_string_equal(l->argv[0], "fio");
	assert_string_equal(l->argv[1], "--output-format=json+");
	assert_string_equal(l->argv[2], "--output=/run-1/out/001-fio.json");
	assert_non_null(strstr(l->argv[3], "--randseed="));
	assert_string_equal(l->argv[4], "/jobs/mixed.fio");
	assert_null(l->argv[5]);
	assert_string_equal(l->name, "mixed.fio#1");
	laid_free(&laid);
}

static void seeds_follow_from_the_runs_seed(void **state)
{
	static const char body[] = "\"phases\":[{\"name\":\"a\",\"for\":\"1s\",\"run\":["
				   "{\"use\":\"alloc\",\"copies\":50}]}]";
	struct host h = machine("debian12-v2");
	struct laid first = lay(body, &h), second = lay(body, &h);
	struct plan *other = NULL;
	struct diag d = { 0 };

	assert_int_equal(plan_make(first.scenario, &h, catalogue, 43, "/s", "/r", &other, &d), 0);
	for (unsigned int i = 0; i < 50; i++) {
		assert_true(first.plan->launches[i].seed == second.plan->launches[i].seed);
		assert_true(first.plan->launches[i].seed != other->launches[i].seed);
		for (unsigned int k = 0; k < i; k++)
			assert_true(first.plan->launches[i].seed != first.plan->launches[k].seed);
	}
	plan_free(other);
	laid_free(&first);
	laid_free(&second);
}

static void more_copies_than_pids_are_refused(void **state)
{
	static const char text[] =
		"{\"name\":\"x\",\"phases\":[{\"name\":\"big\",\"for\":\"1s\",\"run\":["
		"{\"use\":\"alloc\",\"copies\":131073}]}]}";
	struct host h = machine("el7-v1");
	struct scenario *s = NULL;
	struct plan *p = NULL;
	struct diag d = { 0 };

	assert_int_equal(scenario_parse(text, strlen(text), NULL, catalogue, &s, &d), 0);
	assert_int_equal(plan_make(s, &h, catalogue, 1, "/s", "/r", &p, &d), -EINVAL);
	assert_null(p);
	assert_string_equal(d.message,
			    "phase \"big\" wants 131073 copies at once; this machine has "
			    "131072 pids (sysctl kernel.pid_max)");
	assert_int_equal(d.line, 1);
	h.pid_max = 131073;
	memset(&d, 0, sizeof(d));
	assert_int_equal(plan_make(s, &h, catalogue, 1, "/s", "/r", &p, &d), 0);
	plan_free(p);
	scenario_free(s);
}

#define UNTIL(condition) "\"phases\":[{\"name\":\"a\",\"for\":\"1s\",\"until\":" condition "}]"
#define NEEDED(condition)                                                                          \
	"\"phases\":[{\"name\":\"a\",\"for\":\"1s\",\"or\":\"fail\",\"until\":" condition "}]"
#define PSI "{\"psi\":{\"resource\":\"memory\",\"above\":\"1%\"}}"
#define STEPS "{\"steps\":{\"reach\":5}}"

static void conditions_that_can_never_hold_are_said(void **state)
{
	struct host el7 = machine("el7-v1"), none = machine("none");

	expect_skip(UNTIL(PSI), &el7, "condition of phase \"a\"", false);
	expect_skip(NEEDED(PSI), &el7, "condition of phase \"a\"", true);
	expect_skip(NEEDED("{\"all\":[" STEPS "," PSI "]}"), &el7, "condition of phase \"a\"",
		    true);
	expect_skip(NEEDED("{\"oom-kills\":{\"reach\":1}}"), &none, "condition of phase \"a\"",
		    true);
	el7.psi = true;
	expect_no_skip(NEEDED(PSI), &el7);
	expect_no_skip(NEEDED("{\"any\":[" STEPS "," PSI "]}"), &el7);
}

static void limits_shrink_with_the_machine_and_never_grow(void **state)
{
	struct host h = machine("debian12-v2");
	struct laid laid =
		lay("\"made-for\":\"2G\",\"groups\":{\"a\":{\"memory\":\"100M\",\"swap\":"
		    "\"0\",\"groups\":{\"b\":{\"memory\":\"6M\"},\"c\":{\"memory\":"
		    "\"1M\"}}}},\"phases\":[{\"name\":\"p\",\"for\":\"1s\"}]",
		    &h);
	struct group_spec *a = laid.scenario->groups;

	assert_int_equal(scale_groups(laid.scenario, 4ull << 30), 100);
	assert_int_equal(a->knobs[KNOB_MEMORY], 100 << 20);
	assert_int_equal(scale_groups(laid.scenario, 1ull << 30), 50);
	assert_int_equal(a->knobs[KNOB_MEMORY], 50 << 20);
	assert_int_equal(a->knobs[KNOB_SWAP], 0);
	assert_true(a->knobs[KNOB_MEMORY_HIGH] == UNSET);
	assert_int_equal(a->children[0].knobs[KNOB_MEMORY], 4 << 20); /* the floor */
	assert_int_equal(a->children[1].knobs[KNOB_MEMORY], 1 << 20); /* was below it */
	assert_int_equal(scale_percent(UNSET, 1), 100);
	assert_int_equal(scale_percent(1ull << 60, 1), 1);
	laid_free(&laid);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(limits_shrink_with_the_machine_and_never_grow),
		cmocka_unit_test(groups_are_flat_with_parents_first),
		cmocka_unit_test(launches_come_by_phase_group_and_copy),
		cmocka_unit_test(arguments_name_program_parameters_and_scratch),
		cmocka_unit_test(words_for_groups_wait_for_the_groups),
		cmocka_unit_test(fio_runs_the_job_as_it_is),
		cmocka_unit_test(seeds_follow_from_the_runs_seed),
		cmocka_unit_test(more_copies_than_pids_are_refused),
		cmocka_unit_test(conditions_that_can_never_hold_are_said),
	};

	return cmocka_run_group_tests(tests, load_catalogue, free_catalogue);
}

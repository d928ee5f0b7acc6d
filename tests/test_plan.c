/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Scenarios laid on recorded machines: what is launched where, and what is skipped with which
 * remedy. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "scenario/host.h"
#include "scenario/plan.h"
#include "scenario/plan_parts.h"
#include "scenario/scale.h"

static struct catalogue *catalogue;

static int load_catalogue(void **state)
{
	struct diag d = { 0 };
	char dir[256];

	snprintf(dir, sizeof(dir), "%s/stressors", getenv("HANGAR_TEST_DATA"));
	return catalogue_load_dir(dir, &catalogue, &d);
}

static int free_catalogue(void **state)
{
	catalogue = catalogue_free(catalogue);
	return 0;
}

static struct host machine(const char *name)
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
static struct laid lay(const char *body, const struct host *h)
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

static void laid_free(struct laid *laid)
{
	plan_free(laid->plan);
	scenario_free(laid->scenario);
}

#define PHASE "\"phases\":[{\"name\":\"a\",\"for\":\"1s\"}]"

static const struct plan_skip *skip_of(const struct plan *p, const char *what)
{
	for (unsigned int i = 0; i < p->n_skips; i++)
		if (!strcmp(p->skips[i].what, what))
			return &p->skips[i];
	return NULL;
}

/* The scenario @body on machine @h has a skip of @what, with a remedy, and is skipped or not. */
static void expect_skip(const char *body, const struct host *h, const char *what, bool fatal)
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

static void expect_no_skip(const char *body, const struct host *h)
{
	struct laid laid = lay(body, h);

	if (laid.plan->n_skips)
		fail_msg("%s: %s", laid.plan->skips[0].what, laid.plan->skips[0].why);
	laid_free(&laid);
}

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

static void needs_that_are_met_are_silent(void **state)
{
	struct host h = machine("debian12-v2");

	expect_no_skip(PHASE, &h);
	expect_no_skip(
		"\"needs\":{\"root\":true,\"controllers\":[\"memory\",\"io\"],\"memory\":\"4G\","
		"\"cpus\":5,\"kernel\":{\"min\":\"4.5\",\"max\":\"6.1\"},\"cgroup\":\"v2\","
		"\"filesystem\":\"ext4\",\"files\":[\"/dev/kmsg\"]}," PHASE,
		&h);
}

static void needs_that_are_not_met_skip_the_run(void **state)
{
	struct host h = machine("hybrid");

	expect_skip("\"needs\":{\"controllers\":[\"memory\",\"cpuset\"]}," PHASE, &h,
		    "controller cpuset", true);
	expect_skip("\"needs\":{\"memory\":\"16G\"}," PHASE, &h, "memory", true);
	expect_skip("\"needs\":{\"cpus\":4}," PHASE, &h, "cpus", true);
	expect_skip("\"needs\":{\"kernel\":{\"min\":\"5.11\"}}," PHASE, &h, "kernel", true);
	expect_skip("\"needs\":{\"kernel\":{\"max\":\"5.9\"}}," PHASE, &h, "kernel", true);
	expect_skip("\"needs\":{\"cgroup\":\"v2\"}," PHASE, &h, "cgroup version", true);
	expect_skip("\"needs\":{\"filesystem\":\"xfs\"}," PHASE, &h, "file system xfs", true);
	expect_skip("\"needs\":{\"files\":[\"/dev/vfio\"]}," PHASE, &h, "file /dev/vfio", true);
	expect_skip("\"needs\":{\"programs\":[\"no-such-program\"]}," PHASE, &h,
		    "program no-such-program", true);
	h.root_user = false;
	expect_skip("\"needs\":{\"root\":true}," PHASE, &h, "root", true);
}

static void what_hurts_the_machine_runs_in_a_guest_alone(void **state)
{
	static const char body[] = "\"needs\":{\"throwaway\":true}," PHASE;
	struct host h = machine("debian12-v2");

	expect_skip(body, &h, "throwaway machine", true);
	strcpy(h.cmdline, "console=ttyS0 hangar.throwaway=0 xhangar.throwaway");
	expect_skip(body, &h, "throwaway machine", true);
	h.cmdline[0] = '\0';
	expect_skip(body, &h, "throwaway machine", true);
	strcpy(h.cmdline, "console=ttyS0 hangar.throwaway quiet");
	expect_no_skip(body, &h);
}

static void releases_compare_as_numbers(void **state)
{
	assert_true(release_at_least("3.10.0-1160.el7.x86_64", "3.10"));
	assert_true(release_at_least("3.10.0", "3.9.99"));
	assert_false(release_at_least("3.10.0-1160.el7", "3.10.1"));
	assert_false(release_at_least("4.4.0", "4.10"));
	assert_true(release_at_most("4.5.9", "4.5"));
	assert_false(release_at_most("4.6.0", "4.5"));
	assert_true(release_at_most("6.1.0-18-amd64", "6.1.0"));
	assert_true(release_at_least("6.18-rc1", "6.18"));
	assert_true(release_at_least("5.4", NULL) && release_at_most("5.4", NULL));
}

static void scratch_and_settings_need_root_and_their_files(void **state)
{
	struct host v2 = machine("debian12-v2"), none = machine("none");
	static const char loop[] =
		"\"scratch\":{\"on\":\"loop\",\"filesystem\":\"ext4\",\"size\":\"1G\"}," PHASE;

	expect_no_skip(loop, &v2);
	expect_skip(loop, &none, "file system ext4", true);
	none.ext4 = true;
	expect_skip(loop, &none, "loop devices", true);
	expect_skip("\"scratch\":{\"on\":{\"device\":\"/dev/vdz\"},\"filesystem\":\"ext4\"}," PHASE,
		    &v2, "scratch on /dev/vdz", true);
	expect_skip("\"scratch\":{\"on\":{\"directory\":\"/nothing\"}}," PHASE, &v2,
		    "scratch on /nothing", true);
	expect_skip("\"sysctls\":{\"vm.swappiness\":\"1\"}," PHASE, &v2, "/proc/sys/vm/swappiness",
		    true);
	expect_no_skip("\"sysctls\":{\"kernel.pid_max\":\"99999\"},\"thp\":{\"enabled\":\"always\"}"
		       "," PHASE,
		       &v2);
	v2.root_user = false;
	expect_skip(loop, &v2, "root", true);
	expect_skip("\"sysctls\":{\"kernel.pid_max\":\"99999\"}," PHASE, &v2, "root", true);
}

#define GROUP(knobs) "\"groups\":{\"g\":{" knobs "}}," PHASE

static void limits_that_the_host_has_are_silent(void **state)
{
	struct host v1 = machine("el7-v1"), v2 = machine("debian12-v2");

	v1.psi = true; /* the pressure watcher is not what is tested */
	expect_no_skip(
		GROUP("\"memory\":\"1G\",\"swap\":\"0\",\"kernel-memory\":\"32M\",\"pids\":10,"
		      "\"cpu\":\"50%\",\"cpu-weight\":10,\"cpuset\":\"0-1\",\"swappiness\":0,"
		      "\"io\":{\"read-bps\":\"1M\"},\"oom-kill-disable\":true"),
		&v1);
	expect_no_skip(GROUP("\"memory\":\"1G\",\"swap\":\"0\",\"high\":\"900M\",\"pids\":10,"
			     "\"cpu\":\"50%\","
			     "\"cpu-weight\":10,\"cpuset\":\"0,4\",\"io\":{\"write-iops\":5},"
			     "\"oom-group\":true"),
		       &v2);
}

static void limits_that_the_host_lacks_skip_the_run(void **state)
{
	struct host v1 = machine("el7-v1"), v2 = machine("debian12-v2"), hybrid = machine("hybrid");

	expect_skip(GROUP("\"high\":\"1G\""), &v1, "\"high\" of group \"g\"", true);
	expect_skip(GROUP("\"oom-group\":true"), &v1, "\"oom-group\" of group \"g\"", true);
	expect_skip(GROUP("\"kernel-memory\":\"32M\""), &v2, "\"kernel-memory\" of group \"g\"",
		    true);
	expect_skip(GROUP("\"swappiness\":0"), &v2, "\"swappiness\" of group \"g\"", true);
	expect_skip(GROUP("\"oom-kill-disable\":true"), &v2, "\"oom-kill-disable\" of group \"g\"",
		    true);
	expect_skip(GROUP("\"cpuset\":\"0-9\""), &v2, "\"cpuset\" of group \"g\"", true);
	expect_skip(GROUP("\"io\":{\"device\":\"/dev/vdz\",\"read-bps\":\"1M\"}"), &v2,
		    "\"io.read-bps\" of group \"g\"", true);
	expect_skip(GROUP("\"io\":{\"read-bps\":\"1M\"}"), &hybrid,
		    "\"io.read-bps\" of group \"g\"", true);
	expect_skip(GROUP("\"cpuset\":\"0\""), &hybrid, "\"cpuset\" of group \"g\"", true);
	expect_skip(GROUP("\"memory\":\"1G\",\"swap\":\"0\""), &hybrid, "\"swap\" of group \"g\"",
		    true);
	snprintf(v1.release, sizeof(v1.release), "5.16.0");
	expect_skip(GROUP("\"kernel-memory\":\"32M\""), &v1, "\"kernel-memory\" of group \"g\"",
		    true);
}

static void no_swap_at_all_needs_no_swap_limit(void **state)
{
	struct host hybrid = machine("hybrid");

	hybrid.swap_bytes = 0;
	expect_skip(GROUP("\"memory\":\"1G\",\"swap\":\"0\""), &hybrid, "\"swap\" of group \"g\"",
		    false);
	expect_skip(GROUP("\"memory\":\"1G\",\"swap\":\"1M\""), &hybrid, "\"swap\" of group \"g\"",
		    true);
}

static void optional_groups_go_without_what_is_lacking(void **state)
{
	struct host v1 = machine("el7-v1");
	struct laid laid = lay(GROUP("\"optional\":true,\"memory\":\"1G\",\"high\":\"900M\","
				     "\"groups\":{\"in\":{\"high\":\"1M\"}}"),
			       &v1);

	assert_false(plan_is_skipped(laid.plan));
	assert_non_null(skip_of(laid.plan, "\"high\" of group \"g\""));
	assert_non_null(skip_of(laid.plan, "\"high\" of group \"g/in\""));
	assert_int_equal(laid.plan->groups[1].without, 1u << KNOB_MEMORY_HIGH);
	assert_int_equal(laid.plan->groups[2].without, 1u << KNOB_MEMORY_HIGH);
	laid_free(&laid);
}

static void groups_without_privilege_skip_the_run_unless_optional(void **state)
{
	struct host v2 = machine("debian12-v2"), none = machine("none");
	struct laid laid;

	v2.root_user = false;
	expect_skip(GROUP("\"memory\":\"1G\""), &v2, "group \"g\"", true);
	expect_skip(GROUP("\"memory\":\"1G\""), &none, "group \"g\"", true);
	expect_skip(GROUP("\"optional\":true,\"memory\":\"1G\""), &v2, "group \"g\"", false);
	laid = lay(GROUP("\"optional\":true,\"memory\":\"1G\",\"count\":3"), &v2);
	assert_int_equal(laid.plan->n_groups, 4); /* the groups are planned, without limits */
	assert_int_equal(laid.plan->groups[3].without, 1u << KNOB_MEMORY);
	laid_free(&laid);
}

static void a_folder_of_groups_cannot_be_gone_without(void **state)
{
	static const char body[] =
		"\"groups\":{\"g\":{\"optional\":true}},\"phases\":[{\"name\":\"a\","
		"\"for\":\"1s\",\"run\":[{\"use\":\"alloc\","
		"\"with\":{\"log\":\"{group:outside},{group:g}\"}}]}]";
	struct host v2 = machine("debian12-v2"), none = machine("none");

	expect_no_skip(body, &v2);
	expect_skip(body, &none, "folder of group \"g\"", true);
	expect_skip(body, &none, "folder of group \"outside\"", true);
	v2.root_user = false;
	expect_skip(body, &v2, "folder of group \"g\"", true);
}

static void one_skip_for_all_instances_of_a_group(void **state)
{
	struct host v1 = machine("el7-v1");
	struct laid laid = lay(GROUP("\"count\":50,\"high\":\"1G\""), &v1);

	v1.psi = true;
	assert_int_equal(laid.plan->n_skips, 2); /* and the pressure watcher */
	assert_int_equal(laid.plan->groups[50].without, 1u << KNOB_MEMORY_HIGH);
	laid_free(&laid);
}

static void watchers_that_see_nothing_are_gone_without(void **state)
{
	struct host el7 = machine("el7-v1"), v2 = machine("debian12-v2");

	expect_skip(PHASE, &el7, "watcher pressure", false);
	expect_no_skip("\"watch\":{\"tasks\":{}}," PHASE, &el7);
	v2.root_user = false;
	expect_skip(PHASE, &v2, "stacks of the tasks watcher", false);
}

static void a_bug_that_cannot_be_seen_skips_the_run(void **state)
{
	struct host h = machine("debian12-v2");

	h.kmsg = false;
	expect_skip(PHASE, &h, "watcher kmsg", false);
	expect_skip("\"expect\":{\"reproduce\":[\"stall\",\"oops\"]}," PHASE, &h, "watcher kmsg",
		    false);
	expect_skip("\"expect\":{\"reproduce\":[\"oom-kill\"]}," PHASE, &h, "watcher kmsg", false);
	expect_skip("\"expect\":{\"reproduce\":[\"hung-task\",\"oops\"]}," PHASE, &h,
		    "watcher kmsg", true);
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
		cmocka_unit_test(needs_that_are_met_are_silent),
		cmocka_unit_test(needs_that_are_not_met_skip_the_run),
		cmocka_unit_test(what_hurts_the_machine_runs_in_a_guest_alone),
		cmocka_unit_test(releases_compare_as_numbers),
		cmocka_unit_test(scratch_and_settings_need_root_and_their_files),
		cmocka_unit_test(limits_that_the_host_has_are_silent),
		cmocka_unit_test(limits_that_the_host_lacks_skip_the_run),
		cmocka_unit_test(no_swap_at_all_needs_no_swap_limit),
		cmocka_unit_test(optional_groups_go_without_what_is_lacking),
		cmocka_unit_test(groups_without_privilege_skip_the_run_unless_optional),
		cmocka_unit_test(a_folder_of_groups_cannot_be_gone_without),
		cmocka_unit_test(one_skip_for_all_instances_of_a_group),
		cmocka_unit_test(watchers_that_see_nothing_are_gone_without),
		cmocka_unit_test(a_bug_that_cannot_be_seen_skips_the_run),
		cmocka_unit_test(conditions_that_can_never_hold_are_said),
	};

	return cmocka_run_group_tests(tests, load_catalogue, free_catalogue);
}

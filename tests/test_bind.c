/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Words for groups in arguments, and the folders that they become: on plans and trees made by hand.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "cgroup/bind.h"

#define MEMORY "/sys/fs/cgroup/memory"
#define RUN "/hangar/ID/"

static struct plan_group groups[] = {
	{ "outside", "outside", -1, NULL },
	{ "v.0", "v", -1, NULL },
	{ "v.1", "v", -1, NULL },
	{ "outer", "outer", -1, NULL },
	{ "outer/inner", "outer/inner", 3, NULL },
};

/* One launch with one argument beside the program, bound in one tree. */
static struct world {
	struct plan plan;
	struct plan_launch launch;
	struct cgroup_tree tree;
	struct cgroup_node nodes[ARRAY_SIZE(groups)];
	struct diag diag;
} world;

/* What the tests share with cgroup_node_make(): the place of the processes as the kernel spells it,
 * in the second of two hierarchies. */
static void seat(unsigned int group, const char *controller, const char *base, const char *path)
{
	world.nodes[group].group = &groups[group];
	snprintf(world.nodes[group].expect[0], sizeof(world.nodes[group].expect[0]),
		 "pids:/elsewhere" RUN "%s", path);
	snprintf(world.nodes[group].expect[1], sizeof(world.nodes[group].expect[1]),
		 "%s:%s" RUN "%s", controller, base, path);
}

static void make_tree(unsigned int version, const char *mount, const char *base)
{
	struct hierarchy *h = &world.tree.in_use.list[1];
	const char *controller = version == 1 ? "memory" : "";

	h->version = version;
	snprintf(h->mount, sizeof(h->mount), "%s", mount);
	snprintf(h->base, sizeof(h->base), "%s", base);
	world.tree.in_use.n = 2;
	world.tree.observed = 1;
	world.tree.nodes = world.nodes;
	world.tree.n_nodes = ARRAY_SIZE(groups);
	for (unsigned int i = 0; i < ARRAY_SIZE(groups); i++)
		seat(i, controller, base, groups[i].path);
	if (version == 2)
		seat(3, controller, base, "outer/_own");
}

static void make_plan(const char *arg)
{
	world.launch.argv = calloc(3, sizeof(char *));
	assert_non_null(world.launch.argv);
	world.launch.argv[0] = strdup("/stressors/{group:v}/thp-churn");
	world.launch.argv[1] = strdup(arg);
	world.plan.groups = groups;
	world.plan.n_groups = ARRAY_SIZE(groups);
	world.plan.launches = &world.launch;
	world.plan.n_launches = 1;
}

static int clear(void **state)
{
	for (char **arg = world.launch.argv; arg && *arg; arg++)
		free(*arg);
	free(world.launch.argv);
	memset(&world, 0, sizeof(world));
	return 0;
}

static void expect_bound(const char *arg, const char *becomes)
{
	make_plan(arg);
	if (cgroup_bind(&world.plan, &world.tree, &world.diag))
		fail_msg("%s: %s", arg, world.diag.message);
	assert_string_equal(world.launch.argv[1], becomes);
	assert_string_equal(world.launch.argv[0], "/stressors/{group:v}/thp-churn");
	assert_null(world.launch.argv[2]);
	clear(NULL);
}

static void a_word_becomes_the_folders_of_all_instances(void **state)
{
	static const struct {
		const char *arg, *becomes;
	} cases[] = {
		{ "--move-to={group:v}", "--move-to=" MEMORY RUN "v.0," MEMORY RUN "v.1" },
		{ "{group:outer},{group:outer/inner}",
		  MEMORY RUN "outer," MEMORY RUN "outer/inner" },
		{ "{group:outside}/x", MEMORY RUN "outside/x" },
		{ "--bytes=48M", "--bytes=48M" },
		{ "--dir=/tmp/{group:v.1}/{group:/{scratch}",
		  "--dir=/tmp/{group:v.1}/{group:/{scratch}" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		make_tree(1, MEMORY, "");
		expect_bound(cases[i].arg, cases[i].becomes);
	}
}

static void on_v2_a_group_with_groups_inside_is_entered_by_its_leaf(void **state)
{
	make_tree(2, "/sys/fs/cgroup", "");
	expect_bound("{group:outer},{group:outer/inner}",
		     "/sys/fs/cgroup" RUN "outer/_own,/sys/fs/cgroup" RUN "outer/inner");
}

static void in_a_container_the_folders_are_those_below_the_mount(void **state)
{
	make_tree(1, MEMORY, "/docker/4f1e0c");
	expect_bound("{group:outer}", MEMORY RUN "outer");
}

static void fio_is_left_alone(void **state)
{
	make_tree(1, MEMORY, "");
	make_plan("/jobs/{group:v}.fio");
	world.launch.is_fio = true;
	assert_int_equal(cgroup_bind(&world.plan, &world.tree, &world.diag), 0);
	assert_string_equal(world.launch.argv[1], "/jobs/{group:v}.fio");
}

static void without_a_tree_only_plans_without_words_can_be_bound(void **state)
{
	expect_bound("--bytes=48M", "--bytes=48M");
	make_plan("--move-to={group:v}");
	assert_int_equal(cgroup_bind(&world.plan, &world.tree, &world.diag), -ENODEV);
	assert_non_null(strstr(world.diag.message, "v.0"));
	assert_string_equal(world.launch.argv[1], "--move-to={group:v}");
}

static void folders_with_a_comma_cannot_be_listed(void **state)
{
	make_tree(1, "/sys/fs/cgroup/memory,hugetlb", "");
	make_plan("--move-to={group:v}");
	assert_int_equal(cgroup_bind(&world.plan, &world.tree, &world.diag), -EINVAL);
	assert_non_null(strstr(world.diag.message, "memory,hugetlb" RUN "v.0"));
}

static void what_no_argument_can_hold_is_refused(void **state)
{
	_cleanup_free_ char *arg = calloc(1, 300 * strlen("{group:v}") + 1);

	assert_non_null(arg);
	for (int i = 0; i < 300; i++)
		strcat(arg, "{group:v}");
	make_tree(1, MEMORY, "");
	memset(world.nodes[1].expect[1] + strlen(world.nodes[1].expect[1]), 'n', 400);
	make_plan(arg);
	assert_int_equal(cgroup_bind(&world.plan, &world.tree, &world.diag), -E2BIG);
	assert_non_null(strstr(world.diag.message, "{group:v}"));
	assert_string_equal(world.launch.argv[1], arg);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_teardown(a_word_becomes_the_folders_of_all_instances, clear),
		cmocka_unit_test_teardown(on_v2_a_group_with_groups_inside_is_entered_by_its_leaf,
					  clear),
		cmocka_unit_test_teardown(in_a_container_the_folders_are_those_below_the_mount,
					  clear),
		cmocka_unit_test_teardown(fio_is_left_alone, clear),
		cmocka_unit_test_teardown(without_a_tree_only_plans_without_words_can_be_bound,
					  clear),
		cmocka_unit_test_teardown(folders_with_a_comma_cannot_be_listed, clear),
		cmocka_unit_test_teardown(what_no_argument_can_hold_is_refused, clear),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

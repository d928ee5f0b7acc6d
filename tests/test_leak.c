/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/textfile.h"
#include "watch/leak_judge.h"
#include "watch_world.h"

#define SECOND 1000000ull
#define MIB (1ull << 20)

/* as 6.1 prints it, shortened */
static const char v2_stat[] = "anon 8192\nfile 4194304\nkernel 2097152\nkernel_stack 65536\n"
			      "pagetables 131072\npercpu 1024\nsock 4096\nvmalloc 0\nshmem 0\n"
			      "file_mapped 8192\nanon_thp 0\nslab 1900000\npgfault 5\n";
static const char v2_stat_5_10[] = "anon 1048576\nfile 4194304\nkernel_stack 65536\nslab 190\n";
static const char v1_stat[] = "cache 1\nrss 2\nrss_huge 0\nswap 0\ntotal_cache 4194304\n"
			      "total_rss 4096\ntotal_rss_huge 0\ntotal_swap 77\n";

static void owners_of_version_2_are_users_files_and_the_kernel(void **state)
{
	struct leak_owners o;

	leak_owners_parse(v2_stat, &o);
	assert_true(o.complete);
	assert_int_equal(o.anon, 8192);
	assert_int_equal(o.file, 4194304);
	assert_int_equal(o.kernel, 2097152 + 4096);
	assert_int_equal(leak_excess(16 * MIB, &o), 10 * MIB - 8192 - 4096);
}

static void nothing_is_concluded_where_the_kernels_part_is_unknown(void **state)
{
	struct leak_owners o;

	leak_owners_parse(v2_stat_5_10, &o);
	assert_false(o.complete);
	assert_int_equal(leak_excess(100 * MIB, &o), 0);
	leak_owners_parse("", &o);
	assert_int_equal(leak_excess(100 * MIB, &o), 0);
}

static void owners_of_version_1_take_the_totals_and_a_file_of_their_own(void **state)
{
	struct leak_owners o;

	leak_owners_parse(v1_stat, &o);
	assert_int_equal(leak_excess(100 * MIB, &o), 0);
	leak_owners_v1(&o, 3 * MIB);
	assert_int_equal(leak_excess(16 * MIB, &o), 9 * MIB - 4096);
}

static void more_owned_than_charged_is_no_leak(void **state)
{
	struct leak_owners o = { .anon = 5 * MIB, .complete = true };

	assert_int_equal(leak_excess(4 * MIB, &o), 0);
}

static void where_memory_is_mapped_somebody_lives(void **state)
{
	/* as seen with processes that a stressor outside had put into the group */
	struct leak_owners o = { .anon = 30 * MIB, .kernel = MIB / 2, .complete = true };

	assert_int_equal(leak_excess(37 * MIB, &o), 0);
	o.anon = 0;
	assert_int_equal(leak_excess(7 * MIB, &o), 6 * MIB + MIB / 2);
}

static void swap_in_use_is_total_less_free(void **state)
{
	assert_int_equal(leak_swap_used("MemTotal: 1 kB\nSwapCached:        9 kB\n"
					"SwapTotal:      1024 kB\nSwapFree:        1000 kB\n"),
			 24 * 1024);
	assert_int_equal(leak_swap_used("SwapTotal: 0 kB\nSwapFree: 0 kB\n"), 0);
	assert_true(leak_swap_used("MemTotal: 1 kB\n") == UINT64_MAX);
	assert_true(leak_swap_used("SwapTotal: 1 kB\nSwapFree: 2 kB\n") == UINT64_MAX);
}

static void an_excess_that_lasts_is_told_once_with_its_least(void **state)
{
	struct leak_run r = { 0 };

	assert_false(leak_step(&r, 20 * MIB, 8 * MIB, 3 * SECOND, 10 * SECOND));
	assert_false(leak_step(&r, 12 * MIB, 8 * MIB, 3 * SECOND, 11 * SECOND));
	assert_true(leak_step(&r, 30 * MIB, 8 * MIB, 3 * SECOND, 13 * SECOND));
	assert_int_equal(r.least, 12 * MIB);
	assert_int_equal(r.since_us, 10 * SECOND);
	assert_false(leak_step(&r, 30 * MIB, 8 * MIB, 3 * SECOND, 20 * SECOND));
}

static void an_excess_that_goes_away_between_two_looks_starts_anew(void **state)
{
	struct leak_run r = { 0 };

	assert_false(leak_step(&r, 20 * MIB, 8 * MIB, 3 * SECOND, 10 * SECOND));
	assert_false(leak_step(&r, 1 * MIB, 8 * MIB, 3 * SECOND, 12 * SECOND));
	assert_false(leak_step(&r, 20 * MIB, 8 * MIB, 3 * SECOND, 14 * SECOND));
	assert_true(leak_step(&r, 20 * MIB, 8 * MIB, 3 * SECOND, 17 * SECOND));
}

/* A group made of files: what the watcher reads of a v2 group. */
struct group_files {
	struct world w;
	struct cgroup_tree tree;
	struct cgroup_node nodes[2];
	struct watcher *watcher;
	char folder[64];
};

static void put(struct group_files *g, const char *name, const char *text)
{
	char path[128];
	FILE *f;

	snprintf(path, sizeof(path), "%s/%s", g->folder, name);
	f = fopen(path, "w");
	assert_non_null(f);
	fputs(text, f);
	fclose(f);
}

static int file(struct group_files *g, const char *name)
{
	char path[128];

	snprintf(path, sizeof(path), "%s/%s", g->folder, name);
	return open(path, O_RDONLY | O_CLOEXEC);
}

static int set_up(void **state)
{
	struct group_files *g = calloc(1, sizeof(*g));
	struct diag why = { 0 };

	assert_non_null(g);
	snprintf(g->folder, sizeof(g->folder), "/tmp/test_leak.XXXXXX");
	assert_non_null(mkdtemp(g->folder));
	put(g, "memory.current", "31457280\n");
	put(g, "memory.stat", v2_stat);
	put(g, "memory.swap.current", "0\n");
	world_init(&g->w, "");
	g->w.plan.groups = g->w.groups;
	g->w.scenario.watch.leak_over_bytes = 8 * MIB;
	g->w.scenario.watch.leak_for_us = 5 * SECOND;
	for (int i = 0; i < 2; i++) {
		g->nodes[i].group = &g->w.groups[i];
		g->nodes[i].memory_at = -1;
		g->nodes[i].usage_fd = g->nodes[i].stat_fd = -1;
	}
	g->nodes[1].memory_at = 0;
	g->nodes[1].n_dirs = 1;
	snprintf(g->nodes[1].dir[0], sizeof(g->nodes[1].dir[0]), "%s", g->folder);
	g->nodes[1].usage_fd = file(g, "memory.current");
	g->nodes[1].stat_fd = file(g, "memory.stat");
	g->tree = (struct cgroup_tree){ .mode = CGROUP_V2, .nodes = g->nodes, .n_nodes = 2 };
	g->w.ctx.tree = &g->tree;
	assert_int_equal(watch_leak.open(&g->w.ctx, &g->watcher, &why), 0);
	*state = g;
	return 0;
}

static int tear_down(void **state)
{
	static const char *const names[] = { "memory.current", "memory.stat",
					     "memory.swap.current" };
	struct group_files *g = *state;
	char path[128];

	watch_leak.close(g->watcher);
	close(g->nodes[1].usage_fd);
	close(g->nodes[1].stat_fd);
	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++) {
		snprintf(path, sizeof(path), "%s/%s", g->folder, names[i]);
		unlink(path);
	}
	rmdir(g->folder);
	world_clear(&g->w);
	free(g);
	return 0;
}

static void look(struct group_files *g, unsigned int from_s, unsigned int to_s)
{
	for (unsigned int s = from_s; s <= to_s; s++)
		watch_leak.tick(g->watcher, s * SECOND);
}

static void a_charge_of_nobody_in_an_empty_group_is_a_leak(void **state)
{
	struct group_files *g = *state;

	look(g, 100, 110);
	assert_int_equal(g->w.count, 1);
	assert_int_equal(g->w.told[0].kind, FINDING_MEMORY_LEAK);
	assert_string_equal(g->w.told[0].group, "victims.0");
	assert_non_null(strstr(g->w.told[0].text, "24.0 MiB are charged and nobody's"));
}

static void a_group_in_which_a_stressor_lives_is_left_alone(void **state)
{
	struct group_files *g = *state;

	g->w.copies[1].state = COPY_ALIVE;
	look(g, 100, 130);
	assert_int_equal(g->w.count, 0);
	g->w.copies[1].state = COPY_ENDED;
	look(g, 131, 135);
	assert_int_equal(g->w.count, 0);
	look(g, 136, 140);
	assert_int_equal(g->w.count, 1);
}

static void files_and_the_kernels_own_are_no_leak(void **state)
{
	struct group_files *g = *state;

	put(g, "memory.stat", "anon 0\nfile 20971520\nkernel 9437184\n");
	look(g, 100, 130);
	assert_int_equal(g->w.count, 0);
}

static void swap_that_nobody_uses_is_a_leak_whoever_lives(void **state)
{
	struct group_files *g = *state;

	/* 4 TiB: more than the machine of the test uses */
	put(g, "memory.swap.current", "4398046511104\n");
	g->w.copies[0].state = g->w.copies[1].state = COPY_ALIVE;
	look(g, 100, 110);
	assert_int_equal(g->w.count, 1);
	assert_string_equal(g->w.told[0].signature, "leak|swap");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(owners_of_version_2_are_users_files_and_the_kernel),
		cmocka_unit_test(nothing_is_concluded_where_the_kernels_part_is_unknown),
		cmocka_unit_test(owners_of_version_1_take_the_totals_and_a_file_of_their_own),
		cmocka_unit_test(more_owned_than_charged_is_no_leak),
		cmocka_unit_test(where_memory_is_mapped_somebody_lives),
		cmocka_unit_test(swap_in_use_is_total_less_free),
		cmocka_unit_test(an_excess_that_lasts_is_told_once_with_its_least),
		cmocka_unit_test(an_excess_that_goes_away_between_two_looks_starts_anew),
		cmocka_unit_test_setup_teardown(a_charge_of_nobody_in_an_empty_group_is_a_leak,
						set_up, tear_down),
		cmocka_unit_test_setup_teardown(a_group_in_which_a_stressor_lives_is_left_alone,
						set_up, tear_down),
		cmocka_unit_test_setup_teardown(files_and_the_kernels_own_are_no_leak, set_up,
						tear_down),
		cmocka_unit_test_setup_teardown(swap_that_nobody_uses_is_a_leak_whoever_lives,
						set_up, tear_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

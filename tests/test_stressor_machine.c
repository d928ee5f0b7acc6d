/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What stressors read from and write to the machine, on a machine made of files. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/paths.h"
#include "base/textfile.h"
#include "stressors/memcg.h"
#include "stressors/room.h"
#include "stressors/sieve.h"
#include "stressors/swapdev.h"

static char root[256];

static int make_root(void **state)
{
	strcpy(root, "/tmp/hangar-machine-XXXXXX");
	return mkdtemp(root) ? 0 : -1;
}

static int remove_root(void **state)
{
	char command[512];

	snprintf(command, sizeof(command), "rm -r '%s'", root);
	return system(command);
}

/* A file of the machine with @text in it, and the folders that it lies in. */
static void put(const char *name, const char *text)
{
	char path[512];
	FILE *f;

	assert_int_equal(path_format(path, sizeof(path), "%s/%s", root, name), 0);
	*strrchr(path, '/') = '\0';
	path_make(path);
	path[strlen(path)] = '/';
	f = fopen(path, "w");
	assert_non_null(f);
	fputs(text, f);
	fclose(f);
}

static void assert_holds(const char *name, const char *text)
{
	char path[512], got[256];

	snprintf(path, sizeof(path), "%s/%s", root, name);
	assert_true(textfile_read_at(AT_FDCWD, path, got, sizeof(got)) >= 0);
	assert_string_equal(got, text);
}

static void free_blocks_are_counted_in_the_size_that_is_asked_for(void **state)
{
	uint64_t n;

	put("proc/buddyinfo", "Node 0, zone      DMA      1      1      1      0      2      1     "
			      " 1      0      1      "
			      "1      3\n"
			      "Node 0, zone    DMA32   4013   3949   3883   3851     10      1     "
			      " 2      0      0      "
			      "0      0\n");
	assert_int_equal(room_blocks(root, 10, &n), 0);
	assert_int_equal(n, 3);
	assert_int_equal(room_blocks(root, 5, &n), 0);
	assert_int_equal(n, 1 + 2 + 8 + 16 + 96 + 1 + 4);
	assert_int_equal(room_blocks("/no/such/root", 5, &n), -ENOENT);
	assert_int_equal(room_order(131072), 5);
	assert_int_equal(room_order(1), 0);
}

static void memory_is_what_the_kernel_calls_available_or_nearly(void **state)
{
	uint64_t bytes;

	put("proc/meminfo", "MemTotal:  1000 kB\nMemFree:    300 kB\nMemAvailable:   500 kB\n");
	assert_int_equal(room_available(root, &bytes), 0);
	assert_int_equal(bytes, 500 * 1024);
	assert_int_equal(room_free(root, &bytes), 0);
	assert_int_equal(bytes, 300 * 1024);
	put("proc/meminfo",
	    "MemTotal:  1000 kB\nMemFree:    300 kB\nCached:   100 kB\n"); /* 3.10 */
	assert_int_equal(room_available(root, &bytes), 0);
	assert_int_equal(bytes, 350 * 1024);
	put("proc/meminfo", "nothing\n");
	assert_int_equal(room_available(root, &bytes), -EINVAL);
}

static void a_sieve_keeps_one_page_of_so_many(void **state)
{
	for (uint64_t pages = SIEVE_ANON; pages <= SIEVE_PIPE; pages++) {
		struct stressor_run run = { 0 };
		struct sieve s;

		if (pages == SIEVE_LOCKED)
			continue; /* RLIMIT_MEMLOCK is its own matter */
		assert_int_equal(sieve_init(&s, pages, 256 << 10, 128 << 10, 16), 0);
		while (!sieve_full(&s)) {
			assert_int_equal(sieve_fill(&s, &run), 0);
			assert_int_equal(s.pages_filled, 32);
		}
		assert_int_equal(s.filled, 2);
		while (!sieve_thinned(&s)) {
			assert_int_equal(sieve_thin(&s), 0);
			assert_int_equal(s.pages_kept, 2);
		}
		sieve_release(&s);
		assert_false(sieve_full(&s)); /* and again */
		assert_int_equal(sieve_fill(&s, &run), 0);
		sieve_clear(&s);
	}
}

static void swap_space_begins_as_the_kernel_wants_it(void **state)
{
	char page[4096];
	uint32_t word;

	swapdev_header(page, sizeof(page), 256);
	assert_memory_equal(page + 4096 - 10, "SWAPSPACE2", 10);
	memcpy(&word, page + 1024, 4);
	assert_int_equal(word, 1); /* version */
	memcpy(&word, page + 1028, 4);
	assert_int_equal(word, 255); /* the last page */
}

static void a_machine_without_zram_is_told_so(void **state)
{
	struct swapdev s = SWAPDEV_NONE;

	assert_int_equal(swapdev_zram(&s, "/no/such/root", 1 << 20), -EOPNOTSUPP);
	assert_int_equal(s.zram, -1);
}

static void zram_of_an_old_kernel_is_the_first_without_a_size(void **state)
{
	struct swapdev s = SWAPDEV_NONE;
	char path[512];

	put("sys/block/zram0/disksize", "4096\n");
	put("sys/block/zram1/disksize", "0\n");
	put("dev/zram1", "");
	assert_int_equal(swapdev_zram(&s, root, 1 << 20), 0);
	assert_int_equal(s.zram, 1);
	assert_false(s.made);
	assert_holds("sys/block/zram1/disksize", "1048576");
	assert_int_equal(path_format(path, sizeof(path), "%s/dev/zram1", root), 0);
	assert_string_equal(s.path, path);
}

static void a_squeezed_group_gets_its_old_limit_back(void **state)
{
	struct memcg g;
	char path[512];

	put("v2/memory.current", "1000000\n");
	put("v2/memory.high", "max\n");
	put("v2/memory.max", "max\n");
	put("v2/cgroup.procs", "");
	snprintf(path, sizeof(path), "%s/v2", root);
	assert_int_equal(memcg_open(&g, AT_FDCWD, path), 0);
	assert_true(g.v2);
	assert_int_equal(memcg_squeeze(&g, 4096), 0);
	assert_holds("v2/memory.high", "max\n");
	assert_int_equal(memcg_limit(&g, 4096), 0);
	assert_holds("v2/memory.max", "4096");
	assert_int_equal(memcg_reclaim(&g, 4096), -ENOENT); /* before Linux 5.19 */
	memcg_close(&g);
}

static void groups_of_v1_have_their_own_names(void **state)
{
	struct memcg g;
	char path[512];

	put("v1/memory.limit_in_bytes", "8192000\n");
	put("v1/memory.force_empty", "");
	put("v1/cgroup.procs", "");
	snprintf(path, sizeof(path), "%s/v1", root);
	assert_int_equal(memcg_open(&g, AT_FDCWD, path), 0);
	assert_false(g.v2);
	assert_int_equal(memcg_reclaim(&g, 4096), 0);
	assert_holds("v1/memory.force_empty", "0");
	memcg_close(&g);
	put("none/cgroup.procs", "");
	snprintf(path, sizeof(path), "%s/none", root);
	assert_int_equal(memcg_open(&g, AT_FDCWD, path), -EOPNOTSUPP);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(free_blocks_are_counted_in_the_size_that_is_asked_for),
		cmocka_unit_test(memory_is_what_the_kernel_calls_available_or_nearly),
		cmocka_unit_test(a_sieve_keeps_one_page_of_so_many),
		cmocka_unit_test(swap_space_begins_as_the_kernel_wants_it),
		cmocka_unit_test(a_machine_without_zram_is_told_so),
		cmocka_unit_test(zram_of_an_old_kernel_is_the_first_without_a_size),
		cmocka_unit_test(a_squeezed_group_gets_its_old_limit_back),
		cmocka_unit_test(groups_of_v1_have_their_own_names),
	};

	return cmocka_run_group_tests(tests, make_root, remove_root);
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Planted bugs and their hit counters, on a fake debugfs. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/paths.h"
#include "base/textfile.h"
#include "folder.h"
#include "journal.h"
#include "run/plants.h"
#include "tmpdir.h"

static const char *root;
static struct plants plants;

/* The held file stays the same one. */
static void put(const char *name, const char *text)
{
	char file[256];

	snprintf(file, sizeof(file), "sys/kernel/debug/plant/%s", name);
	folder_put(root, file, text);
}

/* The journal's lines from the first "plant" on; how many there are. */
static unsigned int told(char *buf, size_t size)
{
	char path[128];
	unsigned int n = 0;

	snprintf(path, sizeof(path), "%s/journal.jsonl", root);
	assert_true(textfile_read_at(AT_FDCWD, path, buf, size) >= 0);
	for (const char *at = buf; (at = strstr(at, "\"event\":\"plant\"")); at++)
		n++;
	return n;
}

static int setup(void **state)
{
	int err = tmpdir_make(state);

	root = *state;
	return err;
}

static int teardown(void **state)
{
	return tmpdir_remove(state);
}

static void a_kernel_without_plants_tells_nothing(void **state)
{
	struct journal *j = folder_journal(root);
	char buf[4096];

	plants_open(&plants, root, j);
	plants_tick(&plants, now_us(), true);
	plants_close(&plants);
	journal_close(j);
	assert_int_equal(told(buf, sizeof(buf)), 0);
}

static void hits_are_counted_from_the_begin_of_the_run(void **state)
{
	struct journal *j;
	char buf[8192];

	put("enabled", "ext4-oom,thp-deferred:100\n");
	put("hits", "ext4-oom 7\nthp-deferred 0\norder5-nofs 3\n");
	j = folder_journal(root);
	plants_open(&plants, root, j);
	put("hits", "ext4-oom 19\nthp-deferred 0\norder5-nofs 3\n");
	plants_close(&plants);
	journal_close(j);
	assert_int_equal(told(buf, sizeof(buf)), 4);
	assert_non_null(strstr(buf, "\"name\":\"ext4-oom\",\"hits\":0,\"when\":\"before\","
				    "\"hits_before\":7"));
	assert_non_null(strstr(buf, "\"name\":\"ext4-oom\",\"hits\":12,\"when\":\"after\""));
	assert_non_null(strstr(buf, "\"name\":\"thp-deferred\",\"hits\":0,\"when\":\"after\""));
	assert_null(strstr(buf, "order5")); /* neither on nor hit */
}

static void a_plant_that_is_hit_is_told_while_the_machine_lives(void **state)
{
	struct journal *j;
	char buf[8192];

	put("enabled", "ext4-oom\n");
	put("hits", "ext4-oom 0\n");
	j = folder_journal(root);
	plants_open(&plants, root, j);
	plants_tick(&plants, 10000000, false);
	put("hits", "ext4-oom 5\n");
	plants_tick(&plants, 11000000, false); /* too soon */
	plants_tick(&plants, 11000000, true);
	plants_tick(&plants, 20000000, false); /* told already */
	put("hits", "ext4-oom 6\n");
	plants_tick(&plants, 30000000, false);
	journal_close(j);
	assert_int_equal(told(buf, sizeof(buf)), 3);
	assert_non_null(strstr(buf, "\"hits\":5,\"when\":\"during\""));
	assert_non_null(strstr(buf, "\"hits\":6,\"when\":\"during\""));
	plants.journal = NULL;
	close(plants.enabled_fd);
	close(plants.hits_fd);
}

static void odd_files_overrun_nothing(void **state)
{
	static const char *const odd[] = {
		"",
		"\n\n",
		"name",
		"name\n",
		",,,:5,",
		"a 1\na 1\na",
		"averyveryveryveryveryveryveryveryveryverylongnameindeed 5\n"
	};
	static char many[8192];
	size_t at = 0;

	for (unsigned int i = 0; i < 200; i++)
		at += (size_t)sprintf(many + at, "plant-%u %u\n", i, i);
	for (unsigned int i = 0; i <= 7; i++) {
		struct journal *j;
		char path[128];

		put("enabled", i < 7 ? odd[i] : many);
		put("hits", i < 7 ? odd[i] : many);
		j = folder_journal(root);
		plants_open(&plants, root, j);
		assert_true(plants.count <= PLANTS_MAX);
		plants_close(&plants);
		journal_close(j);
		snprintf(path, sizeof(path), "%s/journal.jsonl", root);
		unlink(path);
	}
	assert_int_equal(plants.count, PLANTS_MAX); /* the last had more */
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(a_kernel_without_plants_tells_nothing, setup,
						teardown),
		cmocka_unit_test_setup_teardown(hits_are_counted_from_the_begin_of_the_run, setup,
						teardown),
		cmocka_unit_test_setup_teardown(a_plant_that_is_hit_is_told_while_the_machine_lives,
						setup, teardown),
		cmocka_unit_test_setup_teardown(odd_files_overrun_nothing, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

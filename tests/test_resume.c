/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Going on with a run after a crash: which one, with what, and how often. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/paths.h"
#include "run/resume.h"
#include "scenario/scenario.h"
#include "tmpdir.h"

#define BEGUN "{\"seq\":1,\"t\":0.0,\"event\":\"run-begin\",\"epoch_us\":1000000}\n"
#define ROUNDS                                                                                     \
	"{\"seq\":2,\"t\":1.0,\"event\":\"phase-begin\",\"phase\":\"p\",\"round\":0}\n"            \
	"{\"seq\":3,\"t\":20.0,\"event\":\"phase-begin\",\"phase\":\"p\",\"round\":2}\n{\"seq\":"  \
	"4,"
#define ENDED                                                                                      \
	"{\"seq\":2,\"t\":1.0,\"event\":\"verdict\",\"verdict\":\"SURVIVED\",\"reason\":\"x\"}\n"

static int make_home(void **state)
{
	return tmpdir_make(state) || setenv("HANGAR_STATE_HOME", *state, 1);
}

static int remove_home(void **state)
{
	unsetenv("HANGAR_STATE_HOME");
	return tmpdir_remove(state);
}

static void put(const char *dir, const char *name, const char *text)
{
	char path[4500];
	FILE *f;

	snprintf(path, sizeof(path), "%s/%s", dir, name);
	f = fopen(path, "w");
	assert_non_null(f);
	fputs(text, f);
	fclose(f);
}

/* A run directory NAME in the state home; @more: members of its manifest. Returns its path. */
static const char *make_run(void **state, const char *name, const char *journal, const char *more)
{
	static char dirs[4][4200];
	static unsigned int next;
	char *dir = dirs[next++ % 4], manifest[8000];

	snprintf(dir, sizeof(dirs[0]), "%s/runs/%s", (char *)*state, name);
	assert_int_equal(path_make(dir), 0);
	snprintf(manifest, sizeof(manifest),
		 "{\"layout\":1,\"id\":\"%s\",\"seed\":\"18446744073709551600\",\"repeat\":10%s%s}",
		 name, more[0] ? "," : "", more);
	put(dir, "manifest.json", manifest);
	put(dir, "scenario.json", "{}");
	put(dir, "journal.jsonl", journal);
	return dir;
}

#define ARGV                                                                                       \
	"\"argv\":[\"run\",\"--any-fault\",\"-o\",\"/"                                             \
	"taken\",\"--seed\",\"1\",\"-r\",\"10\",\"x.json\"]"

static void what_is_left_is_gone_on_with(void **state)
{
	const char *dir = make_run(state, "a", BEGUN ROUNDS, ARGV ",\"for_us\":60000000");
	char *argv[] = { strdup("run"), strdup("--resume"), strdup("--json"), NULL };
	struct run_options o;
	struct resume r;
	struct diag d = { 0 };

	assert_int_equal(resume_find(NULL, &r, &d), 0);
	assert_string_equal(r.path, dir);
	assert_string_equal(r.root, dir);
	assert_int_equal(r.for_us, 40000000);
	assert_int_equal(r.repeat, 8);
	assert_int_equal(resume_options(&r, 3, argv, &o), 0);
	assert_true(o.any_fault);
	assert_true(o.json);
	assert_null(o.out);
	assert_int_equal(o.seed, 18446744073709551600u);
	assert_int_equal(o.repeat, 8);
	assert_int_equal(o.for_us, 40000000);
	assert_string_equal(o.scenario, r.scenario);
	assert_non_null(strstr(r.scenario, "/runs/a/scenario.json"));
	resume_clear(&r);
	for (int i = 0; i < 3; i++)
		free(argv[i]);
}

static void a_run_without_limits_has_none_afterwards(void **state)
{
	struct resume r;
	struct diag d = { 0 };

	make_run(state, "a", BEGUN, ARGV);
	assert_int_equal(resume_find(NULL, &r, &d), 0);
	assert_int_equal(r.for_us, UNSET);
	assert_int_equal(r.repeat, 10);
	resume_clear(&r);
}

static void only_a_run_that_waits_is_taken(void **state)
{
	struct resume r;
	struct diag d = { 0 };
	const char *dir = make_run(state, "ended", BEGUN ENDED, ARGV);
	char link[4400];

	assert_int_equal(resume_find(NULL, &r, &d), -ENOENT);
	assert_int_equal(resume_find(dir, &r, &d), -EALREADY);
	dir = make_run(state, "observed", BEGUN, "\"argv\":[\"observe\"]");
	assert_int_equal(resume_find(dir, &r, &d), -EINVAL);
	dir = make_run(state, "guest", BEGUN, ARGV);
	put(dir, "outside.jsonl", "{\"seq\":1,\"event\":\"outside-begin\",\"what\":\"vm\"}\n");
	assert_int_equal(resume_find(dir, &r, &d), -EINVAL);
	dir = make_run(state, "resumed", BEGUN, ARGV);
	snprintf(link, sizeof(link), "%s/" RESUME_NEXT, dir);
	assert_int_equal(symlink("/next", link), 0);
	assert_int_equal(resume_find(dir, &r, &d), -EALREADY);
	assert_int_equal(resume_find(NULL, &r, &d), -ENOENT);
	dir = make_run(state, "up", BEGUN ROUNDS, ARGV ",\"for_us\":20500000");
	assert_int_equal(resume_find(dir, &r, &d), -ETIME);
}

/* What `hangar collect` has completed still waits: its journal has no verdict of its own. */
static void a_collected_run_still_waits(void **state)
{
	struct resume r;
	struct diag d = { 0 };
	const char *dir = make_run(state, "a", BEGUN, ARGV);

	put(dir, "outside.jsonl",
	    "{\"seq\":1,\"event\":\"outside-begin\",\"what\":\"collect\"}\n"
	    "{\"seq\":2,\"event\":\"verdict\",\"verdict\":\"OTHER_FAULT\",\"reason\":\"x\"}\n");
	assert_int_equal(resume_find(NULL, &r, &d), 0);
	resume_clear(&r);
}

static void of_two_runs_that_wait_one_must_be_named(void **state)
{
	struct resume r;
	struct diag d = { 0 };
	const char *dir = make_run(state, "a", BEGUN, ARGV);

	make_run(state, "b", BEGUN, ARGV);
	assert_int_equal(resume_find(NULL, &r, &d), -EEXIST);
	assert_non_null(strstr(d.message, "/runs/a"));
	assert_non_null(strstr(d.message, "/runs/b"));
	assert_int_equal(resume_find(dir, &r, &d), 0);
	resume_clear(&r);
}

static void attempts_are_counted_in_the_first_run(void **state)
{
	struct resume r;
	struct diag d = { 0 };
	char more[5000];
	const char *first = make_run(state, "first", BEGUN, ARGV), *second;

	assert_int_equal(resume_find(first, &r, &d), 0);
	assert_int_equal(resume_count(&r, 2, &d), 0);
	assert_int_equal(r.attempt, 1);
	second = make_run(state, "second", BEGUN, "");
	resume_link(&r, second);
	resume_clear(&r);
	snprintf(more, sizeof(more),
		 "\"argv\":[\"run\",\"--resume\"],\"resumes\":{\"root\":\"%s\"," ARGV "}", first);
	second = make_run(state, "third", BEGUN, more);
	assert_int_equal(resume_find(NULL, &r, &d), 0);
	assert_string_equal(r.path, second);
	assert_string_equal(r.root, first);
	assert_string_equal(r.argv[1], "--any-fault");
	assert_int_equal(resume_count(&r, 2, &d), 0);
	assert_int_equal(r.attempt, 2);
	assert_int_equal(resume_count(&r, 2, &d), -EDQUOT);
	assert_int_equal(resume_count(&r, 3, &d), 0);
	resume_clear(&r);
}

#define FACT(f) cmocka_unit_test_setup_teardown(f, make_home, remove_home)

int main(void)
{
	const struct CMUnitTest tests[] = {
		FACT(what_is_left_is_gone_on_with),
		FACT(a_run_without_limits_has_none_afterwards),
		FACT(only_a_run_that_waits_is_taken),
		FACT(a_collected_run_still_waits),
		FACT(of_two_runs_that_wait_one_must_be_named),
		FACT(attempts_are_counted_in_the_first_run),
	};

	return cmocka_run_group_tests_name("resume", tests, NULL, NULL);
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which scenarios are canaries, and what one run of them came to. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "canary/canary.h"
#include "tmpdir.h"

#define SCENARIO(plant)                                                                            \
	"{ \"name\": \"x\", \"about\": \"A scenario of a test.\"," plant                           \
	" \"phases\": [ { \"name\": \"a\", \"for\": \"1s\" } ] }"

static void put(const char *dir, const char *name, const char *text)
{
	char path[4200];
	FILE *f;

	snprintf(path, sizeof(path), "%s/%s", dir, name);
	f = fopen(path, "we");
	assert_non_null(f);
	assert_true(fputs(text, f) >= 0);
	assert_int_equal(fclose(f), 0);
}

static int begin(void **state)
{
	if (tmpdir_make(state))
		return -1;
	put(*state, "plain.json", SCENARIO(""));
	put(*state, "one.json", SCENARIO("\"vm\": { \"plant\": \"bug-a\" },"));
	put(*state, "two.json", SCENARIO("\"vm\": { \"plant\": \"bug-a:7\" },"));
	put(*state, "three.json", SCENARIO("\"vm\": { \"plant\": \"bug-b\" },"));
	put(*state, "broken.json", "{");
	return 0;
}

static void load(const char *dir, char *const *names, struct flock *f, int want)
{
	struct diag d = { 0 };

	assert_int_equal(flock_load(f, dir, names, &d), want);
	assert_true(!want == !d.message[0]);
}

static void scenarios_that_name_a_plant_are_canaries(void **state)
{
	static struct flock f;

	load(*state, NULL, &f, 0);
	assert_int_equal(f.count, 3);
	assert_string_equal(f.list[0].name, "one");
	assert_string_equal(f.list[0].plant, "bug-a");
	assert_string_equal(f.list[1].name, "three");
	assert_string_equal(f.list[2].plant, "bug-a:7");
}

static void a_plant_stands_for_all_of_its_scenarios(void **state)
{
	char *const plant[] = { (char *)(uintptr_t) "bug-a", NULL };
	char *const scenario[] = { (char *)(uintptr_t) "two", NULL };
	static struct flock f;

	load(*state, plant, &f, 0);
	assert_int_equal(f.count, 2);
	assert_string_equal(f.list[0].name, "one");
	assert_string_equal(f.list[1].name, "two");
	load(*state, scenario, &f, 0);
	assert_int_equal(f.count, 1);
	assert_string_equal(f.list[0].name, "two");
}

static void a_name_that_no_canary_has_is_refused_with_those_that_there_are(void **state)
{
	char *const names[] = { (char *)(uintptr_t) "one", (char *)(uintptr_t) "bug", NULL };
	struct diag d = { 0 };
	static struct flock f;

	assert_int_equal(flock_load(&f, *state, names, &d), -ENOENT);
	assert_non_null(strstr(d.message, "bug"));
	assert_non_null(strstr(d.message, "one, three, two"));
}

static void a_folder_without_canaries_is_an_error(void **state)
{
	char path[4200];
	static struct flock f;

	snprintf(path, sizeof(path), "%s/one.json", (char *)*state);
	unlink(path);
	snprintf(path, sizeof(path), "%s/two.json", (char *)*state);
	unlink(path);
	snprintf(path, sizeof(path), "%s/three.json", (char *)*state);
	unlink(path);
	load(*state, NULL, &f, -ENOENT);
	load("/nowhere/at/all", NULL, &f, -ENOENT);
}

#define JOURNAL                                                                                    \
	"{\"seq\":1,\"t\":0.0,\"event\":\"run-begin\",\"epoch_us\":1000000}\n"                     \
	"{\"seq\":2,\"t\":9.0,\"event\":\"finding\",\"id\":1,\"kind\":\"oom-kill\",\"judged\":"    \
	"\"allowed\",\"watcher\":\"oom\",\"noticed_us\":10000000}\n"                               \
	"{\"seq\":3,\"t\":12.0,\"event\":\"finding\",\"id\":2,\"kind\":\"stuck-task\","            \
	"\"judged\":\"allowed\",\"watcher\":\"tasks\",\"noticed_us\":13000000}\n"                  \
	"{\"seq\":4,\"t\":14.0,\"event\":\"finding\",\"id\":3,\"kind\":\"stall\","                 \
	"\"judged\":\"expected\",\"watcher\":\"progress\",\"noticed_us\":15000000}\n"              \
	"{\"seq\":5,\"t\":20.0,\"event\":\"finding\",\"id\":4,\"kind\":\"hung-task\","             \
	"\"judged\":\"expected\",\"watcher\":\"kmsg\",\"noticed_us\":21000000}\n"                  \
	"{\"seq\":6,\"t\":20.5,\"event\":\"plant\",\"name\":\"bug-a\",\"hits\":42}\n"              \
	"{\"seq\":7,\"t\":21.0,\"event\":\"verdict\",\"verdict\":\"REPRODUCED\",\"reason\":\"r\"}" \
	"\n"

static void a_sighting_tells_who_saw_what_when(void **state)
{
	struct vm_outcome outcome = { .verdict = VERDICT_REPRODUCED };
	struct sighting s;

	snprintf(outcome.dir, sizeof(outcome.dir), "%s", (char *)*state);
	put(*state, "manifest.json", "{\"layout\": 1}");
	put(*state, "journal.jsonl", JOURNAL);
	sighting_take(&s, &outcome, false);
	assert_true(s.found && sighting_good(&s));
	assert_string_equal(s.kind, "stall");
	assert_string_equal(s.watcher, "progress");
	assert_float_equal(s.found_seconds, 14.0, 0.001);
	assert_string_equal(s.early_watcher, "tasks");
	assert_float_equal(s.early_seconds, 12.0, 0.001);
	assert_float_equal(s.kernel_seconds, 20.0, 0.001);
	assert_int_equal(s.hits, 42);
}

static void what_a_record_does_not_tell_stays_unknown(void **state)
{
	struct vm_outcome outcome = { .verdict = VERDICT_SURVIVED, .why = "the time is up" };
	struct sighting s;

	snprintf(outcome.dir, sizeof(outcome.dir), "%s/none", (char *)*state);
	sighting_take(&s, &outcome, false);
	assert_false(s.found || sighting_good(&s));
	assert_int_equal(s.hits, -1);
	assert_string_equal(s.why, "the time is up");
	sighting_take(&s, &outcome, true);
	assert_true(sighting_good(&s));
}

static void words_that_mean_nothing_are_refused(void **state)
{
	static const char *const bad[][4] = { { "--repeat", "0" },  { "--repeat", "x" },
					      { "--cgroup", "v3" }, { "--for", "5" },
					      { "--for", "0s" },    { "--nonsense" } };
	struct canary_options o;
	int saved = dup(STDERR_FILENO);

	assert_non_null(freopen("/dev/null", "w", stderr));
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
		char *argv[] = { (char *)(uintptr_t) "canary", (char *)(uintptr_t)bad[i][0],
				 (char *)(uintptr_t)bad[i][1], NULL };

		assert_int_equal(canary_options_parse(bad[i][1] ? 3 : 2, argv, &o), -EINVAL);
	}
	fflush(stderr);
	dup2(saved, STDERR_FILENO);
	close(saved);
}

#define TEST(t) cmocka_unit_test_setup_teardown(t, begin, tmpdir_remove)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(scenarios_that_name_a_plant_are_canaries),
		TEST(a_plant_stands_for_all_of_its_scenarios),
		TEST(a_name_that_no_canary_has_is_refused_with_those_that_there_are),
		TEST(a_folder_without_canaries_is_an_error),
		TEST(a_sighting_tells_who_saw_what_when),
		TEST(what_a_record_does_not_tell_stays_unknown),
		TEST(words_that_mean_nothing_are_refused),
	};

	return cmocka_run_group_tests_name("canary", tests, NULL, NULL);
}

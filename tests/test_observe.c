/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Watching a run from another machine: its heart, and when to pull. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/hostport.h"
#include "observe/options.h"
#include "observe/pull.h"
#include "observe/vital.h"
#include "tmpdir.h"

#define SECOND 1000000u
#define SILENT (10 * SECOND)
#define STUCK (20 * SECOND)

static struct heartbeat beat(const char *run, uint64_t n, uint64_t ticks, const char *phase)
{
	struct heartbeat h = { .beat = n, .ticks = ticks };

	snprintf(h.run, sizeof(h.run), "%s", run);
	snprintf(h.phase, sizeof(h.phase), "%s", phase);
	return h;
}

static enum vital_news take(struct vital *v, const char *run, uint64_t n, uint64_t ticks,
			    const char *phase, uint64_t now)
{
	struct heartbeat h = beat(run, n, ticks, phase);

	return vital_take(v, &h, "192.0.2.1", now);
}

static void the_first_run_that_is_heard_is_watched(void **state)
{
	struct vital v;

	vital_init(&v, NULL);
	assert_int_equal(take(&v, "a", 5, 1, "", SECOND), VITAL_FIRST);
	assert_int_equal(take(&v, "b", 1, 1, "", SECOND), VITAL_FOREIGN);
	assert_int_equal(take(&v, "a", 6, 2, "", 2 * SECOND), VITAL_BEAT);
	assert_int_equal(take(&v, "a", 7, 3, "storm", 3 * SECOND), VITAL_PHASE);
	assert_string_equal(v.run, "a");
	assert_int_equal(v.beats, 3);
	assert_int_equal(v.foreign, 1);
}

static void a_run_that_was_asked_for_is_waited_for(void **state)
{
	struct vital v;

	vital_init(&v, "b");
	assert_int_equal(take(&v, "a", 1, 1, "", SECOND), VITAL_FOREIGN);
	assert_int_equal(vital_judge(&v, 1000 * SECOND, SILENT, STUCK), HEART_BEATS);
	assert_int_equal(take(&v, "b", 1, 1, "", 2 * SECOND), VITAL_FIRST);
}

/* Kept beats that are sent again must not keep a dead machine alive. */
static void beats_that_are_played_back_are_stale(void **state)
{
	struct vital v;

	vital_init(&v, NULL);
	take(&v, "a", 5, 1, "p", SECOND);
	assert_int_equal(take(&v, "a", 5, 9, "p", 8 * SECOND), VITAL_STALE);
	assert_int_equal(take(&v, "a", 4, 9, "p", 9 * SECOND), VITAL_STALE);
	assert_int_equal(v.heard_us, SECOND);
	assert_int_equal(vital_judge(&v, 12 * SECOND, SILENT, STUCK), HEART_SILENT);
	assert_int_equal(take(&v, "a", 6, 9, "p", 12 * SECOND), VITAL_BEAT);
	assert_int_equal(vital_judge(&v, 12 * SECOND, SILENT, STUCK), HEART_BEATS);
}

static void silence_begins_past_its_limit(void **state)
{
	struct vital v;

	vital_init(&v, NULL);
	assert_int_equal(vital_judge(&v, 1000 * SECOND, SILENT, STUCK), HEART_BEATS);
	take(&v, "a", 1, 1, "p", SECOND);
	assert_int_equal(vital_judge(&v, SECOND + SILENT, SILENT, STUCK), HEART_BEATS);
	assert_int_equal(vital_judge(&v, SECOND + SILENT + 1, SILENT, STUCK), HEART_SILENT);
	assert_int_equal(vital_judge(&v, 0, SILENT, STUCK), HEART_BEATS);
}

static void ticks_that_stand_are_a_stuck_runner_within_a_phase_alone(void **state)
{
	static const struct {
		const char *phase;
		enum heart_state state;
	} cases[] = { { "storm", HEART_STUCK }, { "", HEART_BEATS } };

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct vital v;

		vital_init(&v, NULL);
		for (uint64_t n = 1; n <= 25; n++)
			take(&v, "a", n, 7, cases[i].phase, n * SECOND);
		assert_int_equal(vital_judge(&v, 25 * SECOND, SILENT, STUCK), cases[i].state);
		take(&v, "a", 26, 8, cases[i].phase, 26 * SECOND);
		assert_int_equal(vital_judge(&v, 26 * SECOND, SILENT, STUCK), HEART_BEATS);
	}
}

static void after_a_farewell_silence_means_nothing(void **state)
{
	struct heartbeat h = beat("a", 2, 1, "");
	struct vital v;

	vital_init(&v, NULL);
	take(&v, "a", 1, 1, "p", SECOND);
	h.over = true;
	assert_int_equal(vital_take(&v, &h, "192.0.2.1", 2 * SECOND), VITAL_FAREWELL);
	assert_int_equal(vital_judge(&v, 1000 * SECOND, SILENT, STUCK), HEART_BEATS);
}

static void another_run_on_the_same_machine_shows_that_it_lives(void **state)
{
	struct heartbeat h = beat("b", 1, 1, "");
	struct vital v;

	vital_init(&v, NULL);
	take(&v, "a", 1, 1, "p", SECOND);
	vital_take(&v, &h, "192.0.2.99", 2 * SECOND);
	assert_false(vital_superseded(&v));
	vital_take(&v, &h, "192.0.2.1", 3 * SECOND);
	assert_true(vital_superseded(&v));
	take(&v, "a", 2, 2, "p", 4 * SECOND);
	assert_false(vital_superseded(&v));
}

static void silence_and_the_scenarios_bug_are_reasons_to_pull(void **state)
{
	static const struct {
		enum finding_kind kind;
		enum finding_judged judged;
		bool any, due;
	} cases[] = {
		{ FINDING_SILENCE, JUDGED_OTHER, false, true },
		{ FINDING_SILENCE, JUDGED_EXPECTED, false, true },
		{ FINDING_SILENCE, JUDGED_ALLOWED, false, false },
		{ FINDING_OOPS, JUDGED_OTHER, false, false },
		{ FINDING_OOPS, JUDGED_OTHER, true, true },
		{ FINDING_OOPS, JUDGED_EXPECTED, false, true },
		{ FINDING_OOM_KILL, JUDGED_ALLOWED, true, false },
		{ FINDING_PRESSURE, JUDGED_NOTE, true, false },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct finding f = { .kind = cases[i].kind, .judged = cases[i].judged };

		assert_int_equal(pull_is_due(&f, cases[i].any), cases[i].due);
	}
}

static void a_machine_that_dumps_or_lives_is_spared(void **state)
{
	static const struct {
		struct pull_facts facts;
		enum pull pull;
	} cases[] = {
		{ { .has_trigger = true, .armed = true }, PULL_FIRE },
		{ { .has_trigger = true }, PULL_WOULD },
		{ { .armed = true }, PULL_NOTHING },
		{ { .has_trigger = true, .armed = true, .panicked = true }, PULL_SPARE },
		{ { .has_trigger = true, .armed = true, .booted = true }, PULL_SPARE },
		{ { .has_trigger = true, .armed = true, .superseded = true }, PULL_SPARE },
		{ { .has_trigger = true, .panicked = true }, PULL_SPARE },
	};
	const char *why;

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		assert_int_equal(pull_decide(&cases[i].facts, &why), cases[i].pull);
		assert_int_equal(why[0] != 0, cases[i].pull != PULL_FIRE);
	}
}

static void the_command_line_says_what_to_watch_and_what_to_pull(void **state)
{
	static const struct {
		const char *words[8];
		int result;
	} cases[] = {
		{ { "observe", "-l", ":9909" }, 0 },
		{ { "observe", "-c", "/x" }, 0 },
		{ { "observe" }, -EINVAL },
		{ { "observe", "-c", "sol" }, -EINVAL },
		{ { "observe", "-c", "sol", "--ipmi", "h,u,p" }, 0 },
		{ { "observe", "-l", ":1", "--arm" }, -EINVAL },
		{ { "observe", "-l", ":1", "--arm", "--exec", "x" }, 0 },
		{ { "observe", "-l", ":1", "--exec", "x", "--ipmi", "h,u,p" }, -EINVAL },
		{ { "observe", "-l", ":1", "--silent-after", "10" }, -EINVAL },
		{ { "observe", "-l", ":1", "--silent-after", "0" }, -EINVAL },
		{ { "observe", "-l", ":1", "a", "b" }, -EINVAL },
	};
	FILE *quiet = freopen("/dev/null", "w", stderr);

	assert_non_null(quiet);
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct observe_options o;
		char *argv[9] = { NULL };
		int argc = 0;

		while (argc < 8 && cases[i].words[argc]) {
			argv[argc] = strdup(cases[i].words[argc]);
			argc++;
		}
		assert_int_equal(observe_options_parse(argc, argv, &o), cases[i].result);
		while (argc--)
			free(argv[argc]);
	}
}

static void a_port_is_split_from_its_host(void **state)
{
	static const struct {
		const char *text, *host, *port;
	} cases[] = {
		{ "a:1", "a", "1" },
		{ ":1", "", "1" },
		{ "[::1]:2", "::1", "2" },
		{ "192.0.2.1:x", "192.0.2.1", "x" },
	};
	static const char *const refused[] = {
		"",       "a",      "a:",          ":",   "::1:2",   "[::1]",
		"[::1:2", "::1]:2", "toolong89:1", "a:0", "a:65536", ":99999"
	};
	const char *port;
	char host[8 + 4];

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		assert_int_equal(hostport_split(cases[i].text, host, sizeof(host), &port), 0);
		assert_string_equal(host, cases[i].host);
		assert_string_equal(port, cases[i].port);
	}
	for (size_t i = 0; i < ARRAY_SIZE(refused); i++)
		assert_int_equal(hostport_split(refused[i], host, 8, &port), -EINVAL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_first_run_that_is_heard_is_watched),
		cmocka_unit_test(a_run_that_was_asked_for_is_waited_for),
		cmocka_unit_test(beats_that_are_played_back_are_stale),
		cmocka_unit_test(silence_begins_past_its_limit),
		cmocka_unit_test(ticks_that_stand_are_a_stuck_runner_within_a_phase_alone),
		cmocka_unit_test(after_a_farewell_silence_means_nothing),
		cmocka_unit_test(another_run_on_the_same_machine_shows_that_it_lives),
		cmocka_unit_test(silence_and_the_scenarios_bug_are_reasons_to_pull),
		cmocka_unit_test(a_machine_that_dumps_or_lives_is_spared),
		cmocka_unit_test(a_port_is_split_from_its_host),
		cmocka_unit_test(the_command_line_says_what_to_watch_and_what_to_pull),
	};

	return cmocka_run_group_tests_name("observe", tests, NULL, NULL);
}

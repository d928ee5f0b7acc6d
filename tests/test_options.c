/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <errno.h>
#include <string.h>

#include <cmocka.h>

#include "base/cleanup.h"
#include "run/options.h"
#include "scenario/scenario.h"

static int parse(const char *line, struct run_options *o)
{
	static char words[256];
	char *argv[16];
	int argc = 0;

	snprintf(words, sizeof(words), "run %s", line);
	for (char *w = strtok(words, " "); w; w = strtok(NULL, " "))
		argv[argc++] = w;
	argv[argc] = NULL;
	return options_parse(argc, argv, o);
}

static void every_option_is_taken(void **state)
{
	struct run_options o;

	(void)state;
	assert_int_equal(
		parse("--out /x -s 7 --for 90s -r 3 --any-fault --force --json -q --plain s.json",
		      &o),
		0);
	assert_string_equal(o.out, "/x");
	assert_int_equal(o.seed, 7);
	assert_int_equal(o.for_us, 90000000);
	assert_int_equal(o.repeat, 3);
	assert_true(o.any_fault && o.force && o.json && o.quiet && o.plain);
	assert_string_equal(o.scenario, "s.json");
	assert_int_equal(parse("--arm --wire /p --scratch-device /d --heartbeat h:1 "
			       "--heartbeat-key k s.json",
			       &o),
			 0);
	assert_string_equal(o.arm, "");
	assert_string_equal(o.wire, "/p");
	assert_string_equal(o.scratch_device, "/d");
	assert_string_equal(o.heartbeat, "h:1");
	assert_string_equal(o.heartbeat_key, "k");
	assert_string_equal(o.scenario, "s.json");
	assert_int_equal(parse("--arm=watchdog s.json", &o), 0);
	assert_string_equal(o.arm, "watchdog");
}

static void what_is_not_said_is_left_to_the_scenario(void **state)
{
	struct run_options o;

	(void)state;
	assert_int_equal(parse("s.json", &o), 0);
	assert_true(o.seed == UNSET && o.for_us == UNSET && o.repeat == 0 && !o.out && !o.json);
	assert_null(o.arm);
}

static void bad_usage_is_refused(void **state)
{
	static const char *const lines[] = {
		"",
		"a b",
		"--for 90 s",
		"--for 0 s",
		"--seed x s",
		"--repeat 0 s",
		"--repeat -1 s",
		"--no-such s",
		"--out",
		"--seed 18446744073709551615 s",
	};
	struct run_options o;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(lines); i++)
		assert_int_equal(parse(lines[i], &o), -EINVAL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_option_is_taken),
		cmocka_unit_test(what_is_not_said_is_left_to_the_scenario),
		cmocka_unit_test(bad_usage_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

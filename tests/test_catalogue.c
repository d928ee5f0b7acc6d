/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Folders of stressors: data/stressors behaves, data/stressors-odd holds what a folder may also
 * hold. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdbool.h>
#include <string.h>
#include <sys/wait.h>

#include "base/cleanup.h"
#include "base/clock.h"
#include "scenario/catalogue.h"
#include "scenario/describe.h"

static char *data(const char *name)
{
	char *path;

	assert_true(asprintf(&path, "%s/%s", getenv("HANGAR_TEST_DATA"), name) > 0);
	return path;
}

static struct catalogue *load(const char *name)
{
	_cleanup_free_ char *dir = data(name);
	struct catalogue *c = NULL;
	struct diag d = { 0 };

	if (catalogue_load_dir(dir, &c, &d))
		fail_msg("%s", d.message);
	return c;
}

static void stressors_are_listed_by_name(void **state)
{
	struct catalogue *c = load("stressors");

	assert_int_equal(c->count, 3);
	assert_int_equal(c->n_notes, 0);
	assert_string_equal(c->list[0].name, "alloc");
	assert_string_equal(c->list[1].name, "alloc-and-write");
	assert_string_equal(c->list[2].name, "fsync-writer");
	assert_int_equal(c->list[0].program[0], '/');
	assert_ptr_equal(catalogue_find(c, "alloc"), &c->list[0]);
	assert_null(catalogue_find(c, "allo"));
	assert_string_equal(catalogue_nearest(c, "allo"), "alloc");
	assert_null(catalogue_nearest(c, "tetris"));
	catalogue_free(c);
}

static bool noted(const struct catalogue *c, const char *start)
{
	for (unsigned int i = 0; i < c->n_notes; i++)
		if (!strncmp(c->notes[i], start, strlen(start)))
			return true;
	return false;
}

static void programs_that_cannot_be_understood_are_left_out_aloud(void **state)
{
	struct catalogue *c = load("stressors-odd");

	assert_int_equal(c->count, 1);
	assert_string_equal(c->list[0].name, "good");
	assert_int_equal(c->n_notes, 6);
	assert_true(noted(c, "stressor crashing does not understand --describe"));
	assert_true(noted(c, "stressor endless says more than 65536 bytes"));
	assert_true(noted(c, "stressor failing does not understand --describe"));
	assert_true(noted(c, "stressor garbage answers --describe with no JSON"));
	assert_true(noted(c, "stressor misnamed calls itself by another name"));
	assert_true(noted(c, "stressor shapeless describes --x as of unknown kind \"colour\""));
	assert_int_equal(waitpid(-1, NULL, WNOHANG), -1); /* no child is left */
	catalogue_free(c);
}

static void a_program_that_does_not_answer_is_killed_in_time(void **state)
{
	_cleanup_free_ char *program = data("stressors-silent/slow");
	struct diag d = { 0 };
	json_t *j = NULL;
	uint64_t began = now_us();

	assert_int_equal(describe_ask(program, 200000, &j, &d), -ETIMEDOUT);
	assert_true(now_us() - began >= 200000 && now_us() - began < 5000000);
	assert_string_equal(d.message, "did not answer --describe in time");
	assert_int_equal(waitpid(-1, NULL, WNOHANG), -1);
}

static void a_folder_that_cannot_be_read_is_an_error(void **state)
{
	struct catalogue *c = NULL;
	struct diag d = { 0 };

	assert_int_equal(catalogue_load_dir("/nothing/here", &c, &d), -ENOENT);
	assert_string_equal(d.message, "the folder of stressors /nothing/here cannot be read: "
				       "No such file or directory");
	assert_null(c);
}

static const struct {
	const char *name, *value;
	int err;
} values[] = {
	{ "bytes", "4K", 0 },
	{ "bytes", "1T", 0 },
	{ "bytes", "1.5G", 0 },
	{ "bytes", "4095B", -ERANGE },
	{ "bytes", "64", -ENODATA },
	{ "bytes", "x", -EINVAL },
	{ "bytes", "-1K", -ERANGE },
	{ "bytes", "", -EINVAL },
	{ "pause", "0", 0 },
	{ "pause", "1m", 0 },
	{ "pause", "61s", -ERANGE },
	{ "pause", "1M", -EINVAL },
	{ "threads", "64", 0 },
	{ "threads", "0", -ERANGE },
	{ "threads", "1.5", -EINVAL },
	{ "share", "0%", 0 },
	{ "share", "100%", 0 },
	{ "share", "101%", -ERANGE },
	{ "share", "50", -EINVAL },
	{ "share", "%", -EINVAL },
	{ "share", "1000%", -EINVAL },
	{ "lock", "true", 0 },
	{ "lock", "false", 0 },
	{ "lock", "yes", -EINVAL },
	{ "shape", "hold", 0 },
	{ "shape", "Hold", -EINVAL },
	{ "mix", "read", 0 },
	{ "mix", "read:3,write:0", 0 },
	{ "mix", "read:0", -EINVAL },
	{ "mix", "read:x", -EINVAL },
	{ "mix", "", -EINVAL },
	{ "mix", "read,", -EINVAL },
	{ "mix", "read:1000001", -ERANGE },
	{ "log", "/tmp/x", 0 },
	{ "log", "", -EINVAL },
	{ "log", "{scratch}/x", 0 },
	{ "nothing", "1", -EINVAL },
};

static void values_are_taken_as_the_stressor_takes_them(void **state)
{
	struct catalogue *c = load("stressors");

	for (size_t i = 0; i < ARRAY_SIZE(values); i++) {
		struct diag d = { 0 };
		int err = catalogue_check_param(&c->list[0], values[i].name, values[i].value, &d);

		if (err != values[i].err)
			fail_msg("%s=%s gives %d: %s", values[i].name, values[i].value, err,
				 d.message);
		assert_int_equal(d.message[0] != '\0', err < 0);
	}
	catalogue_free(c);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(stressors_are_listed_by_name),
		cmocka_unit_test(programs_that_cannot_be_understood_are_left_out_aloud),
		cmocka_unit_test(a_program_that_does_not_answer_is_killed_in_time),
		cmocka_unit_test(a_folder_that_cannot_be_read_is_an_error),
		cmocka_unit_test(values_are_taken_as_the_stressor_takes_them),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

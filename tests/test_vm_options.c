/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The command line of `hangar vm`. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "scenario/scenario.h"
#include "vm/host/vm_options.h"

/* Words after "vm"; what is printed goes to /dev/null. */
static int parse(const char *const *words, struct vm_options *ret)
{
	char *argv[16] = { (char *)(uintptr_t) "vm" };
	int argc = 1, saved = dup(STDERR_FILENO), r;

	for (; words[argc - 1]; argc++)
		argv[argc] = (char *)(uintptr_t)words[argc - 1];
	fflush(stderr);
	assert_non_null(freopen("/dev/null", "w", stderr));
	r = vm_options_parse(argc, argv, ret);
	fflush(stderr);
	dup2(saved, STDERR_FILENO);
	close(saved);
	return r;
}

static void a_scenario_alone_is_enough(void **state)
{
	static const char *const words[] = { "quiet", NULL };
	struct vm_options o;

	assert_int_equal(parse(words, &o), 0);
	assert_string_equal(o.scenario, "quiet");
	assert_null(o.kernel);
	assert_true(o.memory_bytes == UNSET && o.disk_bytes == UNSET);
	assert_int_equal(o.accel, VM_ACCEL_AUTO);
	assert_int_equal(o.cgroup, 0);
}

static void sizes_and_choices_are_read(void **state)
{
	static const char *const words[] = {
		"--memory=2G", "--cpus=4", "--disk=64M", "--cache=none", "--cgroup=v1",
		"--accel=tcg", "-k",       "debian:6.1", "s.json",       NULL
	};
	struct vm_options o;

	assert_int_equal(parse(words, &o), 0);
	assert_true(o.memory_bytes == 2ull << 30 && o.disk_bytes == 64ull << 20);
	assert_int_equal(o.cpus, 4);
	assert_string_equal(o.cache, "none");
	assert_int_equal(o.cgroup, 1);
	assert_int_equal(o.accel, VM_ACCEL_TCG);
	assert_string_equal(o.kernel, "debian:6.1");
}

static void what_concerns_the_run_is_handed_on(void **state)
{
	static const char *const words[] = { "--seed=7", "-f", "10s", "s.json", NULL };
	struct vm_options o;

	assert_int_equal(parse(words, &o), 0);
	assert_int_equal(o.run.count, 4);
	assert_string_equal(o.run.items[0], "--seed");
	assert_string_equal(o.run.items[1], "7");
	assert_string_equal(o.run.items[2], "--for");
	assert_string_equal(o.run.items[3], "10s");
	assert_null(o.run.items[4]);
}

static void what_cannot_be_is_refused(void **state)
{
	static const char *const cases[][4] = {
		{ NULL },
		{ "a", "b", NULL },
		{ "--memory=1", "s", NULL },
		{ "--memory=1X", "s", NULL },
		{ "--memory=1M", "s", NULL },
		{ "--cpus=0", "s", NULL },
		{ "--cpus=256", "s", NULL },
		{ "--cgroup=v3", "s", NULL },
		{ "--cache=fast", "s", NULL },
		{ "--accel=hvf", "s", NULL },
		{ "--what", "s", NULL },
		{ "--plant=", "s", NULL },
		{ "--plant=a,,b", "s", NULL },
		{ "--plant=Ext4", "s", NULL },
		{ "--plant=a:", "s", NULL },
		{ "--plant=a:1x", "s", NULL },
		{ "--plant=a b", "s", NULL },
		{ "--plant=a:1234567890", "s", NULL },
	};
	struct vm_options o;

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		assert_int_equal(parse(cases[i], &o), -EINVAL);
}

static void plants_are_a_list_of_names_with_numbers(void **state)
{
	static const char *const lists[] = { "none", "ext4-oom", "order5-nofs,thp-deferred:10",
					     "thp-deferred:0" };
	struct vm_options o;

	for (size_t i = 0; i < sizeof(lists) / sizeof(lists[0]); i++) {
		const char *const words[] = { "--plant", lists[i], "s", NULL };

		assert_int_equal(parse(words, &o), 0);
		assert_string_equal(o.plant, lists[i]);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_scenario_alone_is_enough),
		cmocka_unit_test(sizes_and_choices_are_read),
		cmocka_unit_test(what_concerns_the_run_is_handed_on),
		cmocka_unit_test(what_cannot_be_is_refused),
		cmocka_unit_test(plants_are_a_list_of_names_with_numbers),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

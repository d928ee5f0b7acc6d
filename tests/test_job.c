/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The guest's job: both directions agree, and a bad one is refused with its place. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "vm/guest/job.h"

static void what_is_written_is_read_again(void **state)
{
	char seed[] = "--seed", number[] = "7", path[] = "/job/scen\"ario.json";
	char sysctl[] = "kernel.panic=0";
	char *args[] = { seed, number, path, NULL }, *sysctls[] = { sysctl, NULL };
	const struct job job = { .kind = JOB_CAPTURE,
				 .cgroup = JOB_CGROUP_V1,
				 .hostname = "guest",
				 .kdump = true,
				 .capture_cmdline = "nr_cpus=1 quiet",
				 .watchdog = true,
				 .dump_level = 31,
				 .clock_us = 1795411000123456,
				 .run_args = args,
				 .sysctls = sysctls };
	_cleanup_free_ char *text = NULL;
	struct diag d = { 0 };
	struct job got;

	assert_int_equal(job_write(&job, &text), 0);
	assert_int_equal(job_read(text, strlen(text), &got, &d), 0);
	assert_int_equal(got.kind, JOB_CAPTURE);
	assert_int_equal(got.cgroup, JOB_CGROUP_V1);
	assert_string_equal(got.hostname, "guest");
	assert_true(got.kdump);
	assert_false(got.nmi_panics);
	assert_true(got.watchdog);
	assert_string_equal(got.capture_cmdline, "nr_cpus=1 quiet");
	assert_int_equal(got.dump_level, 31);
	assert_int_equal(got.clock_us, 1795411000123456);
	assert_string_equal(got.run_args[0], "--seed");
	assert_string_equal(got.run_args[2], path);
	assert_null(got.run_args[3]);
	assert_string_equal(got.sysctls[0], sysctl);
	assert_null(got.sysctls[1]);
	job_clear(&got);
	assert_null(got.run_args);
}

static void a_kind_alone_is_a_job(void **state)
{
	static const char text[] = "{\"kind\":\"probe\"}";
	struct diag d = { 0 };
	struct job j;

	assert_int_equal(job_read(text, strlen(text), &j, &d), 0);
	assert_int_equal(j.kind, JOB_PROBE);
	assert_null(j.run_args);
	job_clear(&j);
}

static void a_bad_job_is_refused_with_its_place(void **state)
{
	static const struct {
		const char *text;
		unsigned int line, column;
		const char *says;
	} cases[] = {
		{ "", 1, 0, "" },
		{ "[]", 1, 1, "JSON object" },
		{ "{}", 1, 1, "\"kind\"" },
		{ "{\"kind\":\"probe\"} x", 1, 0, "" },
		{ "{\n \"kind\": \"walk\" }", 2, 10, "\"probe\", \"run\" or \"capture\"" },
		{ "{\"kind\":\"run\",\n\"speed\":1}", 2, 1, "no member" },
		{ "{\"kind\":\"run\",\"kdump\":1}", 1, 23, "true or false" },
		{ "{\"kind\":\"run\",\"dump_level\":32}", 1, 28, "0 to 31" },
		{ "{\"kind\":\"run\",\"clock_us\":-1}", 1, 26, "microseconds" },
		{ "{\"kind\":\"run\",\"run_args\":[\"a\",1]}", 1, 26, "array of texts" },
		{ "{\"kind\":\"run\",\"sysctls\":\"a=1\"}", 1, 25, "array of texts" },
		{ "{\"kind\":\"run\",\"hostname\":"
		  "\"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
		  "aaaaaaaaaaaaaaa\"}",
		  1, 26, "63 bytes" },
		{ "{\"kind\":\"run\",\"kind\":\"run\"}", 1, 0, "" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct diag d = { 0 };
		struct job j = { 0 };

		assert_int_equal(job_read(cases[i].text, strlen(cases[i].text), &j, &d), -EINVAL);
		assert_int_equal(d.line, cases[i].line);
		if (cases[i].column)
			assert_int_equal(d.column, cases[i].column);
		assert_true(d.message[0] != '\0');
		if (!strstr(d.message, cases[i].says))
			fail_msg("\"%s\" does not say \"%s\"", d.message, cases[i].says);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_written_is_read_again),
		cmocka_unit_test(a_kind_alone_is_a_job),
		cmocka_unit_test(a_bad_job_is_refused_with_its_place),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

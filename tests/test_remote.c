/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What is pulled at another machine, and how it went. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/cleanup.h"
#include "base/clock.h"
#include "observe/errand.h"
#include "observe/remote.h"
#include "tmpdir.h"

#define SECOND 1000000u

static void a_board_controller_is_named_by_its_parts(void **state)
{
	static const struct {
		const char *text, *host, *port, *user, *file, *interface;
	} cases[] = {
		{ "bmc7,admin,/etc/pass", "bmc7", "623", "admin", "/etc/pass", "lanplus" },
		{ "192.0.2.1:9001,a,b,lan", "192.0.2.1", "9001", "a", "b", "lan" },
		{ "[2001:db8::1]:623,a,b", "2001:db8::1", "623", "a", "b", "lanplus" },
		{ "2001:db8::1,a,b", "2001:db8::1", "623", "a", "b", "lanplus" },
	};
	static const char *const refused[] = { "",     ",",    "h",      "h,u",       "h,u,",
					       "h,,p", ",u,p", "h,u,p,", "h,u,p,i,x", ":1,u,p" };
	struct diag d = { 0 };
	struct bmc b;

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		assert_int_equal(bmc_parse(cases[i].text, &b, &d), 0);
		assert_string_equal(b.host, cases[i].host);
		assert_string_equal(b.port, cases[i].port);
		assert_string_equal(b.user, cases[i].user);
		assert_string_equal(b.passfile, cases[i].file);
		assert_string_equal(b.interface, cases[i].interface);
	}
	for (size_t i = 0; i < ARRAY_SIZE(refused); i++)
		assert_int_equal(bmc_parse(refused[i], &b, &d), -EINVAL);
}

static void the_trigger_is_ipmitool_with_the_password_in_its_file(void **state)
{
	struct remote r = { .ops = &remote_ipmi };
	const char *words[ERRAND_WORDS_MAX];
	struct diag d = { 0 };
	char text[512];

	assert_int_equal(bmc_parse("bmc7,admin,/etc/pass", &r.bmc, &d), 0);
	r.ops->fire(&r, NULL, words);
	assert_string_equal(errand_words(words, text, sizeof(text)),
			    "ipmitool -I lanplus -H bmc7 -p 623 -U admin -f /etc/pass -N 4 -R 2 "
			    "chassis power diag");
	r.ops->check(&r, words);
	assert_string_equal(
		errand_words(words, text, sizeof(text)),
		"ipmitool -I lanplus -H bmc7 -p 623 -U admin -f /etc/pass chassis power status");
}

static void a_password_that_others_may_read_is_refused(void **state)
{
	struct remote r = { .ops = &remote_ipmi };
	struct diag d = { 0 };
	FILE *f;

	snprintf(r.bmc.passfile, sizeof(r.bmc.passfile), "%.200s/pass", (char *)*state);
	assert_int_equal(r.ops->look(&r, &d), -ENOENT);
	f = fopen(r.bmc.passfile, "w");
	assert_non_null(f);
	fclose(f);
	assert_int_equal(chmod(r.bmc.passfile, 0644), 0);
	assert_int_equal(r.ops->look(&r, &d), -EPERM);
	assert_int_equal(chmod(r.bmc.passfile, 0600), 0);
	assert_int_equal(r.ops->look(&r, &d), 0);
}

static void an_errand_tells_how_it_ended(void **state)
{
	static const struct {
		const char *script, *told;
		uint64_t limit_us;
		bool well;
	} cases[] = {
		{ "echo all; echo is well", "exit code 0: all is well", 20 * SECOND, true },
		{ "echo no >&2; exit 3", "exit code 3: no", 20 * SECOND, false },
		{ "kill -9 $$", "signal 9", 20 * SECOND, false },
		{ "sleep 60 & wait", "killed at its time limit", SECOND / 20, false },
		{ "yes | head -c 300000; exit 4", "exit code 4: y y", 20 * SECOND, false },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		const char *words[ERRAND_WORDS_MAX] = { "sh", "-c", cases[i].script };
		struct errand e;
		char said[480];

		assert_int_equal(errand_start(&e, words, now_us(), cases[i].limit_us), 0);
		errand_wait(&e);
		assert_int_equal(errand_went_well(&e), cases[i].well);
		errand_tell(&e, said, sizeof(said));
		if (strncmp(said, cases[i].told, strlen(cases[i].told)) != 0)
			fail_msg("%s: %s", cases[i].script, said);
	}
	{
		const char *words[ERRAND_WORDS_MAX] = { "/nowhere/at/all" };
		struct errand e;

		assert_int_equal(errand_start(&e, words, now_us(), SECOND), -ENOENT);
	}
}

#define FACT(f) cmocka_unit_test_setup_teardown(f, tmpdir_make, tmpdir_remove)

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_board_controller_is_named_by_its_parts),
		cmocka_unit_test(the_trigger_is_ipmitool_with_the_password_in_its_file),
		FACT(a_password_that_others_may_read_is_refused),
		cmocka_unit_test(an_errand_tells_how_it_ended),
	};

	return cmocka_run_group_tests_name("observe", tests, NULL, NULL);
}

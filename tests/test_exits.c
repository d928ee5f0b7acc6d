/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Tables of the launcher: membership, exits, restarts. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "cgroup/cgroup.h"
#include "launch/exits.h"
#include "launch/launch.h"
#include "launch/membership.h"

#define V1_TEXT                                                                                    \
	"9:name=systemd:/user.slice\n4:memory:/hangar/ID/victims.1\n3:cpu,cpuacct:/hangar/ID/x\n"  \
	"0::/init.scope\n"

static const struct {
	const char *text, *expect;
	bool has;
} memberships[] = {
	{ V1_TEXT, "memory:/hangar/ID/victims.1", true },
	{ V1_TEXT, "memory:/hangar/ID/victims", false },
	{ V1_TEXT, "memory:/hangar/ID/victims.10", false },
	{ V1_TEXT, "memory:/", false },
	{ V1_TEXT, "cpu:/hangar/ID/x", true },
	{ V1_TEXT, "cpuacct:/hangar/ID/x", true },
	{ V1_TEXT, "acct:/hangar/ID/x", false },
	{ V1_TEXT, "pids:/hangar/ID/x", false },
	{ V1_TEXT, ":/init.scope", true },
	{ V1_TEXT, ":/hangar/ID/x", false },
	{ "0::/hangar/ID/a\n", ":/hangar/ID/a", true },
	{ "0::/hangar/ID/a", ":/hangar/ID/a", true }, /* cut before its newline */
	{ "0::/hangar/ID/a:b\n", ":/hangar/ID/a:b", true },
	{ "0::/hangar/ID/a (deleted)\n", ":/hangar/ID/a", false },
	{ "", ":/", false },
	{ "nonsense\n", ":/", false },
	{ "1:memory\n", "memory:", false },
};

static void a_process_is_where_its_line_says_exactly(void **state)
{
	for (size_t i = 0; i < ARRAY_SIZE(memberships); i++)
		if (membership_has(memberships[i].text, memberships[i].expect) !=
		    memberships[i].has)
			fail_msg("row %zu: %s", i, memberships[i].expect);
}

#define S 1000000ull
#define MS 1000ull

static const struct {
	struct restart_spec spec;
	enum exit_kind kind;
	uint64_t age, before;
	unsigned int restarts;
	bool again;
	uint64_t after;
} restarts[] = {
	{ { RESTART_NEVER, 0, 0, 0 }, EXIT_OOM_KILLED, S, 0, 0, false, 0 },
	{ { RESTART_ON_OOM, 0, 0, 0 }, EXIT_OOM_KILLED, S, 0, 0, true, 0 },
	{ { RESTART_ON_OOM, 0, 0, 0 }, EXIT_DONE, S, 0, 0, false, 0 },
	{ { RESTART_ON_OOM, 0, 0, 0 }, EXIT_FAILED, S, 0, 0, false, 0 },
	{ { RESTART_ALWAYS, 0, 0, 0 }, EXIT_DONE, S, 0, 9, true, 0 },
	{ { RESTART_ALWAYS, 0, 0, 0 }, EXIT_SKIPPED, S, 0, 0, false, 0 },
	{ { RESTART_ALWAYS, 0, 0, 0 }, EXIT_STOPPED, S, 0, 0, false, 0 },
	/* a failure never spins */
	{ { RESTART_ALWAYS, 0, 0, 0 }, EXIT_FAILED, S, 0, 0, true, 100 * MS },
	/* the pause doubles while lives are short, up to the maximum */
	{ { RESTART_ALWAYS, 50 * MS, 2 * S, 0 }, EXIT_OOM_KILLED, MS, 0, 0, true, 50 * MS },
	{ { RESTART_ALWAYS, 50 * MS, 2 * S, 0 }, EXIT_OOM_KILLED, MS, 50 * MS, 1, true, 100 * MS },
	{ { RESTART_ALWAYS, 50 * MS, 2 * S, 0 }, EXIT_OOM_KILLED, MS, 1600 * MS, 6, true, 2 * S },
	{ { RESTART_ALWAYS, 50 * MS, 2 * S, 0 }, EXIT_OOM_KILLED, MS, UINT64_MAX, 6, true, 2 * S },
	/* and is small again after a long one */
	{ { RESTART_ALWAYS, 50 * MS, 2 * S, 0 }, EXIT_OOM_KILLED, 5 * S, 2 * S, 7, true, 50 * MS },
	{ { RESTART_ALWAYS, 0, 0, 3 }, EXIT_DONE, S, 0, 2, true, 0 },
	{ { RESTART_ALWAYS, 0, 0, 3 }, EXIT_DONE, S, 0, 3, false, 0 },
};

static void the_restart_policy_is_as_the_table_says(void **state)
{
	for (size_t i = 0; i < ARRAY_SIZE(restarts); i++) {
		uint64_t backoff = restarts[i].before;
		bool again = restart_decide(&restarts[i].spec, restarts[i].kind, restarts[i].age,
					    restarts[i].restarts, &backoff);

		if (again != restarts[i].again || (again && backoff != restarts[i].after))
			fail_msg("row %zu: %d, %llu us", i, again, (unsigned long long)backoff);
	}
}

static const struct {
	struct exit_facts facts;
	enum exit_kind kind;
} exits[] = {
	{ { .status = W_EXITCODE(0, 0) }, EXIT_DONE },
	{ { .status = W_EXITCODE(77, 0) }, EXIT_SKIPPED },
	{ { .status = W_EXITCODE(1, 0) }, EXIT_FAILED },
	{ { .status = W_EXITCODE(127, 0) }, EXIT_FAILED },
	{ { .status = W_EXITCODE(0, SIGSEGV) }, EXIT_FAILED },
	{ { .status = W_EXITCODE(0, 0), .stopping = true }, EXIT_STOPPED },
	{ { .status = W_EXITCODE(0, SIGTERM), .stopping = true }, EXIT_STOPPED },
	{ { .status = W_EXITCODE(0, SIGKILL), .stopping = true }, EXIT_STOPPED },
	{ { .status = W_EXITCODE(1, 0), .stopping = true }, EXIT_FAILED },
	{ { .status = W_EXITCODE(77, 0), .stopping = true }, EXIT_SKIPPED },
	{ { .status = W_EXITCODE(0, SIGKILL) }, EXIT_FAILED },
	{ { .status = W_EXITCODE(0, SIGKILL), .oom_counted = true }, EXIT_OOM_KILLED },
	{ { .status = W_EXITCODE(0, SIGKILL), .oom_told = true }, EXIT_OOM_KILLED },
	{ { .status = W_EXITCODE(0, SIGKILL), .oom_unknown = true }, EXIT_OOM_KILLED },
	{ { .status = W_EXITCODE(0, SIGKILL), .oom_unknown = true, .stopping = true },
	  EXIT_STOPPED },
	{ { .status = W_EXITCODE(0, SIGTERM), .oom_counted = true }, EXIT_FAILED },
	/* a group at its limit has no room for a new program */
	{ { .status = W_EXITCODE(0, SIGSEGV), .unborn = true, .limited = true }, EXIT_STARVED },
	{ { .status = W_EXITCODE(0, SIGBUS), .unborn = true, .limited = true }, EXIT_STARVED },
	{ { .status = W_EXITCODE(0, SIGSEGV), .limited = true }, EXIT_FAILED },
	{ { .status = W_EXITCODE(0, SIGSEGV), .unborn = true }, EXIT_FAILED },
	{ { .status = W_EXITCODE(127, 0), .unborn = true, .limited = true, .no_memory = true },
	  EXIT_STARVED },
	{ { .status = W_EXITCODE(127, 0), .unborn = true, .limited = true }, EXIT_FAILED },
	/* fio ends with 1 when a job of its was killed, with 128 after a signal */
	{ { .status = W_EXITCODE(1, 0), .is_fio = true }, EXIT_FAILED },
	{ { .status = W_EXITCODE(1, 0), .is_fio = true, .oom_counted = true }, EXIT_OOM_KILLED },
	{ { .status = W_EXITCODE(0, SIGSEGV), .is_fio = true, .unborn = true, .limited = true },
	  EXIT_STARVED },
	{ { .status = W_EXITCODE(0, SIGSEGV), .is_fio = true, .limited = true }, EXIT_FAILED },
	{ { .status = W_EXITCODE(128, 0), .is_fio = true, .stopping = true }, EXIT_STOPPED },
	{ { .status = W_EXITCODE(77, 0), .is_fio = true }, EXIT_FAILED },
};

static void exits_are_classified_as_the_table_says(void **state)
{
	for (size_t i = 0; i < ARRAY_SIZE(exits); i++)
		if (exit_classify(&exits[i].facts) != exits[i].kind)
			fail_msg("row %zu is %s", i,
				 exit_kind_name(exit_classify(&exits[i].facts)));
}

static void a_report_is_one_atomic_write(void **state)
{
	assert_true(sizeof(struct child_report) <= 512); /* PIPE_BUF of POSIX */
	assert_int_equal(sizeof(struct child_report), 16);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_process_is_where_its_line_says_exactly),
		cmocka_unit_test(the_restart_policy_is_as_the_table_says),
		cmocka_unit_test(exits_are_classified_as_the_table_says),
		cmocka_unit_test(a_report_is_one_atomic_write),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

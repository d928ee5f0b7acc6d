/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The vocabulary is whole, unique and stable; frames are found by exact name. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <errno.h>
#include <string.h>

#include "base/cleanup.h"
#include "finding.h"

static void every_kind_has_a_name_of_its_own_and_a_line(void **state)
{
	for (unsigned int i = 1; i < FINDING_KIND_COUNT; i++) {
		const char *name = finding_kind_name((enum finding_kind)i);

		assert_non_null(name);
		assert_int_equal(strspn(name, "abcdefghijklmnopqrstuvwxyz-"), strlen(name));
		assert_int_equal(finding_kind_parse(name), i);
		assert_true(strlen(finding_kind_about((enum finding_kind)i)) > 10);
	}
}

static void names_in_use_never_change(void **state)
{
	static const struct {
		enum finding_kind kind;
		const char *name;
		enum finding_class class;
	} cases[] = {
		{ FINDING_HUNG_TASK, "hung-task", CLASS_FAULT },
		{ FINDING_OOM_KILL, "oom-kill", CLASS_FAULT },
		{ FINDING_STALL, "stall", CLASS_FAULT },
		{ FINDING_STUCK_TASK, "stuck-task", CLASS_FAULT },
		{ FINDING_DEADLOCK, "deadlock", CLASS_FAULT },
		{ FINDING_KMSG_GAP, "kmsg-gap", CLASS_NOTE },
		{ FINDING_FOREIGN_OOM, "foreign-oom", CLASS_NOTE },
		{ FINDING_PRESSURE, "pressure", CLASS_NOTE },
		{ FINDING_STRESSOR_FAILED, "stressor-failed", CLASS_OWN },
		{ FINDING_RECORD_LOST, "record-lost", CLASS_OWN },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		assert_string_equal(finding_kind_name(cases[i].kind), cases[i].name);
		assert_int_equal(finding_kind_class(cases[i].kind), cases[i].class);
	}
}

static void unknown_names_are_no_kind(void **state)
{
	assert_int_equal(finding_kind_parse("hung_task"), FINDING_NONE);
	assert_int_equal(finding_kind_parse("none"), FINDING_NONE);
	assert_int_equal(finding_kind_parse(""), FINDING_NONE);
	assert_string_equal(finding_kind_name((enum finding_kind) - 1), "?");
	assert_string_equal(finding_kind_name(FINDING_KIND_COUNT), "?");
}

static void judgements_are_read_back(void **state)
{
	enum finding_judged judged;

	for (int i = JUDGED_OTHER; i <= JUDGED_BROKEN; i++) {
		assert_int_equal(
			finding_judged_parse(finding_judged_name((enum finding_judged)i), &judged),
			0);
		assert_int_equal(judged, i);
	}
	assert_int_equal(finding_judged_parse("perhaps", &judged), -EINVAL);
	assert_string_equal(finding_judged_name((enum finding_judged)99), "?");
}

static void init_leaves_nothing_from_before(void **state)
{
	struct finding f;

	memset(&f, 0xff, sizeof(f));
	finding_init(&f, FINDING_STALL, "a watcher with a long name", 42);
	assert_int_equal(f.kind, FINDING_STALL);
	assert_int_equal(f.cpu, -1);
	assert_int_equal(f.pid, 0);
	assert_int_equal(f.noticed_us, 42);
	assert_string_equal(f.watcher, "a watcher with ");
	assert_string_equal(f.stack, "");
}

static void stack_has_finds_exact_names(void **state)
{
	static const char stack[] = "schedule+0x29/0x70\n"
				    "jbd2_journal_commit_transaction+0x24f/0x19a0 [jbd2]\n"
				    "[<ffffffff8118f1f2>] mem_cgroup_oom_synchronize+0x52/0x90\n"
				    "ext4_da_write_begin.isra.12+0x1/0x2 [ext4]\n"
				    "do_exit.constprop.0.part.1\n"
				    "? stale_frame+0x1/0x2\n"
				    "[<ffffffff8118f1f2>] ? stale_too+0x1/0x2\n"
				    " indented+0x1/0x2\n"
				    "last";
	static const struct {
		const char *function;
		bool want;
	} cases[] = {
		{ "schedule", true },
		{ "jbd2_journal_commit_transaction", true },
		{ "mem_cgroup_oom_synchronize", true },
		{ "ext4_da_write_begin", true },
		{ "ext4_da_write_begin.isra.3", true },
		{ "do_exit", true },
		{ "indented", true },
		{ "last", true },
		{ "sched", false },
		{ "schedule_timeout", false },
		{ "journal_commit_transaction", false },
		{ "stale_frame", false },
		{ "stale_too", false },
		{ "jbd2", false },
		{ "", false },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++)
		if (finding_stack_has(stack, cases[i].function) != cases[i].want)
			fail_msg("%s", cases[i].function);
	assert_false(finding_stack_has("", "schedule"));
	assert_false(finding_stack_has("[<", "schedule"));
	assert_false(finding_stack_has("\n\n", "schedule"));
}

static void members_are_read_line_by_line(void **state)
{
	const char *lines = "42 journal-commit-updates - jbd2/vda-8\nnonsense\n\n"
			    "120 memory-with-handle victims.0 a b\n130 cut";
	struct finding_member m;

	assert_true(finding_next_member(&lines, &m));
	assert_int_equal(m.pid, 42);
	assert_string_equal(m.role, "journal-commit-updates");
	assert_string_equal(m.group, "");
	assert_string_equal(m.comm, "jbd2/vda-8");
	assert_true(finding_next_member(&lines, &m));
	assert_string_equal(m.group, "victims.0");
	assert_string_equal(m.comm, "a b");
	assert_false(finding_next_member(&lines, &m));
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_kind_has_a_name_of_its_own_and_a_line),
		cmocka_unit_test(names_in_use_never_change),
		cmocka_unit_test(unknown_names_are_no_kind),
		cmocka_unit_test(members_are_read_line_by_line),
		cmocka_unit_test(judgements_are_read_back),
		cmocka_unit_test(init_leaves_nothing_from_before),
		cmocka_unit_test(stack_has_finds_exact_names),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

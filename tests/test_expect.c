/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>

#include "base/cleanup.h"
#include "scenario/scenario.h"
#include "scenario/tree.h"

static struct finding hung_task(void)
{
	struct finding f;

	finding_init(&f, FINDING_HUNG_TASK, "kmsg", 1);
	strcpy(f.comm, "jbd2/vda-8");
	strcpy(f.group, "victims.3");
	strcpy(f.text, "INFO: task jbd2/vda-8:544 blocked for more than 120 seconds.");
	strcpy(f.stack,
	       "__schedule+0x2d1/0x8a0\nschedule+0x5e/0xd0\n"
	       "jbd2_journal_commit_transaction+0x1a9/0x1a80 [jbd2]\nkthread+0xe9/0x110\n");
	return f;
}

static char *commit[] = { (char[]){ "jbd2_journal_commit_transaction" }, NULL };
static char *commit_and_kthread[] = { (char[]){ "kthread" },
				      (char[]){ "jbd2_journal_commit_transaction" }, NULL };
static char *commit_and_fsync[] = { (char[]){ "jbd2_journal_commit_transaction" },
				    (char[]){ "ext4_sync_file" }, NULL };

static void pattern_holds_when_all_its_members_hold(void **state)
{
	const struct finding f = hung_task();
	char text[] = "blocked for more than", comm[] = "jbd2/vda-8", group[] = "victims";
	const struct pattern all = { FINDING_HUNG_TASK, commit_and_kthread, text, comm, group };
	const struct pattern kind = { FINDING_HUNG_TASK, NULL, NULL, NULL, NULL };
	const struct pattern stack = { FINDING_NONE, commit, NULL, NULL, NULL };

	assert_true(pattern_matches(&all, &f));
	assert_true(pattern_matches(&kind, &f));
	assert_true(pattern_matches(&stack, &f));
}

static void pattern_fails_with_any_member(void **state)
{
	const struct finding f = hung_task();
	char text[] = "can't die", comm[] = "jbd2", group[] = "victims.4";
	const struct pattern cases[] = {
		{ FINDING_SOFT_LOCKUP, commit, NULL, NULL, NULL },
		{ FINDING_HUNG_TASK, commit_and_fsync, NULL, NULL, NULL },
		{ FINDING_HUNG_TASK, commit, text, NULL, NULL },
		{ FINDING_HUNG_TASK, commit, NULL, comm, NULL },
		{ FINDING_HUNG_TASK, commit, NULL, NULL, group },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++)
		assert_false(pattern_matches(&cases[i], &f));
}

static void pattern_without_kind_matches_no_note_and_no_trouble_of_ours(void **state)
{
	char text[] = "x";
	const struct pattern any = { FINDING_NONE, NULL, text, NULL, NULL };
	const struct pattern named = { FINDING_PRESSURE, NULL, text, NULL, NULL };
	struct finding f;

	for (int k = FINDING_NONE + 1; k < FINDING_KIND_COUNT; k++) {
		finding_init(&f, (enum finding_kind)k, "test", 1);
		strcpy(f.text, "x");
		assert_int_equal(pattern_matches(&any, &f),
				 finding_kind_class((enum finding_kind)k) == CLASS_FAULT);
		assert_int_equal(pattern_matches(&named, &f), k == FINDING_PRESSURE);
	}
}

static void groups_hold_their_instances_and_what_is_inside(void **state)
{
	static const struct {
		const char *pattern, *path;
		bool within;
	} cases[] = {
		{ "victims", "victims", true },
		{ "victims", "victims.0", true },
		{ "victims", "victims.12", true },
		{ "victims", "victims.3/inner.1", true },
		{ "victims.3", "victims.3", true },
		{ "victims.3", "victims.3/inner", true },
		{ "a/b", "a.0/b.7", true },
		{ "a/b", "a/b/c", true },
		{ "a.1/b", "a.1/b.2", true },
		{ "victims.3", "victims.33", false },
		{ "victims.3", "victims", false },
		{ "victims", "victims2", false },
		{ "victims", "victims.x", false },
		{ "victims", "other/victims", false },
		{ "a/b", "a", false },
		{ "a/b", "a/c", false },
		{ "a.1/b", "a.2/b", false },
		{ "a", "", false },
		{ "victims", "/hangar/victims", false },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++)
		if (group_within(cases[i].pattern, cases[i].path) != cases[i].within)
			fail_msg("%s and %s", cases[i].pattern, cases[i].path);
}

static void pattern_with_a_kernel_path_matches_it_exactly(void **state)
{
	char path[] = "/docker/1234";
	const struct pattern p = { FINDING_NONE, NULL, NULL, NULL, path };
	struct finding f = hung_task();

	assert_false(pattern_matches(&p, &f));
	strcpy(f.group, "/docker/1234");
	assert_true(pattern_matches(&p, &f));
}

static enum finding_judged judge(const struct expect_spec *e, enum finding_kind kind)
{
	struct finding f;

	finding_init(&f, kind, "test", 1);
	return expect_judge(e, &f);
}

static void every_fault_counts_when_nothing_is_expected(void **state)
{
	const struct expect_spec none = { 0 };

	for (int k = FINDING_NONE + 1; k < FINDING_KIND_COUNT; k++) {
		enum finding_judged is = judge(&none, (enum finding_kind)k);

		switch (finding_kind_class((enum finding_kind)k)) {
		case CLASS_FAULT:
			assert_int_equal(is, JUDGED_OTHER);
			break;
		case CLASS_NOTE:
			assert_int_equal(is, JUDGED_NOTE);
			break;
		case CLASS_OWN:
			assert_int_equal(is, JUDGED_BROKEN);
			break;
		}
	}
}

static void stalls_and_stuck_tasks_are_faults(void **state)
{
	const struct expect_spec none = { 0 };

	assert_int_equal(judge(&none, FINDING_STALL), JUDGED_OTHER);
	assert_int_equal(judge(&none, FINDING_STUCK_TASK), JUDGED_OTHER);
	assert_int_equal(judge(&none, FINDING_STRESSOR_FAILED), JUDGED_BROKEN);
	assert_int_equal(judge(&none, FINDING_KMSG_GAP), JUDGED_NOTE);
}

static void an_unrelated_fault_is_other_and_never_expected(void **state)
{
	struct pattern lockup = { FINDING_SOFT_LOCKUP, NULL, NULL, NULL, NULL };
	const struct expect_spec e = { .reproduce = &lockup, .n_reproduce = 1 };

	assert_int_equal(judge(&e, FINDING_OOPS), JUDGED_OTHER);
	assert_int_equal(judge(&e, FINDING_SOFT_LOCKUP), JUDGED_EXPECTED);
}

static void allowed_noise_is_allowed(void **state)
{
	struct pattern kill = { FINDING_OOM_KILL, NULL, NULL, NULL, NULL };
	struct pattern failed = { FINDING_STRESSOR_FAILED, NULL, NULL, NULL, NULL };
	struct pattern both[] = { kill, failed };
	const struct expect_spec e = { .allow = both, .n_allow = 2 };

	assert_int_equal(judge(&e, FINDING_OOM_KILL), JUDGED_ALLOWED);
	assert_int_equal(judge(&e, FINDING_STRESSOR_FAILED), JUDGED_ALLOWED);
	assert_int_equal(judge(&e, FINDING_GLOBAL_OOM), JUDGED_OTHER);
}

static void the_signature_wins_over_allowed(void **state)
{
	char group[] = "bystanders";
	struct pattern bug = { FINDING_OOM_KILL, NULL, NULL, NULL, group };
	struct pattern kill = { FINDING_OOM_KILL, NULL, NULL, NULL, NULL };
	const struct expect_spec e = { &bug, 1, &kill, 1, false };
	struct finding f;

	finding_init(&f, FINDING_OOM_KILL, "oom", 1);
	strcpy(f.group, "victims.0");
	assert_int_equal(expect_judge(&e, &f), JUDGED_ALLOWED);
	strcpy(f.group, "bystanders");
	assert_int_equal(expect_judge(&e, &f), JUDGED_EXPECTED);
}

static void a_control_without_patterns_expects_any_fault(void **state)
{
	const struct expect_spec any = { .must_reproduce = true };
	struct pattern stall = { FINDING_STALL, NULL, NULL, NULL, NULL };
	const struct expect_spec one = { .reproduce = &stall,
					 .n_reproduce = 1,
					 .must_reproduce = true };

	assert_int_equal(judge(&any, FINDING_STALL), JUDGED_EXPECTED);
	assert_int_equal(judge(&any, FINDING_PRESSURE), JUDGED_NOTE);
	assert_int_equal(judge(&any, FINDING_STRESSOR_FAILED), JUDGED_BROKEN);
	assert_int_equal(judge(&one, FINDING_STALL), JUDGED_EXPECTED);
	assert_int_equal(judge(&one, FINDING_OOPS), JUDGED_OTHER);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(pattern_holds_when_all_its_members_hold),
		cmocka_unit_test(pattern_fails_with_any_member),
		cmocka_unit_test(pattern_without_kind_matches_no_note_and_no_trouble_of_ours),
		cmocka_unit_test(groups_hold_their_instances_and_what_is_inside),
		cmocka_unit_test(pattern_with_a_kernel_path_matches_it_exactly),
		cmocka_unit_test(every_fault_counts_when_nothing_is_expected),
		cmocka_unit_test(stalls_and_stuck_tasks_are_faults),
		cmocka_unit_test(an_unrelated_fault_is_other_and_never_expected),
		cmocka_unit_test(allowed_noise_is_allowed),
		cmocka_unit_test(the_signature_wins_over_allowed),
		cmocka_unit_test(a_control_without_patterns_expects_any_fault),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

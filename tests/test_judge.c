/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The judge against a real journal in a temporary folder. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/cleanup.h"
#include "base/clock.h"
#include "run/judge.h"
#include "tmpdir.h"

static struct journal *journal;
static struct judge judge;
static char *jbd2[] = { (char[]){ "jbd2_journal_commit_transaction" }, NULL };
static struct pattern wanted = { .kind = FINDING_HUNG_TASK, .stack = jbd2 };
static struct pattern noise = { .kind = FINDING_OOM_KILL };
static const struct expect_spec expect = {
	.reproduce = &wanted, .n_reproduce = 1, .allow = &noise, .n_allow = 1
};

static int setup(void **state)
{
	_cleanup_close_ int fd = -1;

	if (tmpdir_make(state) < 0)
		return -1;
	fd = open(*state, O_RDONLY | O_DIRECTORY);
	if (journal_open(fd, now_us(), &journal) < 0)
		return -1;
	judge_init(&judge, &expect, journal, now_us());
	return 0;
}

static int teardown(void **state)
{
	journal = journal_close(journal);
	return tmpdir_remove(state);
}

static uint32_t take(enum finding_kind kind, uint32_t more_of, const char *stack)
{
	struct finding f;

	finding_init(&f, kind, "kmsg", now_us());
	f.more_of = more_of;
	snprintf(f.stack, sizeof(f.stack), "%s", stack);
	return judge_take(&judge, &f);
}

static void a_headline_is_other_until_its_stack_makes_it_expected(void **state)
{
	uint32_t id = take(FINDING_HUNG_TASK, 0, "");

	(void)state;
	assert_int_equal(id, 1);
	assert_int_equal(judge.tally.other, 1);
	assert_int_equal(judge.tally.expected, 0);
	assert_int_equal(take(FINDING_HUNG_TASK, id,
			      "schedule+0x1/0x2\njbd2_journal_commit_transaction+0x5/0x9\n"),
			 id);
	assert_int_equal(judge.tally.other, 0);
	assert_int_equal(judge.tally.expected, 1);
	assert_int_equal(judge.decisive.kind, FINDING_HUNG_TASK);
	assert_int_equal(verdict_decide(&judge.tally), VERDICT_REPRODUCED);
}

static void another_stack_stays_another_fault(void **state)
{
	uint32_t id = take(FINDING_HUNG_TASK, 0, "");

	(void)state;
	take(FINDING_HUNG_TASK, id, "schedule+0x1/0x2\nxfs_log_force+0x5/0x9\n");
	assert_int_equal(judge.tally.other, 1);
	assert_int_equal(verdict_decide(&judge.tally), VERDICT_OTHER_FAULT);
}

static void allowed_findings_and_notes_count_for_nothing(void **state)
{
	(void)state;
	take(FINDING_OOM_KILL, 0, "");
	take(FINDING_KMSG_GAP, 0, "");
	take(FINDING_FOREIGN_OOM, 0, "");
	assert_int_equal(judge.allowed, 1);
	assert_int_equal(judge.notes, 2);
	assert_int_equal(verdict_decide(&judge.tally), VERDICT_SURVIVED);
}

static void the_signature_outranks_an_earlier_fault(void **state)
{
	(void)state;
	take(FINDING_WARNING, 0, "");
	assert_int_equal(judge.decisive.kind, FINDING_WARNING);
	take(FINDING_HUNG_TASK, 0, "jbd2_journal_commit_transaction+0x5/0x9\n");
	assert_int_equal(judge.decisive.kind, FINDING_HUNG_TASK);
	take(FINDING_OOPS, 0, "");
	assert_int_equal(judge.decisive.kind, FINDING_HUNG_TASK);
	assert_int_equal(verdict_decide(&judge.tally), VERDICT_REPRODUCED);
}

static void a_failed_stressor_is_broken_unless_the_kernel_failed_too(void **state)
{
	(void)state;
	take(FINDING_STRESSOR_FAILED, 0, "");
	assert_int_equal(verdict_decide(&judge.tally), VERDICT_BROKEN);
	take(FINDING_OOPS, 0, "");
	assert_int_equal(verdict_decide(&judge.tally), VERDICT_OTHER_FAULT);
	assert_int_equal(judge.decisive.kind, FINDING_OOPS);
}

static void a_flood_is_counted_and_not_stored(void **state)
{
	(void)state;
	for (unsigned int i = 0; i < JUDGE_FINDINGS_MAX + 10; i++)
		take(FINDING_OOM_KILL, 0, "");
	assert_int_equal(judge.allowed, JUDGE_FINDINGS_MAX + 10);
	assert_int_equal(judge.unstored, 10);
}

static void what_a_pause_of_the_guest_explains_is_a_note(void **state)
{
	(void)state;
	judge.pause = PAUSE_POSSIBLE;
	take(FINDING_CLOCK, 0, "");
	assert_int_equal(judge.notes, 1);
	take(FINDING_STALL, 0, ""); /* no time was seen to be missing */
	assert_int_equal(judge.tally.other, 1);
	judge.pause = PAUSE_SEEN;
	take(FINDING_STALL, 0, "");
	take(FINDING_STUCK_TASK, 0, "");
	take(FINDING_SOFT_LOCKUP, 0, "");
	assert_int_equal(judge.notes, 4);
	take(FINDING_OOPS, 0, ""); /* which no pause explains */
	assert_int_equal(judge.tally.other, 2);
	judge.pause = PAUSE_NONE;
	take(FINDING_CLOCK, 0, "");
	assert_int_equal(judge.tally.other, 3);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(
			a_headline_is_other_until_its_stack_makes_it_expected, setup, teardown),
		cmocka_unit_test_setup_teardown(another_stack_stays_another_fault, setup, teardown),
		cmocka_unit_test_setup_teardown(allowed_findings_and_notes_count_for_nothing, setup,
						teardown),
		cmocka_unit_test_setup_teardown(the_signature_outranks_an_earlier_fault, setup,
						teardown),
		cmocka_unit_test_setup_teardown(
			a_failed_stressor_is_broken_unless_the_kernel_failed_too, setup, teardown),
		cmocka_unit_test_setup_teardown(a_flood_is_counted_and_not_stored, setup, teardown),
		cmocka_unit_test_setup_teardown(what_a_pause_of_the_guest_explains_is_a_note, setup,
						teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

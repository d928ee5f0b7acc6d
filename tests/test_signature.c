/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <string.h>

#include "kmsg/signature.h"

static void signed_as(enum finding_kind kind, const char *text, const char *stack, char *to)
{
	struct finding f;

	finding_init(&f, kind, "test", 0);
	snprintf(f.text, sizeof(f.text), "%s", text);
	snprintf(f.stack, sizeof(f.stack), "%s", stack);
	signature_make(&f);
	snprintf(to, sizeof(f.signature), "%s", f.signature);
}

static void offsets_modules_pids_and_suffixes_do_not_change_it(void **state)
{
	char a[160], b[160];

	signed_as(FINDING_HUNG_TASK, "INFO: task extoom:47 blocked for more than 20 seconds.",
		  "schedule+0x24/0x70\nwait_transaction_locked+0x71/"
		  "0xa0\nadd_transaction_credits+0x188/0x300\nstart_this_handle+0xeb/0x3e0\n",
		  a);
	signed_as(
		FINDING_HUNG_TASK, "INFO: task other:4711 blocked for more than 143 seconds.",
		"__schedule+0x1/0x2\nschedule+0x3/0x4\nwait_transaction_locked.isra.0+0x81/0xb0 "
		"[jbd2]\nadd_transaction_credits+0x198/0x310 [jbd2]\nstart_this_handle+0xfb/0x3f0 "
		"[jbd2]\njbd2__journal_start+0xf5/0x200 [jbd2]\n",
		b);
	assert_string_equal(
		a, "hung-task|wait_transaction_locked|add_transaction_credits|start_this_handle");
	assert_string_equal(a, b);
}

static void another_place_or_another_kind_changes_it(void **state)
{
	char a[160], b[160], c[160];

	signed_as(FINDING_HUNG_TASK, "x", "schedule+0x1/0x2\nfoo+0x1/0x2\n", a);
	signed_as(FINDING_HUNG_TASK, "x", "schedule+0x1/0x2\nbar+0x1/0x2\n", b);
	signed_as(FINDING_SOFT_LOCKUP, "x", "schedule+0x1/0x2\nfoo+0x1/0x2\n", c);
	assert_string_not_equal(a, b);
	assert_string_not_equal(a, c);
}

static void without_a_stack_the_headline_serves_with_its_numbers_set_aside(void **state)
{
	char a[160], b[160];

	signed_as(FINDING_IO_ERROR, "I/O error, dev sda, sector 1953523120", "", a);
	signed_as(FINDING_IO_ERROR, "I/O error, dev sda, sector 17", "", b);
	assert_string_equal(a, b);
	assert_string_equal(a, "io-error|I/O error, dev sda, sector #");
	signed_as(FINDING_IO_ERROR, "I/O error, dev sdb, sector 17", "", b);
	assert_string_not_equal(a, b);
}

static void the_stack_of_another_task_is_not_part_of_it(void **state)
{
	char a[160];

	signed_as(FINDING_KASAN, "x", "foo+0x1/0x2\n--\nbar+0x1/0x2\n", a);
	assert_string_equal(a, "kasan|foo");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(offsets_modules_pids_and_suffixes_do_not_change_it),
		cmocka_unit_test(another_place_or_another_kind_changes_it),
		cmocka_unit_test(without_a_stack_the_headline_serves_with_its_numbers_set_aside),
		cmocka_unit_test(the_stack_of_another_task_is_not_part_of_it),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

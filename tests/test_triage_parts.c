/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The parts of triage that no log shows alone: the scan, the store of lines, boots, repeats. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "kmsg/recognisers.h"
#include "triage/boots.h"
#include "triage/lines.h"
#include "triage/literals.h"
#include "triage/pstore.h"
#include "triage/same.h"
#include "triage/scan_table.h"
#include "triage/store.h"
#include "triage/windows.h"

static struct literals literals;

static void every_form_has_a_literal_that_the_scan_can_notice(void **state)
{
	literals_make(&literals);
	assert_in_range(literals.count, 100, LITERALS_MAX - 1);
	for (unsigned int i = 0; i < literals.count; i++)
		if (strlen(literals.list[i]) < WINDOW_BYTES + 1)
			fail_msg("'%s': a form needs a longer piece of fixed text",
				 literals.list[i]);
}

static void no_literal_holds_another(void **state)
{
	literals_make(&literals);
	for (unsigned int i = 0; i < literals.count; i++)
		for (unsigned int k = 0; k < literals.count; k++)
			if (i != k && strstr(literals.list[i], literals.list[k]))
				fail_msg("'%s' holds '%s'", literals.list[i], literals.list[k]);
}

/* All that the scan is told apart by: 32 positions at once, or one pair. */
static void finds(const struct scan *s, bool wide, const char *text, size_t size, size_t at)
{
	const char *hit =
		wide ? scan_avx2(s, text, text + size) : scan_narrow(s, text, text, text + size);
	const char *want = text + at;

	if (at == size ? hit != want : hit < want || hit >= want + LITERAL_BYTES)
		fail_msg("%s: at %zu of %zu, not %zu", wide ? "wide" : "narrow",
			 (size_t)(hit - text), size, at);
}

static void both_find(const struct scan *s, const char *text, size_t size, size_t at)
{
	finds(s, false, text, size, at);
	if (s->wide)
		finds(s, true, text, size, at);
}

static void the_scan_finds_each_literal_wherever_it_stands(void **state)
{
	const struct scan *s = scan_get();
	char text[256 + SCAN_BEHIND];

	assert_non_null(s);
	for (unsigned int i = 0; i < s->literals.count; i++) {
		size_t length = strlen(s->literals.list[i]);

		for (size_t at = 0; at + length <= 160; at++) {
			memset(text, '~', sizeof(text));
			both_find(s, text, 160, 160);
			memcpy(text + at, s->literals.list[i], length);
			both_find(s, text, 160, at);
			text[at + length - 1] = '~'; /* all but its last byte is none */
			both_find(s, text, 160, 160);
		}
	}
}

static void the_scan_sees_nothing_behind_the_end(void **state)
{
	const struct scan *s = scan_get();
	char text[64 + SCAN_BEHIND];
	size_t length = strlen(s->literals.list[0]);

	for (size_t size = 0; size < 64; size++) {
		memset(text, '~', sizeof(text));
		memcpy(text + size, s->literals.list[0],
		       length < sizeof(text) - size ? length : sizeof(text) - size);
		both_find(s, text, size, size);
	}
}

static void lines_are_counted_at_any_length(void **state)
{
	char text[600];

	memset(text, '\n', sizeof(text));
	for (size_t n = 0; n <= sizeof(text); n++)
		assert_int_equal(scan_count_lines(text, text + n), n);
	memset(text, 'x', sizeof(text));
	assert_int_equal(scan_count_lines(text, text + sizeof(text)), 0);
}

static void every_headline_of_the_fixtures_is_noticed(void **state)
{
	const struct scan *s = scan_get();
	const char *dir = getenv("HANGAR_TEST_DATA");
	char path[4096], line[2048 + SCAN_BEHIND];
	unsigned int count = 0;
	FILE *f;

	snprintf(path, sizeof(path), "%s/kmsg/headlines.txt", dir ? dir : "tests/data");
	f = fopen(path, "r");
	assert_non_null(f);
	while (fgets(line, 2048, f)) {
		size_t n = strlen(line);

		if (*line == '#' || n < 2)
			continue;
		if (scan_next(s, line, line + n) == line + n)
			fail_msg("not noticed: %s", line);
		count++;
	}
	assert_true(count > 150);
	fclose(f);
}

static void the_store_gives_back_the_lines_of_one_caller(void **state)
{
	struct store *s = store_new();
	struct report_text text;

	store_add(s, 1, 11, "", "before");
	store_add(s, 2, 12, "C1", "a  \r");
	store_add(s, 3, 13, "C2", "x");
	store_add(s, 4, 14, "C1", "b\nc");
	store_add(s, 5, 15, "C1", "after");
	assert_true(store_take(s, 2, 4, "C1", 10, &text) > 0);
	assert_int_equal(text.count, 3);
	assert_string_equal(text.lines[0], "a");
	assert_string_equal(text.lines[2], "c");
	assert_int_equal(text.numbers[2], 14);
	assert_false(text.cut);
	report_text_clear(&text);
	assert_int_equal(store_number(s, 3), 13);
	assert_int_equal(store_number(s, 9), 0);
	store_trim(s, 4);
	assert_int_equal(store_number(s, 3), 0);
	assert_int_equal(store_number(s, 4), 14);
	assert_int_equal(store_take(s, 1, 3, "C1", 10, &text), 0);
	assert_int_equal(text.count, 0);
	store_free(s);
}

static void of_a_long_report_begin_and_end_are_kept(void **state)
{
	struct store *s = store_new();
	struct report_text text;
	char line[32];

	for (unsigned int i = 1; i <= 100000; i++) {
		snprintf(line, sizeof(line), "%u", i);
		store_add(s, i, i, "", line);
	}
	assert_true(store_take(s, 1, 100000, "", 100, &text) > 0);
	assert_true(text.cut);
	assert_int_equal(text.count, 100);
	assert_string_equal(text.lines[0], "1");
	assert_string_equal(text.lines[99], "100000");
	report_text_clear(&text);
	store_free(s);
}

static bool begins(struct boots *b, uint64_t us, const char *text)
{
	struct kmsg_record rec = { .kernel_us = us, .text = text };
	bool new = boots_begins(b, &rec);

	if (new)
		boots_next(b, &rec);
	return new;
}

static void a_boot_begins_with_its_version_or_a_clock_that_went_back(void **state)
{
	struct boots b = { .current = 0 };

	assert_false(begins(&b, 0, "Initializing cgroup subsys cpuset"));
	assert_false(begins(&b, 0, "Linux version 3.10.0-1160.el7.x86_64 (gcc) #1"));
	assert_string_equal(boots_release(&b), "3.10.0-1160.el7.x86_64");
	assert_false(begins(&b, 70000000, "x"));
	assert_false(begins(&b, 69990000, "another CPU"));
	assert_false(begins(&b, 0, "a line without a time"));
	assert_true(begins(&b, 0, "Linux version 6.1.0 (gcc) #1"));
	assert_string_equal(boots_release(&b), "6.1.0");
	assert_false(begins(&b, 90000000, "x"));
	assert_true(begins(&b, 3000000, "the clock went back"));
	assert_string_equal(boots_release(&b), "");
	assert_int_equal(boots_seen(&b), 3);
	assert_false(begins(&b, 18446744073000000ull, "sched_clock() wrapped"));
	assert_false(begins(&b, 5000000, "and is right again"));
	assert_int_equal(boots_current(&b), 3);
}

static void stalls_repeat_and_reports_do_not(void **state)
{
	struct finding a, b;

	finding_init(&a, FINDING_SOFT_LOCKUP, "kmsg", 0);
	a.pid = 7;
	snprintf(a.comm, sizeof(a.comm), "x");
	snprintf(a.signature, sizeof(a.signature), "soft-lockup|f");
	b = a;
	assert_true(same_case(&a, &b));
	b.pid = 8;
	assert_false(same_case(&a, &b));
	a.kind = b.kind = FINDING_IO_ERROR;
	assert_true(same_case(&a, &b));
	a.kind = b.kind = FINDING_WARNING;
	b.pid = 7;
	assert_false(same_case(&a, &b));
}

static void headers_of_a_persistent_store_are_exact(void **state)
{
	struct pstore_name name;

	assert_true(pstore_header("Panic#1 Part12\nx", 16, &name));
	assert_string_equal(name.event, "Panic#1");
	assert_int_equal(name.part, 12);
	assert_true(pstore_header("Oops#2 Part1", 12, &name));
	assert_false(pstore_header("Panic#1 Part12 x\n", 17, &name));
	assert_false(pstore_header("Panic#1 Part\n", 13, &name));
	assert_false(pstore_header("Picnic#1 Part1\n", 15, &name));
	assert_false(pstore_header("", 0, &name));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_form_has_a_literal_that_the_scan_can_notice),
		cmocka_unit_test(no_literal_holds_another),
		cmocka_unit_test(the_scan_finds_each_literal_wherever_it_stands),
		cmocka_unit_test(the_scan_sees_nothing_behind_the_end),
		cmocka_unit_test(lines_are_counted_at_any_length),
		cmocka_unit_test(every_headline_of_the_fixtures_is_noticed),
		cmocka_unit_test(the_store_gives_back_the_lines_of_one_caller),
		cmocka_unit_test(of_a_long_report_begin_and_end_are_kept),
		cmocka_unit_test(a_boot_begins_with_its_version_or_a_clock_that_went_back),
		cmocka_unit_test(stalls_repeat_and_reports_do_not),
		cmocka_unit_test(headers_of_a_persistent_store_are_exact),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

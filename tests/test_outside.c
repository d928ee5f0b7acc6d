/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What was seen from outside, joined with what the run told: two clocks, two verdicts, one record.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/cleanup.h"
#include "base/textfile.h"
#include "record.h"
#include "record_reading.h"
#include "tmpdir.h"

/* The guest's clock stands at 5 s when the run begins, the host's at 900; the guest's begin comes
 * in at 40 s of the host's journal. */
#define INSIDE_BEGIN "{\"seq\":1,\"t\":0.5,\"event\":\"run-begin\",\"epoch_us\":5000000}\n"
#define OUTSIDE_BEGIN                                                                              \
	"{\"seq\":1,\"t\":0.1,\"event\":\"outside-begin\",\"epoch_us\":900000000,\"what\":\"vm\"}" \
	"\n"                                                                                       \
	"{\"seq\":2,\"t\":40.5,\"event\":\"run-begin\"}\n"

static void put(void **state, const char *name, const char *text)
{
	char path[512];

	snprintf(path, sizeof(path), "%s/%s", (char *)*state, name);
	assert_int_equal(textfile_replace_at(AT_FDCWD, path, text, strlen(text)), 0);
}

static struct record load(void **state, const char *journal, const char *outside)
{
	struct diag d = { 0 };
	struct record r;

	put(state, "manifest.json", "{\"layout\":1}");
	if (journal)
		put(state, "journal.jsonl", journal);
	if (outside)
		put(state, "outside.jsonl", outside);
	if (record_load(*state, &r, &d))
		fail_msg("%s: %s", d.file, d.message);
	return r;
}

static void findings_from_outside_are_laid_on_the_runs_clock(void **state)
{
	struct record r = load(
		state,
		INSIDE_BEGIN "{\"t\":10.1,\"event\":\"finding\",\"id\":7,\"kind\":\"stall\","
			     "\"judged\":\"other\","
			     "\"watcher\":\"progress\",\"noticed_us\":15000000}\n"
			     "{\"t\":30.1,\"event\":\"finding\",\"id\":8,\"kind\":\"hung-task\","
			     "\"judged\":\"other\","
			     "\"watcher\":\"kmsg\",\"noticed_us\":35000000}\n",
		OUTSIDE_BEGIN
		"{\"t\":60,\"event\":\"finding\",\"id\":1,\"kind\":\"panic\",\"judged\":\"other\","
		"\"watcher\":\"pvpanic\",\"noticed_us\":960000000,\"began_us\":955000000}\n"
		"{\"t\":60.2,\"event\":\"finding\",\"id\":1,\"more_of\":1,\"kind\":\"panic\","
		"\"judged\":\"other\",\"watcher\":\"pvpanic\",\"noticed_us\":960200000,"
		"\"text\":\"more\"}\n"
		"{\"t\":99,\"event\":\"dump\",\"name\":\"qmp\",\"result\":\"done\"}\n");

	assert_int_equal(r.n_findings, 3);
	assert_string_equal(r.findings[1].watcher, "pvpanic"); /* 60 - 40 = 20 s: between the two */
	assert_int_equal(r.findings[1].noticed_us, 25000000);
	assert_int_equal(r.findings[1].began_us, 20000000);
	assert_int_equal(r.findings[1].id, 9); /* no two of one number */
	assert_string_equal(r.findings[1].text, "more");
	assert_int_equal(r.findings[2].id, 8);
	assert_int_equal(record_count(&r, JUDGED_OTHER), 3);
	assert_true(r.outside.present && r.outside.clocks_met);
	assert_true(record_from_outside(&r.findings[1]));
	assert_false(record_from_outside(&r.findings[0]));
	assert_ptr_equal(record_first_noticed(&r), &r.findings[0]);
	assert_true(json_number_value(json_object_get(json_array_get(r.outside.dumps, 0),
						      "at_seconds")) == 59);
	record_clear(&r);
}

static void the_verdict_from_outside_outranks_the_journals(void **state)
{
	struct record r =
		load(state,
		     INSIDE_BEGIN
		     "{\"t\":2,\"event\":\"verdict\",\"verdict\":\"SURVIVED\",\"reason\":\"in\"}\n",
		     OUTSIDE_BEGIN "{\"t\":50,\"event\":\"verdict\",\"verdict\":\"OTHER_FAULT\","
				   "\"reason\":\"out\"}\n");

	assert_int_equal(r.verdict, VERDICT_OTHER_FAULT);
	assert_string_equal(r.reason, "out");
	assert_true(r.finished);
	assert_true(r.seconds < 2.1);
	record_clear(&r);
}

static void an_outside_without_a_verdict_leaves_the_journals(void **state)
{
	struct record r =
		load(state,
		     INSIDE_BEGIN
		     "{\"t\":2,\"event\":\"verdict\",\"verdict\":\"SURVIVED\",\"reason\":\"in\"}\n",
		     OUTSIDE_BEGIN);

	assert_int_equal(r.verdict, VERDICT_SURVIVED);
	assert_true(r.finished);
	record_clear(&r);
}

/* The host died between its finding and its verdict. */
static void a_fault_seen_from_outside_undoes_a_survival(void **state)
{
	struct record r =
		load(state,
		     INSIDE_BEGIN
		     "{\"t\":2,\"event\":\"verdict\",\"verdict\":\"SURVIVED\",\"reason\":\"in\"}\n",
		     OUTSIDE_BEGIN "{\"t\":44,\"event\":\"finding\",\"id\":1,\"kind\":\"silence\","
				   "\"judged\":\"expected\",\"watcher\":\"outside\","
				   "\"noticed_us\":944000000}\n");

	assert_int_equal(r.verdict, VERDICT_REPRODUCED);
	assert_false(r.finished);
	assert_non_null(strstr(r.reason, "silence, noticed by outside at 4.0 s"));
	assert_ptr_equal(record_decisive(&r), &r.findings[0]);
	record_clear(&r);
}

static void a_guest_that_never_spoke_is_a_record(void **state)
{
	struct record r =
		load(state, NULL,
		     "{\"t\":0.1,\"event\":\"outside-begin\",\"epoch_us\":900000000}\n"
		     "{\"t\":61,\"event\":\"finding\",\"id\":1,\"kind\":\"silence\","
		     "\"judged\":\"broken\",\"watcher\":\"outside\",\"noticed_us\":961000000}\n"
		     "{\"t\":62,\"event\":\"verdict\",\"verdict\":\"BROKEN\","
		     "\"reason\":\"did not come up\"}\n");

	assert_int_equal(r.verdict, VERDICT_BROKEN);
	assert_string_equal(r.reason, "did not come up");
	assert_true(r.seconds > 61.9);
	assert_false(r.outside.clocks_met);
	assert_true(record_seconds_at(&r, r.findings[0].noticed_us) > 60.9);
	record_clear(&r);
}

static void a_torn_outside_is_told(void **state)
{
	struct record r =
		load(state, INSIDE_BEGIN, OUTSIDE_BEGIN "no JSON\n{\"t\":3,\"event\":\"no");

	assert_true(r.outside.torn);
	assert_int_equal(r.outside.bad_lines, 1);
	assert_int_equal(r.outside.first_bad_line, 3);
	assert_false(r.torn);
	record_clear(&r);
}

static void a_run_without_an_outside_has_none(void **state)
{
	struct record r = load(state, INSIDE_BEGIN, NULL);

	assert_false(r.outside.present);
	assert_null(r.reading);
	assert_null(r.blocked);
	record_clear(&r);
}

static void blocked_tasks_come_from_the_vmcore_before_the_evidence(void **state)
{
	static const char evidence[] = "==> a:1 state D parent 1 wchan x <==\n[<0>] f+0x1/0x2\n\n";
	char path[512];
	struct record r;

	snprintf(path, sizeof(path), "%s/evidence", (char *)*state);
	mkdir(path, 0755);
	put(state, "evidence/stacks.txt", evidence);
	put(state, "vmcore.json", "{\"blocked\":[]}");
	r = load(state, INSIDE_BEGIN, OUTSIDE_BEGIN);
	assert_string_equal(r.blocked_from, "evidence/stacks.txt");
	assert_int_equal(json_array_size(r.blocked), 1);
	record_clear(&r);
	put(state, "vmcore.json", "{\"blocked\":[{\"count\":2,\"stack\":[\"g\"]},{\"count\":1}]}");
	r = load(state, NULL, NULL);
	assert_string_equal(r.blocked_from, "vmcore");
	assert_int_equal(json_array_size(r.blocked), 2);
	record_clear(&r);
	/* Read without symbols: those few that the log names. */
	put(state, "vmcore.json",
	    "{\"reader\":\"notes\",\"blocked\":[{\"count\":2},{\"count\":1}]}");
	r = load(state, NULL, NULL);
	assert_string_equal(r.blocked_from, "evidence/stacks.txt");
	record_clear(&r);
	put(state, "evidence/stacks.txt", "nothing is blocked\n");
	r = load(state, NULL, NULL);
	assert_string_equal(r.blocked_from, "vmcore");
	assert_int_equal(json_array_size(r.blocked), 2);
	record_clear(&r);
}

static json_t *clean(const char *text)
{
	return reading_clean(text, strlen(text));
}

static void a_reading_keeps_what_is_known_and_of_its_type(void **state)
{
	json_t *o = clean(
		"{\"release\":\"6.1\",\"tasks\":119,\"taint\":512,\"panic\":7,\"evil\":1,"
		"\"blocked\":[{\"count\":2,\"stack\":[\"a\",1,\"b\"],\"evil\":1,"
		"\"tasks\":[{\"pid\":1,\"comm\":\"x\",\"role\":null},7]},7],"
		"\"memory\":{\"free_bytes\":4096,\"x\\u001b\":1,\"neg\":-1},\"notes\":\"n\"}");
	json_t *want = clean("{\"release\":\"6.1\",\"tasks\":119,\"taint\":512,"
			     "\"blocked\":[{\"count\":2,\"stack\":[\"a\",\"b\"],"
			     "\"tasks\":[{\"pid\":1,\"comm\":\"x\"}]}],"
			     "\"memory\":{\"free_bytes\":4096}}");

	assert_int_equal(json_object_size(want), 5);
	assert_true(json_equal(o, want));
	json_decref(o);
	json_decref(want);
	assert_null(clean("[]"));
	assert_null(clean("{\"release\":"));
	assert_null(clean(""));
}

#define TEST(t) cmocka_unit_test_setup_teardown(t, tmpdir_make, tmpdir_remove)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(findings_from_outside_are_laid_on_the_runs_clock),
		TEST(the_verdict_from_outside_outranks_the_journals),
		TEST(an_outside_without_a_verdict_leaves_the_journals),
		TEST(a_fault_seen_from_outside_undoes_a_survival),
		TEST(a_guest_that_never_spoke_is_a_record),
		TEST(a_torn_outside_is_told),
		TEST(a_run_without_an_outside_has_none),
		TEST(blocked_tasks_come_from_the_vmcore_before_the_evidence),
		cmocka_unit_test(a_reading_keeps_what_is_known_and_of_its_type),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

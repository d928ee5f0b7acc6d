/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A run directory read back: its verdict, whole or torn. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "journal.h"
#include "record.h"
#include "record_world.h"
#include "rundir.h"
#include "tmpdir.h"

static void a_run_directory_may_lie_deep(void **state)
{
	struct diag d = { 0 };
	char name[200];
	struct record r;

	memset(name, 'd', sizeof(name) - 1);
	name[sizeof(name) - 1] = '\0';
	for (int depth = 0; depth < 2; depth++) {
		assert_int_equal(mkdir(name, 0755), 0);
		assert_int_equal(chdir(name), 0);
	}
	put(RUNDIR_MANIFEST, manifest, strlen(manifest));
	put(JOURNAL_FILE, BEGIN VERDICT, strlen(BEGIN VERDICT));
	if (record_load(".", &r, &d))
		fail_msg("%s: %s", d.file, d.message);
	assert_true(r.finished);
	record_clear(&r);
}

static void a_whole_journal_gives_its_own_verdict(void **state)
{
	struct record r = load_text(BEGIN VERDICT);

	assert_true(r.finished);
	assert_false(r.torn);
	assert_int_equal(r.verdict, VERDICT_SURVIVED);
	assert_string_equal(r.reason, "the time is up");
	assert_true(r.seconds == 9.5);
	assert_true(r.epoch_us == 1000000);
	assert_int_equal(json_array_size(r.events), 2);
	assert_null(record_decisive(&r));
	record_clear(&r);
}

static void what_the_writer_writes_is_read_back(void **state)
{
	_cleanup_close_ int fd = open(".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	struct finding f, *back;
	struct journal *j;
	struct record r;

	put(RUNDIR_MANIFEST, manifest, strlen(manifest));
	assert_int_equal(journal_open(fd, 5, &j), 0);
	finding_init(&f, FINDING_HUNG_TASK, "kmsg", 2000000);
	f = (struct finding){ .kind = FINDING_HUNG_TASK,
			      .judged = JUDGED_EXPECTED,
			      .id = 1,
			      .noticed_us = 2000000,
			      .began_us = 1000000,
			      .kernel_us = 3,
			      .pid = 42,
			      .cpu = 0,
			      .seconds = 1.25,
			      .watcher = "kmsg",
			      .comm = "jbd2/\"x\"",
			      .group = "victims.3",
			      .function = "f",
			      .release = "6.1",
			      .taint = "W",
			      .signature = "s",
			      .text = "line\n\x01",
			      .stack = "a+0x1/0x2\nb+0x3/0x4\n" };
	journal_finding(j, &f);
	journal_close(j);
	assert_int_equal(record_load(".", &r, NULL), 0);
	assert_int_equal(r.n_findings, 1);
	back = &r.findings[0];
	assert_memory_equal(&f, back, sizeof(f));
	assert_int_equal(r.epoch_us, 5);
	assert_true(record_decisive(&r) == back);
	record_clear(&r);
}

static void only_the_last_line_may_be_torn(void **state)
{
	static const struct {
		const char *text;
		bool torn;
		unsigned int bad, first_bad, events;
	} cases[] = {
		{ BEGIN, false, 0, 0, 1 },
		{ "", false, 0, 0, 0 },
		{ BEGIN "{\"seq\":2,\"t\":1", true, 0, 0, 1 },
		{ BEGIN "{\"seq\":2,\"t\":1\n", true, 0, 0, 1 },
		{ BEGIN "{\"seq\":2,\"event\":\"note\"}", false, 0, 0, 2 },
		{ "{\"seq\"\n" BEGIN, false, 1, 1, 1 },
		{ BEGIN "x\n\ny\n" VERDICT "z", true, 3, 2, 2 },
		{ BEGIN "[]\n7\nnull\n" VERDICT, false, 3, 2, 2 },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct record r = load_text(cases[i].text);

		assert_int_equal(r.torn, cases[i].torn);
		assert_int_equal(r.bad_lines, cases[i].bad);
		assert_int_equal(r.first_bad_line, cases[i].first_bad);
		assert_int_equal(json_array_size(r.events), cases[i].events);
		record_clear(&r);
	}
}

static void a_record_without_a_verdict_is_decided_by_what_there_is(void **state)
{
	static const struct {
		const char *text;
		enum verdict want;
		const char *reason;
	} cases[] = {
		{ "", VERDICT_INCONCLUSIVE, "before the run began" },
		{ BEGIN, VERDICT_INCONCLUSIVE, "ends at 0.1 s" },
		{ BEGIN FINDING("\"id\":1,\"kind\":\"hung-task\",\"judged\":\"expected\","
				"\"watcher\":\"kmsg\","
				"\"noticed_us\":2500000"),
		  VERDICT_REPRODUCED,
		  "hung-task, noticed by kmsg at 1.5 s; the record ends at 1.5 s" },
		{ BEGIN FINDING("\"id\":1,\"kind\":\"bug\",\"judged\":\"other\""),
		  VERDICT_OTHER_FAULT, "bug" },
		{ BEGIN FINDING("\"id\":1,\"kind\":\"oom-kill\",\"judged\":\"allowed\""),
		  VERDICT_INCONCLUSIVE, "ends at 1.5 s" },
		{ BEGIN FINDING("\"id\":1,\"kind\":\"stressor-failed\",\"judged\":\"broken\""),
		  VERDICT_BROKEN, "stressor-failed" },
		{ BEGIN FINDING("\"id\":1,\"kind\":\"record-lost\",\"judged\":\"broken\"")
			  FINDING("\"id\":2,\"kind\":\"bug\",\"judged\":\"other\""),
		  VERDICT_BROKEN, "record-lost" },
		{ BEGIN "{\"event\":\"skip\",\"fatal\":true}\n", VERDICT_SKIPPED, "ends" },
		{ BEGIN "{\"event\":\"skip\",\"fatal\":false}\n", VERDICT_INCONCLUSIVE, "ends" },
		{ BEGIN "{\"event\":\"verdict\",\"verdict\":\"PERFECT\"}\n", VERDICT_INCONCLUSIVE,
		  "ends" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct record r = load_text(cases[i].text);

		assert_false(r.finished);
		assert_int_equal(r.verdict, cases[i].want);
		if (!strstr(r.reason, cases[i].reason))
			fail_msg("case %zu: \"%s\"", i, r.reason);
		record_clear(&r);
	}
}

static void what_is_no_run_directory_is_refused(void **state)
{
	static const struct {
		const char *manifest;
		int want;
		const char *message;
	} cases[] = {
		{ "{\"layout\":2}", -EPROTO, "newer" },
		{ "{\"layout\":99999999999999999999}", -EINVAL, "no manifest" },
		{ "{\"layout\":\"1\"}", -EINVAL, "no manifest" },
		{ "{\"layout\":0}", -EINVAL, "no manifest" },
		{ "{}", -EINVAL, "no manifest" },
		{ "[1]", -EINVAL, "object" },
		{ "", -EINVAL, "" },
		{ "{\"layout\":1,\n  \"id\":", -EINVAL, "" },
	};
	struct record r = { .path = "untouched" };
	struct diag d = { 0 };

	assert_int_equal(record_load("absent", &r, &d), -ENOENT);
	assert_string_equal(d.file, "absent");
	d = (struct diag){ 0 };
	assert_int_equal(record_load(".", &r, &d), -ENOENT);
	assert_non_null(strstr(d.file, RUNDIR_MANIFEST));
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		d = (struct diag){ 0 };
		put(RUNDIR_MANIFEST, cases[i].manifest, strlen(cases[i].manifest));
		assert_int_equal(record_load(".", &r, &d), cases[i].want);
		assert_non_null(strstr(d.message, cases[i].message));
		assert_true(d.message[0]);
	}
	assert_int_equal(d.line, 2);
	assert_string_equal(r.path, "untouched");
	assert_int_equal(record_load(RUNDIR_MANIFEST, &r, NULL), -ENOTDIR);
}

static void a_manifest_alone_is_a_record(void **state)
{
	struct record r;

	put(RUNDIR_MANIFEST, manifest, strlen(manifest));
	assert_int_equal(record_load(".", &r, NULL), 0);
	assert_int_equal(r.verdict, VERDICT_INCONCLUSIVE);
	assert_string_equal(record_manifest_text(&r, "id"), "ID");
	assert_string_equal(record_manifest_text(&r, "scenario.name"), "x");
	assert_string_equal(record_manifest_text(&r, "scenario"), "");
	assert_string_equal(record_manifest_text(&r, "host.kernel"), "");
	record_clear(&r);
}

static void a_run_under_way_is_said_to_be(void **state)
{
	struct rundir d;
	struct record r;

	assert_int_equal(setenv("HANGAR_STATE_HOME", *state, 1), 0);
	assert_int_equal(rundir_create(&d, "run", "x"), 0);
	put("run/" RUNDIR_MANIFEST, manifest, strlen(manifest));
	put("run/" JOURNAL_FILE, BEGIN, strlen(BEGIN));
	assert_int_equal(record_load("run", &r, NULL), 0);
	assert_true(r.live);
	assert_non_null(strstr(r.reason, "still going on"));
	record_clear(&r);
	rundir_clear(&d);
	assert_int_equal(record_load("run", &r, NULL), 0);
	assert_false(r.live);
	record_clear(&r);
}

/* Each in the middle, so that the reader must find its way to the next line. */
static void lines_made_to_harm_cost_only_themselves(void **state)
{
	static const char nul[] = "a\0b\n{\"event\":\"\\u0000\"}\n\0\n";
	enum { HUGE = 5 << 20 };
	char *text = malloc(HUGE + 4096), *at;
	struct record r;

	at = text + sprintf(text, BEGIN "{\"event\":\"note\",\"text\":\"");
	memset(at, 'a', HUGE);
	at += HUGE;
	at += sprintf(at, "\"}\n" VERDICT);
	r = load_journal(text, (size_t)(at - text));
	assert_int_equal(r.bad_lines, 1);
	assert_true(r.finished);
	record_clear(&r);

	at = text + sprintf(text, BEGIN);
	for (int i = 0; i < 500000; i++, at += 2)
		memcpy(at, "[{", 2);
	at += sprintf(at, "\n%s", VERDICT);
	r = load_journal(text, (size_t)(at - text));
	assert_int_equal(r.bad_lines, 1);
	record_clear(&r);

	at = text + sprintf(text, BEGIN);
	memcpy(at, nul, sizeof(nul) - 1);
	at += sizeof(nul) - 1;
	at += sprintf(at, VERDICT);
	r = load_journal(text, (size_t)(at - text));
	assert_int_equal(r.bad_lines, 3);
	assert_true(r.finished);
	record_clear(&r);
	free(text);
}

static void members_of_wrong_types_are_as_if_absent(void **state)
{
	struct record r = load_text(
		BEGIN FINDING("\"id\":\"1\",\"kind\":[],\"judged\":{},\"watcher\":7,"
			      "\"noticed_us\":-1,\"cpu\":\"0\","
			      "\"seconds\":\"x\",\"stack\":{\"a\":1},\"text\":null,\"pid\":"
			      "1e300") FINDING("\"stack\":[null,\"ok\",\"a\\nb\"],\"comm\":"
					       "\"0123456789012345678901234567890\xc3\xa9"
					       "\"") "{\"event\":\"exit\",\"copy\":-5,"
						     "\"steps\":1e300,\"name\":{}}\n"
						     "{\"event\":\"exit\",\"copy\":"
						     "4294967295}\n{\"event\":7}\n{}\n");

	assert_int_equal(r.bad_lines, 0);
	assert_int_equal(r.n_findings, 2);
	assert_int_equal(r.findings[0].kind, FINDING_NONE);
	assert_int_equal(r.findings[0].judged, JUDGED_OTHER);
	assert_int_equal(r.findings[0].cpu, -1);
	assert_string_equal(r.findings[0].stack, "");
	assert_string_equal(r.findings[1].stack, "ok\n");
	assert_string_equal(r.findings[1].comm, "0123456789012345678901234567890");
	record_clear(&r);
}

#define test(name) cmocka_unit_test_setup_teardown(name, in_folder, out_of_folder)

int main(void)
{
	const struct CMUnitTest tests[] = {
		test(a_run_directory_may_lie_deep),
		test(a_whole_journal_gives_its_own_verdict),
		test(what_the_writer_writes_is_read_back),
		test(only_the_last_line_may_be_torn),
		test(a_record_without_a_verdict_is_decided_by_what_there_is),
		test(what_is_no_run_directory_is_refused),
		test(a_manifest_alone_is_a_record),
		test(a_run_under_way_is_said_to_be),
		test(lines_made_to_harm_cost_only_themselves),
		test(members_of_wrong_types_are_as_if_absent),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Records completed after a crash, with what it left. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/textfile.h"
#include "collect/complete.h"
#include "collect/pair.h"
#include "collect/place.h"
#include "crash_world.h"
#include "tmpdir.h"

#define JOURNAL                                                                                    \
	"{\"seq\":1,\"t\":0.000100,\"event\":\"run-begin\",\"epoch_us\":101000000,\"name\":\"x\"," \
	"\"seed\":1}\n"                                                                            \
	"{\"seq\":2,\"t\":5.0,\"event\":\"progress\",\"steps\":10}\n"                              \
	"{\"seq\":3,\"t\":28.0,\"event\":\"progress\",\"steps\":12}\n{\"seq\":4,\"t\":28."

/* A run directory that ended in the middle of a line. */
static void make_run(const char *dir, const char *id, const char *expect)
{
	char manifest[600], scenario[600];

	make_folder(dir);
	snprintf(manifest, sizeof(manifest),
		 "{\"layout\":1,\"id\":\"%s\",\"scenario\":{\"name\":\"x\"},\"began_unix\":%d,"
		 "\"host\":{\"kernel\":\"" RELEASE "\",\"boot_id\":\"old\"}}",
		 id, BEGAN);
	snprintf(scenario, sizeof(scenario),
		 "{\"name\":\"x\",\"about\":\"x\",\"phases\":[{\"name\":\"p\",\"for\":\"9s\","
		 "\"run\":[{\"use\":\"alloc\"}]}],"
		 "\"expect\":{\"reproduce\":[{\"kind\":\"%s\"}]}}",
		 expect);
	put_text(dir, "manifest.json", manifest, BEGAN);
	put_text(dir, "scenario.json", scenario, BEGAN);
	put_text(dir, "journal.jsonl", JOURNAL, BEGAN + 28);
}

static void find_all(void **state, struct losts *runs, struct relics *relics)
{
	assert_int_equal(losts_find(runs, in(state, "home"), ""), 0);
	assert_int_equal(relics_find_kdump(relics, in(state, "crash"), NULL), 0);
	assert_int_equal(relics_find_pstore(relics, in(state, "pstore")), 0);
}

static void make_machine(void **state, const char *expect)
{
	make_run(in(state, "home/runs/RUN"), "RUN", expect);
	make_folder(in(state, "crash/202611230501"));
	make_folder(in(state, "pstore"));
	put_text(in(state, "crash/202611230501"), "dump.202611230501", "KDUMP   bytes", BEGAN + 35);
	put_text(in(state, "crash/202611230501"), "dmesg.202611230501", OOPS_LOG, BEGAN + 40);
	put_text(in(state, "pstore"), "dmesg-ramoops-0",
		 "Panic#1 Part1\n<0>[  130.000001] Kernel panic - not syncing: sysrq triggered "
		 "crash\n",
		 BEGAN + 30);
}

/* Collects the one run in the state home; returns what became of it. */
static int collect_one(void **state, enum place_how how, struct completion *done, struct diag *d)
{
	struct losts runs = { NULL, 0 };
	struct relics relics = { NULL, 0 };
	struct pair pairs[4];
	int err = -ENOENT;

	find_all(state, &runs, &relics);
	assert_int_equal(runs.count, 1);
	pair_all(&runs, &relics, &today, pairs);
	if (pairs[0].state != PAIR_SKIPPED)
		err = complete_run(&runs.list[0], &pairs[0], how, done, d);
	relics_clear(&relics);
	losts_clear(&runs);
	return err;
}

static bool exists(const char *path)
{
	return access(path, F_OK) == 0;
}

static void assert_has(const char *path, const char *what)
{
	_cleanup_free_ char *text = NULL;
	size_t size;

	assert_int_equal(textfile_load(path, 1 << 20, &text, &size), 0);
	if (!strstr(text, what))
		fail_msg("no %s in %s: %s", what, path, text);
}

static void a_record_is_completed_and_the_originals_stay(void **state)
{
	struct completion done;
	struct diag d = { 0 };
	struct stat a, b;

	make_machine(state, "panic");
	if (collect_one(state, PLACE_LINK, &done, &d))
		fail_msg("%s", d.message);
	assert_int_equal(done.verdict, VERDICT_REPRODUCED);
	assert_string_equal(done.vmcore, "linked");
	assert_int_equal(stat(in(state, "home/runs/RUN/vmcore"), &a), 0);
	assert_int_equal(stat(in(state, "crash/202611230501/dump.202611230501"), &b), 0);
	assert_int_equal(a.st_ino, b.st_ino);
	assert_has(in(state, "home/runs/RUN/vmcore-dmesg.txt"), "sysrq triggered crash");
	assert_has(in(state, "home/runs/RUN/evidence/pstore/dmesg-ramoops-0"), "Panic#1 Part1");
	assert_true(exists(in(state, "pstore/dmesg-ramoops-0")));
	assert_has(in(state, "home/runs/RUN/outside.jsonl"), "\"kind\":\"panic\"");
	assert_has(in(state, "home/runs/RUN/outside.jsonl"), "\"verdict\":\"REPRODUCED\"");
	assert_true(exists(in(state, "home/runs/RUN/report.txt")));
	/* the oops of before the run is another's */
	{
		_cleanup_free_ char *text = NULL;
		size_t size;

		assert_int_equal(textfile_load(in(state, "home/runs/RUN/outside.jsonl"), 1 << 20,
					       &text, &size),
				 0);
		assert_null(strstr(text, "null-deref"));
	}
}

static void a_second_collect_finds_it_done(void **state)
{
	struct completion done;
	struct diag d = { 0 };

	make_machine(state, "panic");
	assert_int_equal(collect_one(state, PLACE_LINK, &done, &d), 0);
	assert_int_equal(collect_one(state, PLACE_LINK, &done, &d), -ENOENT);
}

/* What an interrupted collect left is no obstacle. */
static void an_interrupted_collect_is_done_again(void **state)
{
	struct completion done;
	struct diag d = { 0 };

	make_machine(state, "panic");
	put_text(in(state, "home/runs/RUN"), ".outside-collect.jsonl", "{\"seq\":1", BEGAN);
	assert_int_equal(link(in(state, "crash/202611230501/dump.202611230501"),
			      in(state, "home/runs/RUN/vmcore")),
			 0);
	if (collect_one(state, PLACE_LINK, &done, &d))
		fail_msg("%s", d.message);
	assert_string_equal(done.vmcore, "there");
	assert_false(exists(in(state, "home/runs/RUN/.outside-collect.jsonl")));
}

static void a_move_takes_the_originals_last(void **state)
{
	struct completion done;
	struct diag d = { 0 };

	make_machine(state, "hung-task");
	if (collect_one(state, PLACE_MOVE, &done, &d))
		fail_msg("%s", d.message);
	assert_int_equal(done.verdict, VERDICT_OTHER_FAULT);
	assert_false(exists(in(state, "crash/202611230501/dump.202611230501")));
	assert_false(exists(in(state, "pstore/dmesg-ramoops-0")));
	assert_has(in(state, "home/runs/RUN/vmcore"), "KDUMP   bytes");
	assert_has(in(state, "home/runs/RUN/evidence/pstore/log.txt"), "sysrq triggered crash");
}

/* A vmcore of somebody else's that lies in the run directory is not written over. */
static void nothing_recorded_is_lost(void **state)
{
	struct completion done;
	struct diag d = { 0 };

	make_machine(state, "panic");
	put_text(in(state, "home/runs/RUN"), "vmcore", "mine", BEGAN);
	assert_int_equal(collect_one(state, PLACE_LINK, &done, &d), -EEXIST);
	assert_has(in(state, "home/runs/RUN/vmcore"), "mine");
	assert_false(exists(in(state, "home/runs/RUN/outside.jsonl")));
	assert_true(exists(in(state, "crash/202611230501/dump.202611230501")));
}

static void a_machine_that_kept_nothing_fell_silent(void **state)
{
	struct completion done;
	struct diag d = { 0 };

	make_run(in(state, "home/runs/RUN"), "RUN", "silence");
	if (collect_one(state, PLACE_LINK, &done, &d))
		fail_msg("%s", d.message);
	assert_int_equal(done.verdict, VERDICT_REPRODUCED);
	assert_has(in(state, "home/runs/RUN/outside.jsonl"), "\"kind\":\"silence\"");
}

static void what_is_no_run_is_passed_over(void **state)
{
	struct losts runs = { NULL, 0 };

	make_machine(state, "panic");
	make_folder(in(state, "home/runs/empty"));
	make_folder(in(state, "home/active"));
	put_text(in(state, "home/runs"), "file", "x", BEGAN);
	assert_int_equal(symlink("/nowhere/at/all", in(state, "home/active/gone")), 0);
	assert_int_equal(symlink(in(state, "home/runs/RUN"), in(state, "home/active/RUN")), 0);
	assert_int_equal(losts_find(&runs, in(state, "home"), ""), 0);
	assert_int_equal(runs.count, 1);
	assert_string_equal(runs.list[0].id, "RUN");
	assert_string_equal(runs.list[0].boot_id, "old");
	assert_int_equal(runs.list[0].last, BEGAN + 28);
	assert_int_equal(runs.list[0].last_us, 129000000);
	losts_clear(&runs);
}

#define FACT(f) cmocka_unit_test_setup_teardown(f, tmpdir_make, tmpdir_remove)

int main(void)
{
	const struct CMUnitTest tests[] = {
		FACT(a_record_is_completed_and_the_originals_stay),
		FACT(a_second_collect_finds_it_done),
		FACT(an_interrupted_collect_is_done_again),
		FACT(a_move_takes_the_originals_last),
		FACT(nothing_recorded_is_lost),
		FACT(a_machine_that_kept_nothing_fell_silent),
		FACT(what_is_no_run_is_passed_over),
	};

	return cmocka_run_group_tests_name("collect", tests, NULL, NULL);
}

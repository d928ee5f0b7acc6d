/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a record adds up: findings and their follow-ups, noise, exits, steps. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdlib.h>

#include "base/cleanup.h"
#include "record.h"
#include "record_world.h"

static void follow_ups_complete_their_first_notice(void **state)
{
	struct record r = load_text(
		BEGIN FINDING("\"id\":1,\"kind\":\"oops\",\"judged\":\"other\",\"watcher\":"
			      "\"kmsg\",\"noticed_us\":2000000,"
			      "\"text\":\"headline\",\"pid\":7")
			FINDING("\"id\":2,\"kind\":\"taint\",\"judged\":\"other\",\"noticed_us\":"
				"2100000") FINDING("\"id\":3,\"more_of\":1,\"kind\":\"null-deref\","
						   "\"judged\":\"expected\","
						   "\"watcher\":\"x\",\"noticed_us\":2200000,"
						   "\"function\":\"f\",\"cpu\":0,"
						   "\"stack\":[\"f+0x1/0x2\",\"g\"]")
				FINDING("\"id\":2,\"more_of\":2,\"judged\":\"other\",\"text\":"
					"\"more\""));
	const struct finding *f = r.findings;

	assert_int_equal(r.n_findings, 2);
	assert_int_equal(f->id, 1);
	assert_int_equal(f->kind, FINDING_NULL_DEREF);
	assert_int_equal(f->judged, JUDGED_EXPECTED);
	assert_int_equal(f->noticed_us, 2000000);
	assert_string_equal(f->watcher, "kmsg");
	assert_string_equal(f->text, "headline");
	assert_string_equal(f->function, "f");
	assert_string_equal(f->stack, "f+0x1/0x2\ng\n");
	assert_int_equal(f->pid, 7);
	assert_int_equal(f->cpu, 0);
	assert_string_equal(f[1].text, "more");
	assert_int_equal(f[1].kind, FINDING_TAINT);
	assert_int_equal(r.counts[JUDGED_OTHER][FINDING_OOPS], 0);
	assert_int_equal(r.counts[JUDGED_EXPECTED][FINDING_NULL_DEREF], 1);
	assert_int_equal(record_count(&r, JUDGED_OTHER), 1);
	assert_int_equal(r.verdict, VERDICT_REPRODUCED);
	record_clear(&r);
}

static void noise_is_counted_and_only_its_first_is_kept(void **state)
{
	_cleanup_free_ char *text = NULL;
	size_t size;
	FILE *f = open_memstream(&text, &size);
	struct record r;

	fputs(BEGIN, f);
	for (int i = 1; i <= 3000; i++) {
		fprintf(f, FINDING("\"id\":%d,\"kind\":\"oom-kill\",\"judged\":\"allowed\""), i);
		fprintf(f,
			FINDING("\"id\":%d,\"more_of\":%d,\"kind\":\"oom-kill\",\"judged\":"
				"\"allowed\""),
			i, i);
	}
	/* One that was not kept turns out to be the bug. */
	fputs(FINDING("\"id\":2999,\"more_of\":2999,\"kind\":\"oom-kill\",\"judged\":\"expected\""),
	      f);
	fclose(f);
	r = load_journal(text, size);
	assert_int_equal(r.counts[JUDGED_ALLOWED][FINDING_OOM_KILL], 3000);
	assert_int_equal(r.n_findings, RECORD_KEPT_NOISE + 1);
	assert_int_equal(r.verdict, VERDICT_REPRODUCED);
	assert_int_equal(json_array_size(r.events), 1);
	record_clear(&r);
}

static void exits_add_up_by_stressor_and_group(void **state)
{
	struct record r = load_text(
		BEGIN
		"{\"event\":\"spawn\",\"copy\":0,\"name\":\"a#0\",\"group\":\"g.0/h.12\"}\n"
		"{\"event\":\"spawn\",\"copy\":1,\"name\":\"a#1\",\"group\":\"g.1/h.3\"}\n"
		"{\"event\":\"spawn\",\"copy\":70,\"name\":\"b#70\",\"group\":\"v1.x\"}\n"
		"{\"event\":\"exit\",\"copy\":0,\"name\":\"a#0\",\"kind\":\"oom-killed\",\"steps\":"
		"5,\"slowest_us\":9}\n"
		"{\"event\":\"restart\",\"copy\":0}\n"
		"{\"event\":\"spawn\",\"copy\":0,\"name\":\"a#0\",\"group\":\"g.0/h.12\"}\n"
		"{\"event\":\"exit\",\"copy\":0,\"kind\":\"done\",\"steps\":11,\"slowest_us\":3}\n"
		"{\"event\":\"exit\",\"copy\":70,\"kind\":\"failed\",\"code\":1}\n"
		"{\"t\":2,\"event\":\"progress\",\"steps\":11,\"oom_kills\":1}\n");

	assert_int_equal(r.n_works, 2);
	assert_string_equal(r.works[0].name, "a");
	assert_string_equal(r.works[0].group, "g/h");
	assert_int_equal(r.works[0].starts, 3);
	assert_int_equal(r.works[0].restarts, 1);
	assert_int_equal(r.works[0].oom_killed, 1);
	assert_int_equal(r.works[0].done, 1);
	assert_int_equal(r.works[0].steps, 11);
	assert_int_equal(r.works[0].slowest_us, 9);
	assert_string_equal(r.works[1].group, "v1.x");
	assert_int_equal(r.works[1].failed, 1);
	assert_int_equal(r.steps, 11);
	assert_int_equal(r.oom_kills, 1);
	record_clear(&r);
}

static void steps_of_a_copy_go_on_over_its_restarts(void **state)
{
	struct record r = load_text(
		BEGIN "{\"event\":\"spawn\",\"copy\":3,\"name\":\"a#3\",\"group\":\"g\"}\n"
		      "{\"event\":\"exit\",\"copy\":3,\"kind\":\"oom-killed\",\"steps\":10}\n"
		      "{\"event\":\"exit\",\"copy\":3,\"kind\":\"oom-killed\",\"steps\":25}\n"
		      "{\"event\":\"exit\",\"copy\":3,\"kind\":\"done\",\"steps\":4}\n");

	assert_int_equal(r.works[0].steps, 29);
	assert_int_equal(r.steps, 29);
	assert_int_equal(r.oom_kills, 2);
	record_clear(&r);
}

static void sums_of_the_runner_outrank_what_was_rationed(void **state)
{
	struct record r = load_text(
		BEGIN
		"{\"event\":\"spawn\",\"copy\":3,\"name\":\"a#3\",\"group\":\"g.1\"}\n"
		"{\"event\":\"exit\",\"copy\":3,\"kind\":\"oom-killed\",\"steps\":10}\n"
		"{\"event\":\"work\",\"name\":\"a\",\"group\":\"g\",\"starts\":50,\"restarts\":48,"
		"\"oom_killed\":48,\"stopped\":2,\"steps\":1000,\"slowest_us\":7}\n");

	assert_int_equal(r.n_works, 1);
	assert_int_equal(r.works[0].starts, 50);
	assert_int_equal(r.works[0].oom_killed, 48);
	assert_int_equal(r.works[0].stopped, 2);
	assert_int_equal(r.works[0].steps, 1000);
	record_clear(&r);
}

static void a_seed_of_64_bits_costs_no_line(void **state)
{
	struct record r =
		load_text("{\"t\":0,\"event\":\"run-begin\",\"seed\":18446744073709551615}\n");

	assert_int_equal(r.bad_lines, 0);
	assert_int_equal(json_array_size(r.events), 1);
	record_clear(&r);
}

#define test(name) cmocka_unit_test_setup_teardown(name, in_folder, out_of_folder)

int main(void)
{
	const struct CMUnitTest tests[] = {
		test(follow_ups_complete_their_first_notice),
		test(noise_is_counted_and_only_its_first_is_kept),
		test(exits_add_up_by_stressor_and_group),
		test(steps_of_a_copy_go_on_over_its_restarts),
		test(sums_of_the_runner_outrank_what_was_rationed),
		test(a_seed_of_64_bits_costs_no_line),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

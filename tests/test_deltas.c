/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What moved around a finding: parsing, rules, and the thread with its ring on a fake /proc. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/paths.h"
#include "base/textfile.h"
#include "deltas/deltas.h"
#include "deltas/rules.h"
#include "deltas/sample.h"
#include "folder.h"
#include "tmpdir.h"

#define ORDER5                                                                                     \
	"kworker/0:1: page allocation failure: order:5, mode:0x40c40(GFP_NOFS|__GFP_COMP), "       \
	"nodemask=(null)"
#define VMSTAT(stall, allocstall)                                                                  \
	"nr_free_pages 130000\nallocstall_dma 0\nallocstall_normal " allocstall                    \
	"\npgscan_direct 900\npgscan_direct_throttle 3\npgsteal_direct 20\ncompact_stall " stall   \
	"\ncompact_fail 40935\ncompact_success 46979\npgpgin 5\npgpgout 7\nnr_dirtied 1\n"         \
	"nr_written 1\n"
#define BUDDY                                                                                      \
	"Node 0, zone      DMA      1      1      0      0      0      0      0      0      0    " \
	"  "                                                                                       \
	"0      0 \nNode 0, zone    DMA32 129920      3      1      0      0      0      0      "  \
	"0 "                                                                                       \
	"     0      0      0 \n"
#define ZONES                                                                                      \
	"Node 0, zone      DMA\n  per-node stats\n      nr_inactive_anon 1\n  pages free     99\n" \
	"        boost    0\n        min      7\n        low      9\n        high     11\n"        \
	"        spanned  4095\n        protection: (0, 900)\n  pagesets\n    cpu: 0\n"            \
	"              count: 1\n              high:  300\nNode 0, zone    DMA32\n"                \
	"  pages free     129930\n        min      11000\n        low      13000\n"                \
	"        high     15000\n"

static const char *root;

#define put(file, text) folder_put(root, file, text)
#define get(file) folder_get(root, file)

static int setup(void **state)
{
	int err = tmpdir_make(state);

	root = *state;
	return err;
}

static int teardown(void **state)
{
	return tmpdir_remove(state);
}

/* @text through a parser, by way of a file and a work buffer of @size. */
static void parse(const char *text, void (*line)(void *, char *), struct delta_parse *p,
		  size_t size)
{
	_Alignas(8) char buf[4096];
	int fd = memfd_create("text", MFD_CLOEXEC);

	assert_int_equal(write(fd, text, strlen(text)), (ssize_t)strlen(text));
	assert_int_equal(delta_lines(fd, buf, size, line, p), 0);
	close(fd);
}

static struct delta_names names;
static struct delta_sample before, after;

static void learn(const char *vmstat_before, const char *vmstat_after)
{
	struct delta_parse p = { .names = &names, .sample = &before, .learn = true, .zone = -1 };

	memset(&names, 0, sizeof(names));
	memset(&before, 0, sizeof(before));
	memset(&after, 0, sizeof(after));
	before.at_us = 10000000;
	after.at_us = 15100000;
	parse(vmstat_before, delta_vmstat_line, &p, 64);
	parse(BUDDY, delta_buddyinfo_line, &p, 512);
	p = (struct delta_parse){ .names = &names, .sample = &after, .zone = -1 };
	parse(vmstat_after, delta_vmstat_line, &p, 64);
	parse(BUDDY, delta_buddyinfo_line, &p, 512);
	parse(ZONES, delta_zoneinfo_line, &p, 128);
}

static const char *sentences_of(enum finding_kind kind, const char *text)
{
	static char buf[DELTA_SENTENCES_BYTES];
	struct delta_facts f;

	delta_facts_make(&f, &names, &before, &after, kind, text, 4096);
	delta_sentences(&f, buf, sizeof(buf));
	return buf;
}

static void counters_and_zones_are_read_as_numbers(void **state)
{
	int64_t by;

	learn(VMSTAT("87914", "5"), VMSTAT("87920", "9"));
	assert_int_equal(names.zones, 2);
	assert_string_equal(names.zone[1], "0 DMA32");
	assert_int_equal(after.zone[1].blocks[0], 129920);
	assert_int_equal(after.zone[1].free, 129930);
	assert_int_equal(after.zone[0].min, 7);
	assert_int_equal(after.zone[0].high, 11); /* not that of the pagesets */
	assert_true(delta_of(&names, &before, &after, "compact_stall", &by));
	assert_int_equal(by, 6);
	assert_true(delta_of(&names, &before, &after, "allocstall*", &by));
	assert_int_equal(by, 4); /* of all zones */
	assert_false(delta_of(&names, &before, &after, "thp_split_page", &by));
}

static void throttling_is_no_scanning(void **state)
{
	int64_t by;

	learn("pgscan_direct 1\npgscan_direct_throttle 5\n",
	      "pgscan_direct 1\npgscan_direct_throttle 9\n");
	assert_true(delta_of(&names, &before, &after, "pgscan_direct*", &by));
	assert_int_equal(by, 0);
}

static void every_rule_parses(void **state)
{
	assert_true(delta_rules_parse());
}

/* Report 000: the figure that gave it away. */
static void a_refused_compaction_is_told_by_the_counter_that_stood(void **state)
{
	const char *said;

	learn(VMSTAT("87914", "5"), VMSTAT("87914", "9"));
	said = sentences_of(FINDING_PAGE_ALLOC_FAILURE, ORDER5);
	assert_non_null(strstr(said, "compact_stall did not move: compaction was refused for this "
				     "mask (GFP_NOFS|__GFP_COMP); direct reclaim alone was to make "
				     "128 KiB in one piece\n"));
	assert_non_null(strstr(said, "519732 KiB were free, but no block of order 5 or above"));
	assert_non_null(strstr(said, "entered 4 times, looked at 0 pages and freed none"));
}

static void a_compaction_that_ran_was_not_refused(void **state)
{
	const char *said;

	learn(VMSTAT("87914", "5"), VMSTAT("87920", "5"));
	said = sentences_of(FINDING_PAGE_ALLOC_FAILURE,
			    "x: page allocation failure: order:5, mode:0x40cc0(GFP_KERNEL)");
	assert_null(strstr(said, "refused"));
	assert_non_null(strstr(said, "begun 6 times and never succeeded"));
	assert_non_null(strstr(said, "allocstall did not move"));
}

/* A run of order5-nofs: 98 times for others, while the two of this mask were refused. */
static void a_compaction_that_ran_may_have_been_for_others(void **state)
{
	const char *said;

	learn(VMSTAT("87914", "5"), VMSTAT("87920", "5"));
	said = sentences_of(FINDING_PAGE_ALLOC_FAILURE, ORDER5);
	assert_non_null(strstr(said, "begun 6 times (0 successes), for whom is not counted: "
				     "before 4.10 it is refused to this mask "
				     "(GFP_NOFS|__GFP_COMP); a trace"));
	assert_null(strstr(said, "did not move: compaction"));
}

static void memory_below_the_watermark_is_shortage(void **state)
{
	learn(VMSTAT("87914", "5"), VMSTAT("87914", "9"));
	after.zone[0].free = after.zone[0].min;
	after.zone[1].free = 7;
	assert_non_null(strstr(sentences_of(FINDING_PAGE_ALLOC_FAILURE, ORDER5),
			       "no zone was above its min watermark: shortage\n"));
}

static void a_mask_that_may_not_wait_explains_itself(void **state)
{
	learn(VMSTAT("1", "5"), VMSTAT("1", "5"));
	assert_non_null(strstr(sentences_of(FINDING_PAGE_ALLOC_FAILURE,
					    "x: page allocation failure: order:2, "
					    "mode:0x800(GFP_ATOMIC), nodemask=(null)"),
			       "may not wait (GFP_ATOMIC)"));
}

static void a_mask_of_an_old_kernel_stays_a_number(void **state)
{
	const char *said;

	learn(VMSTAT("1", "5"), VMSTAT("1", "5"));
	said = sentences_of(FINDING_PAGE_ALLOC_FAILURE,
			    "kworker/9:1: page allocation failure: order:5, mode:0x104050");
	assert_non_null(strstr(said, "not begun for this request (0x104050)"));
}

static void a_kernel_without_the_counter_is_told_nothing_of_it(void **state)
{
	learn("nr_free_pages 1\n", "nr_free_pages 1\n");
	assert_null(strstr(sentences_of(FINDING_PAGE_ALLOC_FAILURE, ORDER5), "compact_stall"));
}

static void a_disk_that_stands_still_is_told_of_a_hung_task_alone(void **state)
{
	learn(VMSTAT("1", "5"), VMSTAT("1", "5"));
	assert_non_null(strstr(sentences_of(FINDING_HUNG_TASK, "x"),
			       "pgpgin and pgpgout did not move for 5.1 s"));
	assert_null(strstr(sentences_of(FINDING_WARNING, "x"), "pgpgout"));
}

static void odd_text_overruns_nothing(void **state)
{
	static const char *const odd[] = {
		"",
		"\n",
		" \n",
		"a\n",
		" 1\n",
		"a 1",
		"Node\n",
		"Node 0\n",
		"Node 0, zone\n",
		"Node 0, zone \n",
		"Node x, zone DMA 1\n",
		"Node 0, zone DMA 1 2 x\n",
		"Node 00000000000000000000000000000000000000000, zone DMA 1\n",
		"Node 0, zone DMA 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20\n",
		"pages free 99999999999999999999999999\n",
	};
	static char long_line[3000];

	memset(long_line, 'a', sizeof(long_line) - 2);
	long_line[sizeof(long_line) - 2] = '\n';
	for (size_t i = 0; i <= sizeof(odd) / sizeof(odd[0]); i++) {
		struct delta_parse p = {
			.names = &names, .sample = &after, .learn = true, .zone = -1
		};
		const char *text = i < sizeof(odd) / sizeof(odd[0]) ? odd[i] : long_line;

		parse(text, delta_vmstat_line, &p, 64);
		parse(text, delta_buddyinfo_line, &p, 64);
		parse(text, delta_zoneinfo_line, &p, 64);
	}
	for (unsigned int i = 0; i < 2 * DELTA_COUNTERS_MAX; i++) {
		struct delta_parse p = { .names = &names, .sample = &after, .learn = true };
		char line[64];

		snprintf(line, sizeof(line), "counter_%u 1", i);
		delta_vmstat_line(&p, line);
		snprintf(line, sizeof(line), "Node %u, zone DMA 1 1", i);
		delta_buddyinfo_line(&p, line);
	}
	assert_int_equal(names.counters, DELTA_COUNTERS_MAX);
	assert_int_equal(names.zones, DELTA_ZONES_MAX);
}

static void a_line_behind_one_that_is_too_long_is_read(void **state)
{
	struct delta_parse p = { .names = &names, .sample = &after, .learn = true };
	char text[512];

	memset(&names, 0, sizeof(names));
	memset(text, 'x', 300);
	strcpy(text + 300, "\nkept 7\n");
	parse(text, delta_vmstat_line, &p, 64);
	assert_int_equal(names.counters, 1);
	assert_string_equal(names.counter[0], "kept");
}

/* The whole way, with the thread. */
struct rig {
	struct rundir dir;
	struct journal *j;
	struct deltas *d;
};

static void rig_open(struct rig *r)
{
	r->dir.fd = open(root, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	assert_int_equal(journal_open(r->dir.fd, now_us(), &r->j), 0);
	assert_int_equal(deltas_open(root, &r->dir, r->j, 0, &r->d), 0);
}

static void rig_close(struct rig *r)
{
	deltas_close(r->d);
	journal_close(r->j);
	close(r->dir.fd);
}

static void the_difference_goes_into_the_journal_and_a_file(void **state)
{
	struct finding f;
	struct rig r;

	put("proc/vmstat", VMSTAT("87914", "5"));
	put("proc/buddyinfo", BUDDY);
	put("proc/zoneinfo", ZONES);
	rig_open(&r);
	put("proc/vmstat", VMSTAT("87914", "9"));
	finding_init(&f, FINDING_PAGE_ALLOC_FAILURE, "kmsg", now_us());
	f.id = 3;
	strcpy(f.text, ORDER5);
	deltas_finding(r.d, &f);
	deltas_finding(r.d, &f); /* its second half */
	rig_close(&r);
	assert_non_null(strstr(get("evidence/deltas.txt"), "==> finding #3 page-alloc-failure"));
	assert_non_null(strstr(get("evidence/deltas.txt"), "allocstall_normal"));
	assert_null(strstr(strstr(get("evidence/deltas.txt"), "==>") + 3, "==>"));
	assert_non_null(strstr(get("journal.jsonl"), "\"finding\":3,\"from\":"));
	assert_non_null(
		strstr(get("journal.jsonl"), "\"sentences\":[\"compact_stall did not move"));
	assert_non_null(strstr(get("journal.jsonl"), "\"moved\":{\"allocstall_normal\":4}"));
	assert_non_null(strstr(get("journal.jsonl"), "\"min\":11000"));
}

static void a_run_without_a_finding_leaves_no_file(void **state)
{
	struct rig r;

	put("proc/vmstat", VMSTAT("1", "1"));
	rig_open(&r);
	rig_close(&r);
	assert_string_equal(get("evidence/deltas.txt"), "");
	assert_null(strstr(get("journal.jsonl"), "deltas"));
}

static void a_flood_of_findings_is_counted(void **state)
{
	struct rig r;

	put("proc/vmstat", VMSTAT("1", "1"));
	rig_open(&r);
	for (uint32_t i = 1; i <= 40; i++) {
		struct finding f;

		finding_init(&f, FINDING_WARNING, "kmsg", now_us());
		f.id = i;
		deltas_finding(r.d, &f);
	}
	rig_close(&r);
	assert_non_null(strstr(get("journal.jsonl"), "around 24 more findings is not told"));
}

static void a_machine_without_vmstat_is_told(void **state)
{
	struct finding f;
	struct rig r;

	rig_open(&r);
	assert_null(r.d);
	finding_init(&f, FINDING_WARNING, "kmsg", now_us());
	deltas_finding(r.d, &f);
	deltas_poll(r.d);
	rig_close(&r);
	assert_non_null(strstr(get("journal.jsonl"), "/proc/vmstat cannot be read"));
}

#define FACT(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(counters_and_zones_are_read_as_numbers),
		cmocka_unit_test(throttling_is_no_scanning),
		cmocka_unit_test(every_rule_parses),
		cmocka_unit_test(a_refused_compaction_is_told_by_the_counter_that_stood),
		cmocka_unit_test(a_compaction_that_ran_was_not_refused),
		cmocka_unit_test(a_compaction_that_ran_may_have_been_for_others),
		cmocka_unit_test(memory_below_the_watermark_is_shortage),
		cmocka_unit_test(a_mask_that_may_not_wait_explains_itself),
		cmocka_unit_test(a_mask_of_an_old_kernel_stays_a_number),
		cmocka_unit_test(a_kernel_without_the_counter_is_told_nothing_of_it),
		cmocka_unit_test(a_disk_that_stands_still_is_told_of_a_hung_task_alone),
		cmocka_unit_test(odd_text_overruns_nothing),
		cmocka_unit_test(a_line_behind_one_that_is_too_long_is_read),
		FACT(the_difference_goes_into_the_journal_and_a_file),
		FACT(a_run_without_a_finding_leaves_no_file),
		FACT(a_flood_of_findings_is_counted),
		FACT(a_machine_without_vmstat_is_told),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What stressors are made of, as far as it can be held without running one: tally, random choices,
 * names, huge pages. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "stressors/crew.h"
#include "stressors/elude.h"
#include "stressors/huge.h"
#include "stressors/names.h"
#include "stressors/random.h"
#include "stressors/tally.h"

static void fast_steps_are_batched_and_slow_ones_are_not(void **state)
{
	assert_int_equal(tally_next_batch(1, 0), 2);
	assert_int_equal(tally_next_batch(64, 3), 128);
	assert_int_equal(tally_next_batch(64, 16), 64);
	assert_int_equal(tally_next_batch(64, 40), 32);
	assert_int_equal(tally_next_batch(64, 100000), 1); /* one slow step ends all batching */
	assert_int_equal(tally_next_batch(1, 50), 1);
	assert_int_equal(tally_next_batch(4096, 0), 4096);
}

static void a_batch_settles_all_counters_once(void **state)
{
	struct slot slot = { 0 };
	struct stressor_run run = { .slot = &slot, .bytes = 5, .pressure = 2, .aux = { 1, 0, 3 } };

	tally_settle(&run, 10, 40);
	tally_settle(&run, 1, 7);
	assert_int_equal(slot.steps, 11);
	assert_int_equal(slot.slowest_us, 40);
	assert_int_equal(slot.bytes, 5);
	assert_int_equal(slot.pressure, 2);
	assert_int_equal(slot.aux[0], 1);
	assert_int_equal(slot.aux[2], 3);
}

static void a_thread_that_hangs_stays_the_oldest_step(void **state)
{
	struct slot slot = { 0 };
	struct stressor_run a = { .slot = &slot, .began_us = TALLY_NOT_BEGUN };
	struct stressor_run b = { .slot = &slot, .began_us = TALLY_NOT_BEGUN };
	struct stressor_run *runs[] = { &a, &b };
	const struct tally t = { &slot, runs, 2 };

	tally_begin(&t, &a, 1000000); /* and never again */
	for (uint64_t now = 1000001; now < 9000000; now += 700)
		tally_begin(&t, &b, now);
	assert_int_equal(slot.step_began_us, 1000000);
	tally_idle(&t, &b);
	assert_int_equal(slot.step_began_us, 1000000);
	tally_idle(&t, &a);
	assert_int_equal(slot.step_began_us, 0);
}

static void a_step_in_flight_is_shown_to_a_millisecond(void **state)
{
	struct slot slot = { 0 };
	struct stressor_run a = { .slot = &slot, .began_us = TALLY_NOT_BEGUN };
	struct stressor_run *runs[] = { &a };
	const struct tally t = { &slot, runs, 1 };

	for (uint64_t now = 1000000; now < 2000000; now += 16) {
		tally_begin(&t, &a, now);
		assert_in_range(slot.step_began_us, now - 1000, now);
	}
}

static struct {
	uint64_t made, behind; /* steps, and the most of them that the slot did not show */
} pausing;

static int step_and_pause(struct stressor_run *run)
{
	uint64_t behind = pausing.made - run->slot->steps;

	pausing.behind = behind > pausing.behind ? behind : pausing.behind;
	pausing.made++;
	stressor_pause(run, 1);
	return 0;
}

static void a_step_that_pauses_is_shown_before_the_next_one(void **state)
{
	static const struct stressor pauser = { .name = "pauser", .work = step_and_pause };
	const struct crew_limits limits = { .steps = 1000 };
	struct crew_result result;
	struct place place;

	assert_int_equal(place_find(&place, NULL), 0);
	crew_init(&pauser, &place, &limits);
	assert_int_equal(crew_prepare(), 0);
	crew_work(&result);
	crew_finish();
	assert_int_equal(pausing.made, 1000);
	assert_int_equal(place.slot->steps, 1000);
	assert_int_equal(pausing.behind, 0); /* 511 when they are made in batches */
}

static void the_same_seed_gives_the_same_choices_and_another_does_not(void **state)
{
	struct stressor_run a = { .random = random_seed(7, 3, 0) };
	struct stressor_run b = { .random = random_seed(7, 3, 0) };
	struct stressor_run c = { .random = random_seed(7, 3, 1) };
	struct stressor_run d = { .random = random_seed(7, 4, 0) };

	for (int i = 0; i < 1000; i++) {
		stressor_below(&a, 10);
		stressor_below(&b, 10);
		stressor_below(&c, 10);
		stressor_below(&d, 10);
	}
	assert_int_equal(a.choices, b.choices);
	assert_int_not_equal(a.choices, c.choices);
	assert_int_not_equal(a.choices, d.choices);
	assert_int_not_equal(random_seed(0, 0, 0), 0);
}

static void a_mix_is_drawn_by_its_weights(void **state)
{
	const uint64_t weights[STRESSOR_MIX_MAX] = { 1, 0, 3, [15] = 6 };
	struct stressor_run run = { .random = random_seed(1, 0, 0) };
	unsigned int drawn[STRESSOR_MIX_MAX] = { 0 };

	for (int i = 0; i < 10000; i++)
		drawn[stressor_pick(&run, weights)]++;
	/* six standard deviations of a binomial of 10,000 draws are at most 300 */
	assert_in_range(drawn[0], 700, 1300);
	assert_in_range(drawn[2], 2700, 3300);
	assert_in_range(drawn[15], 5700, 6300);
	assert_int_equal(drawn[1], 0);
}

static void a_name_is_taken_by_one_at_a_time_and_given_back_as_what_it_is(void **state)
{
	struct stressor_run run = { .random = 1 };
	struct names n;
	uint32_t index, seen = 0;
	bool present;

	assert_int_equal(names_init(&n, 0, 4, 8), 0);
	assert_false(names_take_present(&n, &run, &index));
	for (int i = 0; i < 32; i++) {
		assert_true(names_take_absent(&n, &run, &index));
		assert_int_equal(seen & (1u << index), 0);
		seen |= 1u << index;
	}
	assert_false(names_take_absent(&n, &run, &index));
	assert_false(names_take_any(&n, &run, &index, &present));
	names_give(&n, 5, true);
	assert_true(names_take_any(&n, &run, &index, &present));
	assert_true(present);
	assert_int_equal(index, 5);
	names_clear(&n);
}

static void names_are_spread_over_folders_and_differ_by_kind_and_thread(void **state)
{
	struct names n;
	char buf[NAME_MAX_BYTES];

	assert_int_equal(names_init(&n, 0x1f, 16, 256), 0);
	names_path(&n, 0, NAME_FILE, buf);
	assert_string_equal(buf, "d0/1f.f0");
	names_path(&n, 16 * 255 + 15, NAME_SYMLINK, buf);
	assert_string_equal(buf, "df/1f.sff");
	names_folder(0xffffffff, buf);
	assert_string_equal(buf, "dffffffff");
	names_clear(&n);
}

static void too_many_names_are_refused(void **state)
{
	struct names n;

	assert_int_equal(names_init(&n, 0, 65536, 1000000), -EINVAL);
	names_clear(&n);
}

static void put_file(const char *root, const char *name, const char *text)
{
	char path[256];
	_cleanup_fclose_ FILE *f = NULL;

	snprintf(path, sizeof(path), "mkdir -p %s/sys/kernel/mm/transparent_hugepage", root);
	assert_int_equal(system(path), 0);
	snprintf(path, sizeof(path), "%s/sys/kernel/mm/transparent_hugepage/%s", root, name);
	f = fopen(path, "w");
	assert_non_null(f);
	fputs(text, f);
}

static void huge_pages_are_probed_before_they_are_churned(void **state)
{
	char root[] = "/tmp/hangar-test-XXXXXX";
	char command[64];
	size_t bytes = 0;

	assert_non_null(mkdtemp(root));
	assert_int_equal(huge_probe(root, &bytes), -EOPNOTSUPP); /* no such kernel option */
	put_file(root, "enabled", "always madvise [never]\n");
	assert_int_equal(huge_probe(root, &bytes), -EOPNOTSUPP);
	put_file(root, "enabled", "always [madvise] never\n");
	assert_int_equal(huge_probe(root, &bytes), 0);
	assert_int_equal(bytes, 2 << 20); /* an old kernel does not say */
	put_file(root, "hpage_pmd_size", "33554432\n");
	assert_int_equal(huge_probe(root, &bytes), 0);
	assert_int_equal(bytes, 32 << 20);
	snprintf(command, sizeof(command), "rm -r %s", root);
	assert_int_equal(system(command), 0);
}

static unsigned int pages_there(const struct huge *h)
{
	unsigned char there[16];
	unsigned int count = 0;

	assert_int_equal(mincore(h->start, h->page_bytes, there), 0);
	for (size_t i = 0; i < h->page_bytes / (size_t)sysconf(_SC_PAGESIZE); i++)
		count += there[i] & 1;
	return count;
}

static void what_is_to_be_kept_of_a_huge_page_is_all_that_is_left(void **state)
{
	size_t page = (size_t)sysconf(_SC_PAGESIZE);
	struct stressor_run run = { .random = 1 };
	struct huge h;

	assert_int_equal(huge_init(&h, 16 * page, 16 * page, false), 0);
	assert_int_equal(huge_fault(&h, &run, 0), 0);
	memset(h.start, 1, h.page_bytes);
	assert_int_equal(pages_there(&h), 16);
	h.keep_bytes = 2 * page - 1;
	assert_int_equal(huge_dontneed(&h, &run, 0), 0);
	assert_int_equal(pages_there(&h), 2);
	assert_int_equal(h.start[page], 1);
	h.keep_bytes = 1 << 30; /* more than there is: all but one page */
	assert_int_equal(huge_fault(&h, &run, 0), 0);
	memset(h.start, 1, h.page_bytes);
	assert_int_equal(huge_dontneed(&h, &run, 0), 0);
	assert_int_equal(pages_there(&h), 15);
	huge_clear(&h);
}

static void an_eluded_huge_page_leaves_nothing_and_can_be_faulted_again(void **state)
{
	size_t page = (size_t)sysconf(_SC_PAGESIZE);
	struct stressor_run run = { .random = 1 };
	struct elude e = { .companions = 3 };
	struct huge h;

	assert_int_equal(huge_init(&h, 16 * page, 16 * page, false), 0);
	assert_int_equal(elude_init(&e), 0);
	for (int i = 0; i < 3; i++) {
		assert_int_equal(elude_once(&e, &h, &run, 0), 0);
		assert_int_equal(pages_there(&h), 0);
		assert_int_not_equal(e.small[2 * page], 0);
	}
	elude_clear(&e);
	assert_null(e.small);
	assert_int_equal(huge_fault(&h, &run, 0), 0);
	assert_int_not_equal(pages_there(&h), 0);
	huge_clear(&h);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(fast_steps_are_batched_and_slow_ones_are_not),
		cmocka_unit_test(a_batch_settles_all_counters_once),
		cmocka_unit_test(a_thread_that_hangs_stays_the_oldest_step),
		cmocka_unit_test(a_step_in_flight_is_shown_to_a_millisecond),
		cmocka_unit_test(a_step_that_pauses_is_shown_before_the_next_one),
		cmocka_unit_test(the_same_seed_gives_the_same_choices_and_another_does_not),
		cmocka_unit_test(a_mix_is_drawn_by_its_weights),
		cmocka_unit_test(a_name_is_taken_by_one_at_a_time_and_given_back_as_what_it_is),
		cmocka_unit_test(names_are_spread_over_folders_and_differ_by_kind_and_thread),
		cmocka_unit_test(too_many_names_are_refused),
		cmocka_unit_test(huge_pages_are_probed_before_they_are_churned),
		cmocka_unit_test(what_is_to_be_kept_of_a_huge_page_is_all_that_is_left),
		cmocka_unit_test(an_eluded_huge_page_leaves_nothing_and_can_be_faulted_again),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

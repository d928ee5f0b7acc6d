/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a guest says of itself, and when its silence is told. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdlib.h>
#include <sys/resource.h>

#include "base/cleanup.h"
#include "receive_world.h"
#include "vm/host/receive.h"

static void the_words_of_a_guest_are_read(void **state)
{
	give_text(RECEIVE_FILES, WIRE_HELLO,
		  "{\"hangar\":\"0.1.0\",\"release\":\"6.1.0-50\",\"boot_seconds\":3.25,\"kind\":"
		  "\"run\"}");
	assert_true(r.hello[RECEIVE_FILES]);
	assert_false(r.hello[RECEIVE_JOURNAL]);
	assert_string_equal(r.release, "6.1.0-50");
	assert_string_equal(r.kind, "run");
	assert_true(r.boot_seconds > 3.2 && r.boot_seconds < 3.3);
	assert_int_equal(r.exit_code, -1);
	give_text(RECEIVE_FILES, WIRE_END, "{\"exit\":1}");
	assert_true(r.ended[RECEIVE_FILES]);
	assert_int_equal(r.exit_code, 1);
	assert_int_equal(r.refused, 0);
	give_text(RECEIVE_FILES, WIRE_END, "no JSON");
	give_text(RECEIVE_FILES, WIRE_HELLO, "[]");
	give_text(RECEIVE_FILES, WIRE_DO, "resume");
	give_text(RECEIVE_FILES, WIRE_LINE, "{}\n");
	give_text(RECEIVE_JOURNAL, WIRE_FILE, "x");
	assert_int_equal(r.refused, 5);
}

static void hostile_words_are_cleaned_and_out_of_range_ones_dropped(void **state)
{
	give_text(RECEIVE_FILES, WIRE_HELLO,
		  "{\"release\":\"6\\u001b[2J\",\"boot_seconds\":-5,\"kind\":7}");
	assert_string_equal(r.release, "6?[2J");
	assert_string_equal(r.kind, "");
	give_text(RECEIVE_FILES, WIRE_END, "{\"exit\":-3,\"error\":\"a\\nb\",\"vmcore_bytes\":-1}");
	assert_int_equal(r.exit_code, -1);
	assert_string_equal(r.error, "a?b");
	assert_int_equal(r.vmcore_bytes, 0);
}

static void the_crash_kernel_begins_anew(void **state)
{
	give_text(RECEIVE_FILES, WIRE_HELLO, "{\"release\":\"6.1\",\"kind\":\"run\"}");
	give_file("kmsg.log", 0, "x");
	give_file("kmsg.log", 1, "y");
	receiver_take(&r, RECEIVE_FILES, "HGR1 torn by the crash", 22, 0);
	sequence[RECEIVE_FILES] = 0;
	give_text(RECEIVE_FILES, WIRE_HELLO, "{\"release\":\"6.1\",\"kind\":\"capture\"}");
	give_file("vmcore.flat", 0, "makedumpfile");
	give_text(RECEIVE_FILES, WIRE_END, "{\"vmcore_bytes\":12}");
	assert_string_equal(r.kind, "capture");
	assert_string_equal(content("vmcore.flat"), "makedumpfile");
	assert_string_equal(content("kmsg.log"), "xy");
	assert_int_equal(r.vmcore_bytes, 12);
	assert_int_equal(r.decoder[RECEIVE_FILES].lost, 0);
	assert_int_equal(r.decoder[RECEIVE_FILES].bad_bytes, 22);
}

static void a_heart_is_judged_by_frames_and_ticks(void **state)
{
	static const struct {
		uint64_t heard, beats, ticked, now;
		enum heart_state want;
	} cases[] = {
		{ 0, 0, 0, 1000, HEART_BEATS }, /* not up yet */
		{ 100, 0, 0, 110, HEART_BEATS },   { 100, 0, 0, 111, HEART_SILENT },
		{ 100, 1, 80, 100, HEART_BEATS },  { 100, 1, 80, 101, HEART_STUCK },
		{ 100, 1, 80, 111, HEART_SILENT }, { 100, 0, 0, 90, HEART_BEATS },
	};

	for (unsigned int i = 0; i < ARRAY_SIZE(cases); i++) {
		const struct receiver seen = { .heard_us = cases[i].heard,
					       .beats = cases[i].beats,
					       .ticked_us = cases[i].ticked };

		assert_int_equal(heart_judge(&seen, cases[i].now, 10, 20), cases[i].want);
	}
}

static void ticks_that_stand_are_told_from_ticks_that_go(void **state)
{
	give_text(RECEIVE_JOURNAL, WIRE_BEAT, "{\"ticks\":5,\"mono_us\":1}");
	assert_int_equal(r.beats, 1);
	assert_int_equal(r.ticks, 5);
	assert_int_equal(r.ticked_us, 1000);
	r.ticked_us = 1;
	give_text(RECEIVE_JOURNAL, WIRE_BEAT, "{\"ticks\":5,\"mono_us\":2}");
	assert_int_equal(r.ticked_us, 1);
	give_text(RECEIVE_JOURNAL, WIRE_BEAT, "{\"ticks\":6,\"mono_us\":3}");
	assert_int_equal(r.ticked_us, 1000);
}

static void time_in_which_nobody_listened_is_no_silence(void **state)
{
	struct receiver seen = { .heard_us = 100, .ticked_us = 90, .beats = 1 };

	assert_int_equal(heart_judge(&seen, 125, 20, 20), HEART_SILENT);
	heart_excuse(&seen, 15, 125);
	assert_int_equal(heart_judge(&seen, 125, 20, 20), HEART_BEATS);
	assert_int_equal(seen.heard_us, 115);
	assert_int_equal(seen.ticked_us, 105);
	heart_excuse(&seen, 1000, 130); /* never into the future */
	assert_int_equal(seen.heard_us, 130);
	assert_int_equal(heart_judge(&seen, 155, 20, 20), HEART_SILENT); /* it is judged again */
}

static void a_guest_that_was_never_heard_needs_no_excuse(void **state)
{
	struct receiver seen = { .heard_us = 0 };

	heart_excuse(&seen, 15, 125);
	assert_int_equal(seen.heard_us, 0);
}

#define TEST(t) cmocka_unit_test_setup_teardown(t, begin, end)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(the_words_of_a_guest_are_read),
		TEST(hostile_words_are_cleaned_and_out_of_range_ones_dropped),
		TEST(the_crash_kernel_begins_anew),
		TEST(a_heart_is_judged_by_frames_and_ticks),
		TEST(time_in_which_nobody_listened_is_no_silence),
		TEST(a_guest_that_was_never_heard_needs_no_excuse),
		TEST(ticks_that_stand_are_told_from_ticks_that_go),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

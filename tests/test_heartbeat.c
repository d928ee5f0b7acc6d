/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The datagram between a run and its observer: what goes in comes out, and nothing else is
 * believed. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "heartbeat.h"
#include "tmpdir.h"

static const struct heartbeat sample = {
	.run = "20260101-000000-quiet-0001",
	.phase = "storm \"1\"",
	.release = "6.1.0-50-cloud-amd64",
	.beat = 7,
	.ticks = 70,
	.mono_us = 123456789,
	.seq = 42,
};
static const struct heartbeat_key key = { "0123456789abcdef", 16 };
static const struct heartbeat_key other = { "0123456789abcdeF", 16 };

static void assert_same(const struct heartbeat *a, const struct heartbeat *b)
{
	assert_string_equal(a->run, b->run);
	assert_string_equal(a->phase, b->phase);
	assert_string_equal(a->release, b->release);
	assert_string_equal(a->verdict, b->verdict);
	assert_int_equal(a->over, b->over);
	assert_int_equal(a->beat, b->beat);
	assert_int_equal(a->ticks, b->ticks);
	assert_int_equal(a->mono_us, b->mono_us);
	assert_int_equal(a->seq, b->seq);
}

static void a_beat_comes_out_as_it_went_in(void **state)
{
	const struct heartbeat_key *keys[] = { NULL, &key };
	char buf[HEARTBEAT_BYTES_MAX];

	for (size_t i = 0; i < 2; i++) {
		struct heartbeat got, farewell = sample;
		size_t n = heartbeat_encode(&sample, keys[i], buf);

		assert_true(n < sizeof(buf));
		assert_int_equal(heartbeat_decode(buf, n, keys[i], &got), 0);
		assert_same(&got, &sample);
		farewell.over = true;
		snprintf(farewell.verdict, sizeof(farewell.verdict), "SURVIVED");
		n = heartbeat_encode(&farewell, keys[i], buf);
		assert_int_equal(heartbeat_decode(buf, n, keys[i], &got), 0);
		assert_same(&got, &farewell);
	}
}

static void the_longest_beat_fits_its_buffer(void **state)
{
	struct heartbeat h = { .beat = UINT64_MAX >> 1, .ticks = UINT64_MAX >> 1, .over = true },
			 got;
	char buf[HEARTBEAT_BYTES_MAX];
	size_t n;

	memset(h.run, 'r', sizeof(h.run) - 1);
	memset(h.phase, '\001', sizeof(h.phase) - 1); /* six characters each in JSON */
	memset(h.release, '"', sizeof(h.release) - 1);
	memset(h.verdict, 'V', sizeof(h.verdict) - 1);
	n = heartbeat_encode(&h, &key, buf);
	assert_true(n <= sizeof(buf));
	assert_int_equal(heartbeat_decode(buf, n, &key, &got), 0);
	assert_same(&got, &h);
}

static void a_key_refuses_unsigned_foreign_and_changed_beats(void **state)
{
	char buf[HEARTBEAT_BYTES_MAX];
	struct heartbeat got;
	size_t n = heartbeat_encode(&sample, NULL, buf);

	assert_int_equal(heartbeat_decode(buf, n, &key, &got), -EACCES);
	n = heartbeat_encode(&sample, &other, buf);
	assert_int_equal(heartbeat_decode(buf, n, &key, &got), -EACCES);
	n = heartbeat_encode(&sample, &key, buf);
	for (size_t i = 0; i < n; i++) {
		buf[i] ^= 1;
		assert_true(heartbeat_decode(buf, n, &key, &got) < 0);
		buf[i] ^= 1;
	}
	assert_int_equal(heartbeat_decode(buf, n, &key, &got), 0);
}

/* A network that signs is read by an observer that has no key: tagged by its run, no more. */
static void without_a_key_a_signature_is_passed_over(void **state)
{
	char buf[HEARTBEAT_BYTES_MAX];
	struct heartbeat got;
	size_t n = heartbeat_encode(&sample, &key, buf);

	assert_int_equal(heartbeat_decode(buf, n, NULL, &got), 0);
	assert_same(&got, &sample);
}

static void a_cut_beat_is_refused(void **state)
{
	char buf[HEARTBEAT_BYTES_MAX];
	struct heartbeat got;
	size_t n = heartbeat_encode(&sample, NULL, buf);

	for (size_t i = 0; i < n; i++)
		assert_int_equal(heartbeat_decode(buf, i, NULL, &got), -EINVAL);
	assert_int_equal(heartbeat_decode(buf, n, NULL, &got), 0);
}

static void what_is_no_beat_is_refused(void **state)
{
	static const char *const cases[] = {
		"",
		"HANGAR-BEAT 1\n",
		"HANGAR-BEAT 1\n\n",
		"HANGAR-BEAT 1\n[]\n",
		"HANGAR-BEAT 1\n{}\n",
		"HANGAR-BEAT 1\n{\"run\":\"a\"}\n",
		"HANGAR-BEAT 1\n{\"run\":1,\"beat\":1}\n",
		"HANGAR-BEAT 1\n{\"run\":\"a\",\"beat\":-1}\n",
		"HANGAR-BEAT 1\n{\"run\":\"a\",\"beat\":\"1\"}\n",
		"HANGAR-BEAT 1\n{\"run\":\"a\",\"beat\":1}",
		"HANGAR-BEAT 2\n{\"run\":\"a\",\"beat\":1}\n",
		"HANGAR-BEAT 1\n{\"run\":\"a\\u0000\",\"beat\":1}\n",
	};
	static const char good[] = "HANGAR-BEAT 1\n{\"run\":\"a\",\"beat\":1}\n";
	struct heartbeat got;

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
		assert_int_equal(heartbeat_decode(cases[i], strlen(cases[i]), NULL, &got), -EINVAL);
	assert_int_equal(heartbeat_decode(good, strlen(good), NULL, &got), 0);
}

static void write_text(const char *path, const char *text)
{
	FILE *f = fopen(path, "w");

	assert_non_null(f);
	fputs(text, f);
	fclose(f);
}

static void a_key_is_a_file_of_some_length(void **state)
{
	struct heartbeat_key got = { .size = 0 };
	char path[4200], text[400];
	struct diag d = { 0 };

	snprintf(path, sizeof(path), "%s/key", (char *)*state);
	assert_int_equal(heartbeat_key_load(path, &got, &d), -ENOENT);
	write_text(path, "0123456789abcde\n");
	assert_int_equal(heartbeat_key_load(path, &got, &d), -EINVAL);
	write_text(path, "0123456789abcdef\n");
	assert_int_equal(heartbeat_key_load(path, &got, &d), 0);
	assert_int_equal(got.size, 16);
	memset(text, 'k', sizeof(text) - 1);
	text[sizeof(text) - 1] = '\0';
	write_text(path, text);
	assert_int_equal(heartbeat_key_load(path, &got, &d), -EFBIG);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_beat_comes_out_as_it_went_in),
		cmocka_unit_test(the_longest_beat_fits_its_buffer),
		cmocka_unit_test(a_key_refuses_unsigned_foreign_and_changed_beats),
		cmocka_unit_test(without_a_key_a_signature_is_passed_over),
		cmocka_unit_test(a_cut_beat_is_refused),
		cmocka_unit_test(what_is_no_beat_is_refused),
		cmocka_unit_test_setup_teardown(a_key_is_a_file_of_some_length, tmpdir_make,
						tmpdir_remove),
	};

	return cmocka_run_group_tests_name("heartbeat", tests, NULL, NULL);
}

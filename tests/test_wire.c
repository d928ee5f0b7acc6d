/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Frames: whole, torn, wrong, missing, and among garbage. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "wire.h"

#define STREAM_MAX (1u << 20)

/* What a writer put on the wire. */
struct stream {
	unsigned char bytes[STREAM_MAX];
	size_t size;
};

static struct stream out;

static void put_raw(const void *data, size_t size)
{
	assert_true(out.size + size <= sizeof(out.bytes));
	memcpy(out.bytes + out.size, data, size);
	out.size += size;
}

static void put_frame(enum wire_type type, uint32_t sequence, const void *payload, uint32_t size)
{
	unsigned char header[WIRE_HEADER_BYTES];

	wire_header(type, sequence, payload, size, header);
	put_raw(header, sizeof(header));
	put_raw(payload, size);
}

static void put_text(uint32_t sequence, const char *text)
{
	put_frame(WIRE_LINE, sequence, text, (uint32_t)strlen(text));
}

static int reset(void **state)
{
	out.size = 0;
	return 0;
}

/* Reads @out in pieces of @piece bytes; the texts of its frames, each with a '|' behind it. */
static void read_all(struct wire_decoder *w, size_t piece, bool end, char *ret, size_t size)
{
	struct wire_frame f;
	size_t at = 0;

	ret[0] = '\0';
	while (at < out.size) {
		size_t n = out.size - at < piece ? out.size - at : piece;

		at += wire_feed(w, out.bytes + at, n);
		while (wire_next(w, &f) == 1)
			snprintf(ret + strlen(ret), size - strlen(ret), "%.*s|", (int)f.size,
				 (const char *)f.payload);
	}
	if (end)
		wire_end(w);
	while (wire_next(w, &f) == 1)
		snprintf(ret + strlen(ret), size - strlen(ret), "%.*s|", (int)f.size,
			 (const char *)f.payload);
}

static void expect(const char *want, uint64_t bad_bytes, uint64_t lost)
{
	static const size_t pieces[] = { 1, 3, 7, 19, 4096, STREAM_MAX };

	for (size_t i = 0; i < sizeof(pieces) / sizeof(pieces[0]); i++) {
		struct wire_decoder w;
		char got[4096];

		assert_int_equal(wire_decoder_init(&w), 0);
		w.expected = 1;
		read_all(&w, pieces[i], true, got, sizeof(got));
		assert_string_equal(got, want);
		assert_int_equal(w.bad_bytes, bad_bytes);
		assert_int_equal(w.lost, lost);
		wire_decoder_clear(&w);
	}
}

static void frames_are_read_however_they_are_cut(void **state)
{
	put_text(1, "one");
	put_text(2, "");
	put_text(3, "three");
	expect("one||three|", 0, 0);
}

static void a_header_is_as_documented(void **state)
{
	/* CRC-32 of the first 16 bytes and "x", by python3's zlib. */
	static const unsigned char want[WIRE_HEADER_BYTES] = {
		'H', 'G', 'R', '1', 2, 0, 0, 0, 4, 3, 2, 1, 1, 0, 0, 0, 0xaf, 0xd4, 0xba, 0x3d,
	};
	unsigned char got[WIRE_HEADER_BYTES];

	wire_header(WIRE_LINE, 0x01020304, "x", 1, got);
	assert_memory_equal(got, want, sizeof(want));
}

static void a_missing_frame_is_told(void **state)
{
	put_text(1, "one");
	put_text(4, "four");
	put_text(5, "five");
	expect("one|four|five|", 0, 2);
}

static void a_missing_first_frame_is_told(void **state)
{
	put_text(3, "three");
	expect("three|", 0, 2);
}

static void another_writer_begins_anew_without_a_loss(void **state)
{
	put_text(1, "one");
	put_text(2, "two");
	put_frame(WIRE_HELLO, 1, "{}", 2);
	put_text(2, "two again");
	expect("one|two|{}|two again|", 0, 0);
}

static void a_frame_with_a_wrong_checksum_costs_itself_alone(void **state)
{
	for (size_t at = 0; at < WIRE_HEADER_BYTES + 3; at++) {
		reset(NULL);
		put_text(1, "one");
		out.bytes[at] ^= 0x40;
		put_text(2, "two");
		expect("two|", WIRE_HEADER_BYTES + 3, 1);
	}
}

static void garbage_between_frames_is_passed_over(void **state)
{
	static const char noise[] = "HGR HGR1 [   12.345] Kernel panic - not syncing: HGR";

	put_raw(noise, sizeof(noise) - 1);
	put_text(1, "one");
	put_raw("HG", 2);
	put_text(2, "two");
	put_raw(noise, sizeof(noise) - 1);
	expect("one|two|", 2 * (sizeof(noise) - 1) + 2, 0);
}

/* A frame was cut by the death of its writer; the crash kernel's frames follow at once. */
static void a_torn_frame_gives_way_to_the_next_at_the_end(void **state)
{
	size_t torn;

	put_text(1, "one");
	torn = out.size;
	put_text(2, "a long line that its writer never wrote to the end of");
	out.size = torn + WIRE_HEADER_BYTES + 10;
	put_frame(WIRE_HELLO, 1, "{}", 2);
	expect("one|{}|", WIRE_HEADER_BYTES + 10, 0);
}

static void a_torn_frame_gives_way_when_its_length_has_come(void **state)
{
	struct wire_decoder w;
	char got[64];

	put_frame(WIRE_LINE, 1, out.bytes + sizeof(out.bytes) - 200, 200);
	out.size = WIRE_HEADER_BYTES + 100;
	for (uint32_t i = 1; i < 6; i++)
		put_text(i, "again");
	assert_int_equal(wire_decoder_init(&w), 0);
	read_all(&w, 11, false, got, sizeof(got));
	assert_string_equal(got, "again|again|again|again|again|");
	wire_decoder_clear(&w);
}

static void a_header_alone_waits_for_its_payload(void **state)
{
	struct wire_decoder w;
	struct wire_frame f;

	put_text(1, "payload");
	assert_int_equal(wire_decoder_init(&w), 0);
	assert_int_equal(wire_feed(&w, out.bytes, WIRE_HEADER_BYTES), WIRE_HEADER_BYTES);
	assert_int_equal(wire_next(&w, &f), 0);
	assert_int_equal(wire_feed(&w, out.bytes + WIRE_HEADER_BYTES, 7), 7);
	assert_int_equal(wire_next(&w, &f), 1);
	assert_int_equal(w.bad_bytes, 0);
	wire_decoder_clear(&w);
}

static void the_largest_frame_fits_and_a_larger_is_no_frame(void **state)
{
	static unsigned char payload[WIRE_PAYLOAD_MAX + 1];
	struct wire_decoder w;
	struct wire_frame f;
	unsigned int frames = 0;
	size_t at = 0;

	memset(payload, 'x', sizeof(payload));
	put_frame(WIRE_FILE, 1, payload, WIRE_PAYLOAD_MAX + 1);
	put_frame(WIRE_FILE, 2, payload, WIRE_PAYLOAD_MAX);
	put_frame(WIRE_FILE, 3, payload, WIRE_PAYLOAD_MAX);
	assert_int_equal(wire_decoder_init(&w), 0);
	while (at < out.size) {
		at += wire_feed(&w, out.bytes + at, out.size - at);
		while (wire_next(&w, &f) == 1) {
			assert_int_equal(f.size, WIRE_PAYLOAD_MAX);
			frames++;
		}
	}
	assert_int_equal(frames, 2);
	assert_int_equal(w.bad_bytes, WIRE_HEADER_BYTES + WIRE_PAYLOAD_MAX + 1);
	wire_decoder_clear(&w);
	assert_int_equal(wire_send(-1, WIRE_FILE, 1, payload, WIRE_PAYLOAD_MAX + 1), -EMSGSIZE);
}

/* Frames of a known text, mangled at random: whatever comes out is one that was put in. */
static void a_mangled_stream_yields_nothing_that_was_not_sent(void **state)
{
	unsigned int seed = 1, good = 0;

	for (int round = 0; round < 200; round++) {
		struct wire_decoder w;
		struct wire_frame f;
		char text[32];

		reset(NULL);
		for (uint32_t i = 1; i < 40; i++) {
			snprintf(text, sizeof(text), "line %u", i);
			put_text(i, text);
		}
		for (int i = 0; i < 10; i++)
			out.bytes[(unsigned int)rand_r(&seed) % out.size] =
				(unsigned char)rand_r(&seed);
		assert_int_equal(wire_decoder_init(&w), 0);
		wire_feed(&w, out.bytes, out.size);
		wire_end(&w);
		while (wire_next(&w, &f) == 1) {
			snprintf(text, sizeof(text), "line %u", f.sequence);
			assert_int_equal(f.size, strlen(text));
			assert_memory_equal(f.payload, text, f.size);
			good++;
		}
		wire_decoder_clear(&w);
	}
	assert_in_range(good, 200 * 29, 200 * 38);
}

static void *slow_reader(void *arg)
{
	int fd = *(int *)arg;
	ssize_t n;

	while (out.size < sizeof(out.bytes) &&
	       (n = read(fd, out.bytes + out.size, sizeof(out.bytes) - out.size)) > 0)
		out.size += (size_t)n;
	return NULL;
}

/* The socket holds less than is sent, so that frames go out in parts. */
static void send_writes_whole_frames_on_a_nonblocking_socket(void **state)
{
	static char payload[WIRE_PAYLOAD_MAX];
	int ends[2], small = 4096;
	struct wire_decoder w;
	struct wire_frame f;
	pthread_t reader;
	unsigned int frames = 0;

	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, ends), 0);
	setsockopt(ends[0], SOL_SOCKET, SO_SNDBUF, &small, sizeof(small));
	fcntl(ends[0], F_SETFL, O_NONBLOCK);
	assert_int_equal(pthread_create(&reader, NULL, slow_reader, &ends[1]), 0);
	for (uint32_t i = 1; i <= 10; i++)
		assert_int_equal(wire_send(ends[0], WIRE_FILE, i, payload, sizeof(payload)), 0);
	close(ends[0]);
	pthread_join(reader, NULL);
	close(ends[1]);
	assert_int_equal(wire_decoder_init(&w), 0);
	for (size_t at = 0; at < out.size;) {
		at += wire_feed(&w, out.bytes + at, out.size - at);
		while (wire_next(&w, &f) == 1)
			frames++;
	}
	assert_int_equal(frames, 10);
	assert_int_equal(w.bad_bytes, 0);
	wire_decoder_clear(&w);
}

static void send_to_nobody_is_an_error_and_no_signal(void **state)
{
	int ends[2];

	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, ends), 0);
	close(ends[1]);
	assert_int_equal(wire_send(ends[0], WIRE_DO, 1, "resume", 6), -EPIPE);
	close(ends[0]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(frames_are_read_however_they_are_cut, reset),
		cmocka_unit_test_setup(a_header_is_as_documented, reset),
		cmocka_unit_test_setup(a_missing_frame_is_told, reset),
		cmocka_unit_test_setup(a_missing_first_frame_is_told, reset),
		cmocka_unit_test_setup(another_writer_begins_anew_without_a_loss, reset),
		cmocka_unit_test_setup(a_frame_with_a_wrong_checksum_costs_itself_alone, reset),
		cmocka_unit_test_setup(garbage_between_frames_is_passed_over, reset),
		cmocka_unit_test_setup(a_torn_frame_gives_way_to_the_next_at_the_end, reset),
		cmocka_unit_test_setup(a_torn_frame_gives_way_when_its_length_has_come, reset),
		cmocka_unit_test_setup(a_header_alone_waits_for_its_payload, reset),
		cmocka_unit_test_setup(the_largest_frame_fits_and_a_larger_is_no_frame, reset),
		cmocka_unit_test_setup(a_mangled_stream_yields_nothing_that_was_not_sent, reset),
		cmocka_unit_test_setup(send_writes_whole_frames_on_a_nonblocking_socket, reset),
		cmocka_unit_test_setup(send_to_nobody_is_an_error_and_no_signal, reset),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

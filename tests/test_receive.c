/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Frames of a guest into the run directory. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <fcntl.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>

#include "base/cleanup.h"
#include "base/textfile.h"
#include "journal.h"
#include "receive_world.h"
#include "tmpdir.h"
#include "vm/host/receive.h"

static void lines_are_appended_and_told(void **state)
{
	give_text(RECEIVE_JOURNAL, WIRE_LINE, "{\"seq\":1}\n");
	give_text(RECEIVE_JOURNAL, WIRE_LINE, "{\"seq\":2}\n");
	assert_string_equal(content(JOURNAL_FILE), "{\"seq\":1}\n{\"seq\":2}\n");
	assert_string_equal(told, "{\"seq\":1}|{\"seq\":2}|");
	assert_int_equal(r.lines, 2);
	assert_int_equal(r.refused, 0);
}

static void on_line_is_on_disk(void *ctx, const char *text, size_t size)
{
	assert_non_null(memmem(content(JOURNAL_FILE), strlen(content(JOURNAL_FILE)), text, size));
	(*(unsigned int *)ctx)++;
}

static void a_line_is_on_disk_before_it_is_told(void **state)
{
	unsigned int lines = 0;

	r.line = on_line_is_on_disk;
	r.ctx = &lines;
	for (int i = 0; i < 50; i++)
		give_text(RECEIVE_JOURNAL, WIRE_LINE, "{\"event\":\"x\"}\n");
	assert_int_equal(lines, 50);
}

static void what_is_no_line_is_refused(void **state)
{
	static char long_line[JOURNAL_LINE_MAX + 2];

	memset(long_line, 'x', sizeof(long_line) - 1);
	long_line[JOURNAL_LINE_MAX] = '\n';
	give_text(RECEIVE_JOURNAL, WIRE_LINE, "no end");
	give_text(RECEIVE_JOURNAL, WIRE_LINE, "two\nlines\n");
	give(RECEIVE_JOURNAL, WIRE_LINE, "a\0b\n", 4);
	give(RECEIVE_JOURNAL, WIRE_LINE, "", 0);
	give_text(RECEIVE_JOURNAL, WIRE_LINE, long_line);
	assert_int_equal(r.refused, 5);
	assert_string_equal(content(JOURNAL_FILE), "(nothing)");
	give_text(RECEIVE_JOURNAL, WIRE_LINE, long_line + 1);
	assert_int_equal(r.refused, 5);
	assert_int_equal(r.lines, 1);
}

static void a_torn_frame_writes_no_part_of_a_line(void **state)
{
	unsigned char header[WIRE_HEADER_BYTES];

	give_text(RECEIVE_JOURNAL, WIRE_LINE, "whole\n");
	wire_header(WIRE_LINE, 2, "torn line\n", 10, header);
	receiver_take(&r, RECEIVE_JOURNAL, header, sizeof(header), 0);
	receiver_take(&r, RECEIVE_JOURNAL, "torn l", 6, 0);
	assert_string_equal(content(JOURNAL_FILE), "whole\n");
	assert_string_equal(told, "whole|");
}

static void files_are_written_where_they_belong(void **state)
{
	give_file("kmsg.log", 0, "first ");
	give_file("evidence/memcg/victims.3/memory.stat", 0, "anon 1\n");
	give_file("kmsg.log", 6, "second");
	assert_string_equal(content("kmsg.log"), "first second");
	assert_string_equal(content("evidence/memcg/victims.3/memory.stat"), "anon 1\n");
	assert_int_equal(r.refused, 0);
	assert_int_equal(r.bytes, 6 + 7 + 6);
	assert_int_equal(r.files, 2 + 3);
}

static void a_file_that_begins_anew_leaves_no_old_end(void **state)
{
	give_file("samples.jsonl", 0, "long, from an earlier life");
	give_file("samples.jsonl", 0, "short");
	assert_string_equal(content("samples.jsonl"), "short");
}

static void an_empty_file_is_a_file(void **state)
{
	give_file("out/000-x.log", 0, "");
	assert_string_equal(content("out/000-x.log"), "");
}

static void a_guests_manifest_completes_the_hosts(void **state)
{
	char *text;
	size_t size;
	char path[600];
	json_t *o;

	snprintf(path, sizeof(path), "%s/manifest.json", dir);
	text = strdup("{\"layout\":1,\"id\":\"host\",\"argv\":[\"hangar\",\"vm\"],\"repeat\":1}");
	assert_int_equal(textfile_replace_at(AT_FDCWD, path, text, strlen(text)), 0);
	free(text);
	give_file("manifest.json", 0,
		  "{\"layout\":1,\"id\":\"guest\",\"argv\":[\"evil\"],\"seed\":\"47\","
		  "\"repeat\":\"text\",\"host\":{\"kernel\":\"6.1\"}}");
	assert_int_equal(r.refused, 0);
	assert_int_equal(textfile_load(path, 0, &text, &size), 0);
	o = json_loadb(text, size, 0, NULL);
	assert_string_equal(json_string_value(json_object_get(o, "id")), "host");
	assert_string_equal(json_string_value(json_object_get(o, "seed")), "47");
	assert_int_equal(json_integer_value(json_object_get(o, "repeat")), 1);
	assert_int_equal(json_array_size(json_object_get(o, "argv")), 2);
	assert_string_equal(
		json_string_value(json_object_get(json_object_get(o, "host"), "kernel")), "6.1");
	json_decref(o);
	free(text);
}

static void what_is_no_manifest_is_refused(void **state)
{
	give_file("manifest.json", 0, "{\"layout\":1,\"id\":\"guest\"}");
	assert_non_null(strstr(content("manifest.json"), "\"guest\""));
	give_file("manifest.json", 0, "{\"layout\":1,");
	give_file("manifest.json", 0, "[1]");
	give_file("manifest.json", 0, "{\"layout\":99}");
	give_file("manifest.json", 3, "{\"layout\":1}");
	assert_int_equal(r.refused, 4);
	assert_non_null(strstr(content("manifest.json"), "\"guest\""));
}

static void a_port_is_read_until_it_is_empty_and_then_closed(void **state)
{
	int ends[2];

	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, ends), 0);
	assert_int_equal(wire_send(ends[0], WIRE_LINE, 1, "one\n", 4), 0);
	assert_int_equal(receiver_read(&r, RECEIVE_JOURNAL, ends[1], 77), 1);
	assert_int_equal(r.heard_us, 77);
	assert_int_equal(r.files_heard_us, 0);
	assert_int_equal(receiver_read(&r, RECEIVE_JOURNAL, ends[1], 78), 1);
	assert_int_equal(r.heard_us, 77);
	/* A frame behind a torn one that promised more than will ever come. */
	assert_int_equal(write(ends[0], "HGR1\x02\0\0\0\2\0\0\0\0\1\0\0----", 20), 20);
	assert_int_equal(wire_send(ends[0], WIRE_LINE, 2, "two\n", 4), 0);
	assert_int_equal(receiver_read(&r, RECEIVE_JOURNAL, ends[1], 79), 1);
	assert_string_equal(told, "one|");
	close(ends[0]);
	assert_int_equal(receiver_read(&r, RECEIVE_JOURNAL, ends[1], 80), 0);
	assert_string_equal(told, "one|two|");
	close(ends[1]);
}

#define TEST(t) cmocka_unit_test_setup_teardown(t, begin, end)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(lines_are_appended_and_told),
		TEST(a_line_is_on_disk_before_it_is_told),
		TEST(what_is_no_line_is_refused),
		TEST(a_torn_frame_writes_no_part_of_a_line),
		TEST(files_are_written_where_they_belong),
		TEST(a_file_that_begins_anew_leaves_no_old_end),
		TEST(an_empty_file_is_a_file),
		TEST(a_guests_manifest_completes_the_hosts),
		TEST(what_is_no_manifest_is_refused),
		TEST(a_port_is_read_until_it_is_empty_and_then_closed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The host's end of the wire: what a guest may write, what it may not, and when it counts as lost.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <errno.h>
#include <fcntl.h>
#include <jansson.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>

#include "base/cleanup.h"
#include "base/textfile.h"
#include "journal.h"
#include "tmpdir.h"
#include "vm/host/receive.h"
#include "vm/host/receive_file.h"

static struct receiver r;
static char dir[256], elsewhere[300];
static uint32_t sequence[RECEIVE_PORTS];
static char told[4096];

static void on_line(void *ctx, const char *text, size_t size)
{
	snprintf(told + strlen(told), sizeof(told) - strlen(told), "%.*s|", (int)size, text);
}

static int begin(void **state)
{
	if (tmpdir_make(state))
		return -1;
	snprintf(elsewhere, sizeof(elsewhere), "%s/elsewhere", (char *)*state);
	snprintf(dir, sizeof(dir), "%s/run", (char *)*state);
	if (mkdir(dir, 0755) || mkdir(elsewhere, 0755))
		return -1;
	memset(&r, 0, sizeof(r));
	memset(sequence, 0, sizeof(sequence));
	told[0] = '\0';
	r.line = on_line;
	return receiver_open(&r, open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC));
}

static int end(void **state)
{
	close(r.dir_fd);
	receiver_close(&r);
	return tmpdir_remove(state);
}

static void give(enum receive_port port, enum wire_type type, const void *payload, size_t size)
{
	unsigned char header[WIRE_HEADER_BYTES];

	wire_header(type, ++sequence[port], payload, (uint32_t)size, header);
	receiver_take(&r, port, header, sizeof(header), 1000);
	receiver_take(&r, port, payload, size, 1000);
}

static void give_text(enum receive_port port, enum wire_type type, const char *text)
{
	give(port, type, text, strlen(text));
}

static void give_file(const char *path, uint64_t offset, const char *text)
{
	char buf[4096];
	size_t at = strlen(path) + 1, size = strlen(text);

	memcpy(buf, path, at);
	for (int i = 0; i < 8; i++)
		buf[at++] = (char)(offset >> (8 * i));
	memcpy(buf + at, text, size);
	give(RECEIVE_FILES, WIRE_FILE, buf, at + size);
}

static const char *content(const char *name)
{
	static char text[4096];
	char path[600];
	_cleanup_close_ int fd = -1;
	ssize_t n;

	snprintf(path, sizeof(path), "%s/%s", dir, name);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	n = fd < 0 ? -1 : read(fd, text, sizeof(text) - 1);
	if (n < 0)
		return "(nothing)";
	text[n] = '\0';
	return text;
}

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

static void paths_that_leave_the_run_directory_are_refused(void **state)
{
	static const char *const hostile[] = {
		"",
		"/etc/passwd",
		"../elsewhere/x",
		"..",
		".",
		"a/../../elsewhere/x",
		"a/./b",
		"a//b",
		"a/",
		"a/b/c/d/e/f/g/h/i",
		"a\nb",
		"a\x1b[2J",
		"outside.jsonl",
		"console.log",
		"qemu.log",
		"vmcore",
		"vmcore/x",
		"vmcore.json",
		"vmcore-dmesg.txt",
		"vmcore.whole",
	};
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(hostile); i++) {
		assert_int_equal(receive_place(hostile[i]), PLACE_FORBIDDEN);
		give_file(hostile[i], 0, "x");
		assert_int_equal(r.refused, i + 1);
	}
	assert_int_equal(r.files, 0);
	assert_non_null(strstr(r.refused_why, "is not the guest's to write"));
	give_file("..a/b..", 0, "x");
	give_file("vmcore.flat", 0, "x");
	assert_int_equal(r.refused, i);
	assert_string_equal(content("..a/b.."), "x");
}

static void names_and_offsets_that_are_cut_are_refused(void **state)
{
	char long_path[RECEIVE_PATH_MAX + 20];

	memset(long_path, 'a', sizeof(long_path));
	give(RECEIVE_FILES, WIRE_FILE, "no end", 6);
	give(RECEIVE_FILES, WIRE_FILE, "x\0\0\0\0\0\0\0\0",
	     9); /* one byte of the offset is missing */
	give(RECEIVE_FILES, WIRE_FILE, "", 0);
	long_path[sizeof(long_path) - 9] = '\0';
	give(RECEIVE_FILES, WIRE_FILE, long_path, sizeof(long_path));
	assert_int_equal(r.refused, 4);
	give(RECEIVE_FILES, WIRE_FILE, "x\0\0\0\0\0\0\0\0\0", 10);
	assert_int_equal(r.refused, 4);
}

static void links_and_devices_are_not_followed(void **state)
{
	char path[600];

	assert_int_equal(symlinkat(elsewhere, r.dir_fd, "evidence"), 0);
	assert_int_equal(symlinkat("../elsewhere/made", r.dir_fd, "link"), 0);
	assert_int_equal(mkfifoat(r.dir_fd, "fifo", 0600), 0);
	snprintf(path, sizeof(path), "%s/precious", elsewhere);
	close(open(path, O_WRONLY | O_CREAT, 0600));
	assert_int_equal(linkat(AT_FDCWD, path, r.dir_fd, "hard", 0), 0);
	give_file("evidence/x", 0, "x");
	give_file("link", 0, "x");
	give_file("fifo", 0, "x");
	give_file("hard", 0, "x");
	assert_int_equal(r.refused, 4);
	assert_string_equal(content("../elsewhere/x"), "(nothing)");
	assert_string_equal(content("../elsewhere/made"), "(nothing)");
	assert_string_equal(content("../elsewhere/precious"), "");
	give_file("plain", 0, "x");
	give_file("plain/below", 0, "x");
	assert_int_equal(r.refused, 5);
}

/* `hangar clean` on the host would put back there what the guest has changed. */
static void the_undo_log_of_a_guest_is_not_written(void **state)
{
	static const char *const passed[] = { "undo.jsonl",    "lock",       "journal.jsonl",
					      "scenario.json", "report.txt", "result.json",
					      "scratch/file",  "scratch.img" };

	for (unsigned int i = 0; i < ARRAY_SIZE(passed); i++) {
		give_file(passed[i], 0, "{}");
		assert_string_equal(content(passed[i]), "(nothing)");
	}
	assert_int_equal(r.refused, 0);
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

static void bytes_and_files_have_limits(void **state)
{
	r.bytes_max = 100;
	give_file("a", 99, "x");
	assert_int_equal(r.refused, 0);
	give_file("a", 100, "x");
	give_file("a", UINT64_MAX, "x");
	give_file("a", UINT64_MAX - 50, "xyz");
	give_file("b", 0,
		  "more than one hundred bytes, all in one go, which is not what this guest "
		  "was allowed to have in this run");
	assert_int_equal(r.refused, 4);
	r.files = RECEIVE_FILES_MAX - 1;
	give_file("last", 0, "x");
	assert_int_equal(r.refused, 4);
	give_file("one/more", 0, "x");
	give_file("more", 0, "x");
	assert_int_equal(r.refused, 6);
	give_file("last", 1, "y"); /* what is there goes on */
	assert_string_equal(content("last"), "xy");
}

static void a_journal_without_end_is_cut_at_a_line(void **state)
{
	r.bytes_max = 25;
	give_text(RECEIVE_JOURNAL, WIRE_LINE, "{\"seq\":1}\n");
	give_text(RECEIVE_JOURNAL, WIRE_LINE, "{\"seq\":2}\n");
	assert_int_equal(r.refused, 0);
	give_text(RECEIVE_JOURNAL, WIRE_LINE, "{\"seq\":3}\n");
	assert_int_equal(r.refused, 1);
	assert_string_equal(content(JOURNAL_FILE), "{\"seq\":1}\n{\"seq\":2}\n");
}

static void a_full_disk_is_kept_and_leaves_whole_lines(void **state)
{
	struct rlimit old, tiny;

	signal(SIGXFSZ, SIG_IGN);
	getrlimit(RLIMIT_FSIZE, &old);
	tiny = (struct rlimit){ 25, old.rlim_max };
	setrlimit(RLIMIT_FSIZE, &tiny);
	give_text(RECEIVE_JOURNAL, WIRE_LINE, "{\"seq\":1}\n");
	give_text(RECEIVE_JOURNAL, WIRE_LINE, "{\"seq\":2}\n");
	assert_int_equal(r.file_error, 0);
	give_text(RECEIVE_JOURNAL, WIRE_LINE, "{\"seq\":3}\n");
	assert_int_equal(r.file_error, -EFBIG);
	assert_string_equal(content(JOURNAL_FILE), "{\"seq\":1}\n{\"seq\":2}\n");
	assert_string_equal(told, "{\"seq\":1}|{\"seq\":2}|{\"seq\":3}|");
	setrlimit(RLIMIT_FSIZE, &old);
	give_text(RECEIVE_JOURNAL, WIRE_LINE, "{\"seq\":4}\n");
	assert_string_equal(content(JOURNAL_FILE), "{\"seq\":1}\n{\"seq\":2}\n{\"seq\":4}\n");
	assert_int_equal(r.file_error, -EFBIG);
}

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
		TEST(lines_are_appended_and_told),
		TEST(a_line_is_on_disk_before_it_is_told),
		TEST(what_is_no_line_is_refused),
		TEST(a_torn_frame_writes_no_part_of_a_line),
		TEST(files_are_written_where_they_belong),
		TEST(a_file_that_begins_anew_leaves_no_old_end),
		TEST(an_empty_file_is_a_file),
		TEST(paths_that_leave_the_run_directory_are_refused),
		TEST(names_and_offsets_that_are_cut_are_refused),
		TEST(links_and_devices_are_not_followed),
		TEST(the_undo_log_of_a_guest_is_not_written),
		TEST(a_guests_manifest_completes_the_hosts),
		TEST(what_is_no_manifest_is_refused),
		TEST(bytes_and_files_have_limits),
		TEST(a_journal_without_end_is_cut_at_a_line),
		TEST(a_full_disk_is_kept_and_leaves_whole_lines),
		TEST(the_words_of_a_guest_are_read),
		TEST(hostile_words_are_cleaned_and_out_of_range_ones_dropped),
		TEST(the_crash_kernel_begins_anew),
		TEST(a_port_is_read_until_it_is_empty_and_then_closed),
		TEST(a_heart_is_judged_by_frames_and_ticks),
		TEST(time_in_which_nobody_listened_is_no_silence),
		TEST(a_guest_that_was_never_heard_needs_no_excuse),
		TEST(ticks_that_stand_are_told_from_ticks_that_go),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

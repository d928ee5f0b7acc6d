/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The courier: what grows is sent once, byte for byte, and what must not travel is not. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "tmpdir.h"
#include "vm/guest/courier.h"

struct world {
	char path[128];
	const char *folders[2];
	struct line line; /* a memfd: every frame that was sent */
	struct courier courier;
};

static struct world w;

static int make_world(void **state)
{
	void *path = NULL;

	if (tmpdir_make(&path))
		return -1;
	snprintf(w.path, sizeof(w.path), "%s", (char *)path);
	*state = path;
	w.folders[0] = w.path;
	w.line = (struct line){ .fd = memfd_create("port", MFD_CLOEXEC) };
	return courier_open(&w.courier, &w.line, w.folders);
}

static int drop_world(void **state)
{
	courier_close(&w.courier);
	close(w.line.fd);
	return tmpdir_remove(state);
}

static void put(const char *name, const char *text, int flags)
{
	char path[256];
	int fd;

	snprintf(path, sizeof(path), "%s/%s", w.path, name);
	fd = open(path, O_WRONLY | O_CREAT | flags, 0644);
	assert_true(fd >= 0);
	assert_int_equal(write(fd, text, strlen(text)), strlen(text));
	close(fd);
}

static void make_folder(const char *name)
{
	char path[256];

	snprintf(path, sizeof(path), "%s/%s", w.path, name);
	assert_int_equal(mkdir(path, 0755), 0);
}

/* "path@offset=data;" of each frame since the last call, in the order in which they were sent. */
static const char *sent(void)
{
	static char text[16384];
	char raw[16384];
	struct wire_decoder decoder;
	struct wire_frame f;
	ssize_t n = pread(w.line.fd, raw, sizeof(raw), 0);

	text[0] = '\0';
	assert_true(n >= 0 && n < (ssize_t)sizeof(raw));
	assert_int_equal(wire_decoder_init(&decoder), 0);
	assert_int_equal(wire_feed(&decoder, raw, (size_t)n), n);
	while (wire_next(&decoder, &f) == 1) {
		size_t name = strlen((const char *)f.payload), len = strlen(text);

		assert_int_equal(f.type, WIRE_FILE);
		assert_true(f.size >= name + 9);
		assert_int_equal(f.payload[name + 2], 0); /* offsets here are below 256 */
		snprintf(text + len, sizeof(text) - len, "%s@%u=%.*s;", (const char *)f.payload,
			 f.payload[name + 1], (int)(f.size - name - 9),
			 (const char *)f.payload + name + 9);
	}
	assert_int_equal(decoder.bad_bytes, 0);
	assert_int_equal(decoder.lost, 0);
	wire_decoder_clear(&decoder);
	assert_int_equal(ftruncate(w.line.fd, 0), 0);
	lseek(w.line.fd, 0, SEEK_SET);
	return text;
}

static void growth_is_sent_once_and_from_where_it_began(void **state)
{
	put("kmsg.log", "one\n", 0);
	assert_int_equal(courier_walk(&w.courier), 4);
	assert_string_equal(sent(), "kmsg.log@0=one\n;");
	assert_int_equal(courier_walk(&w.courier), 0);
	assert_string_equal(sent(), "");
	put("kmsg.log", "two\n", O_APPEND);
	assert_int_equal(courier_walk(&w.courier), 4);
	assert_string_equal(sent(), "kmsg.log@4=two\n;");
}

static void an_empty_file_is_told_once(void **state)
{
	put("empty", "", 0);
	assert_int_equal(courier_walk(&w.courier), 0);
	assert_string_equal(sent(), "empty@0=;");
	assert_int_equal(courier_walk(&w.courier), 0);
	assert_string_equal(sent(), "");
	put("empty", "x", O_APPEND);
	assert_int_equal(courier_walk(&w.courier), 1);
	assert_string_equal(sent(), "empty@0=x;");
}

static void files_in_folders_have_their_path(void **state)
{
	make_folder("out");
	put("out/000-alloc.log", "x", 0);
	courier_walk(&w.courier);
	assert_string_equal(sent(), "out/000-alloc.log@0=x;");
}

static void a_file_in_the_place_of_another_is_sent_anew(void **state)
{
	char from[256], to[256];

	put("manifest.json", "old", 0);
	courier_walk(&w.courier);
	sent();
	put("other", "new", 0);
	snprintf(from, sizeof(from), "%s/other", w.path);
	snprintf(to, sizeof(to), "%s/manifest.json", w.path);
	assert_int_equal(rename(from, to), 0);
	assert_int_equal(courier_walk(&w.courier), 3);
	assert_string_equal(sent(), "manifest.json@0=new;");
}

static void what_travels_another_way_or_not_at_all_stays(void **state)
{
	static const struct {
		const char *path;
		bool wanted;
	} cases[] = {
		{ "journal.jsonl", false },
		{ "scratch.img", false },
		{ "scratch", false },
		{ "undo.jsonl", false },
		{ "lock", false },
		{ "work", false },
		{ "kmsg.log", true },
		{ "manifest.json.new.77", false },
		{ "out/journal.jsonl", true },
		{ "evidence/lock", true },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++)
		assert_int_equal(courier_wants(cases[i].path), cases[i].wanted);
	make_folder("scratch");
	put("scratch/big", "x", 0);
	put("journal.jsonl", "x", 0);
	put("kept", "x", 0);
	courier_walk(&w.courier);
	assert_string_equal(sent(), "kept@0=x;");
}

static void links_are_not_followed(void **state)
{
	char path[256];

	snprintf(path, sizeof(path), "%s/link", w.path);
	assert_int_equal(symlink("/etc/passwd", path), 0);
	snprintf(path, sizeof(path), "%s/folder", w.path);
	assert_int_equal(symlink("/etc", path), 0);
	assert_int_equal(courier_walk(&w.courier), 0);
	assert_string_equal(sent(), "");
}

/* No frame is larger than the page that the port's driver can copy without waiting for memory. */
static void a_large_file_goes_in_frames_of_a_page(void **state)
{
	_cleanup_free_ char *text = malloc(100001), *got = malloc(200000);
	struct wire_decoder decoder;
	struct wire_frame f;
	uint64_t at = 0;
	ssize_t n, fed = 0;

	for (int i = 0; i < 100000; i++)
		text[i] = (char)('a' + i % 23);
	text[100000] = '\0';
	put("large", text, 0);
	assert_int_equal(courier_walk(&w.courier), 100000);
	n = pread(w.line.fd, got, 200000, 0);
	assert_int_equal(wire_decoder_init(&decoder), 0);
	while (at < 100000) {
		fed += (ssize_t)wire_feed(&decoder, got + fed, (size_t)(n - fed));
		while (wire_next(&decoder, &f) == 1) {
			assert_true(WIRE_HEADER_BYTES + f.size <= COURIER_FRAME_BYTES);
			assert_memory_equal(f.payload + 14, text + at,
					    f.size - 14); /* "large", NUL, offset */
			at += f.size - 14;
		}
	}
	assert_int_equal(at, 100000);
	wire_decoder_clear(&decoder);
}

static void a_dead_port_ends_the_courier(void **state)
{
	_cleanup_close_ int full = open("/dev/full", O_WRONLY | O_CLOEXEC);
	struct line line = { .fd = full };
	struct courier c;

	assert_int_equal(courier_open(&c, &line, w.folders), 0);
	put("a", "x", 0);
	assert_int_equal(courier_walk(&c), -ENOSPC);
	assert_int_equal(courier_start(&c), 0);
	assert_int_equal(courier_stop(&c), -ENOSPC);
	courier_close(&c);
}

static void stopping_sends_what_came_last(void **state)
{
	assert_int_equal(courier_start(&w.courier), 0);
	put("last", "words", 0);
	assert_int_equal(courier_stop(&w.courier), 0);
	assert_string_equal(sent(), "last@0=words;");
}

#define IN_WORLD(test) cmocka_unit_test_setup_teardown(test, make_world, drop_world)

int main(void)
{
	const struct CMUnitTest tests[] = {
		IN_WORLD(growth_is_sent_once_and_from_where_it_began),
		IN_WORLD(an_empty_file_is_told_once),
		IN_WORLD(files_in_folders_have_their_path),
		IN_WORLD(a_file_in_the_place_of_another_is_sent_anew),
		IN_WORLD(what_travels_another_way_or_not_at_all_stays),
		IN_WORLD(links_are_not_followed),
		IN_WORLD(a_large_file_goes_in_frames_of_a_page),
		IN_WORLD(a_dead_port_ends_the_courier),
		IN_WORLD(stopping_sends_what_came_last),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

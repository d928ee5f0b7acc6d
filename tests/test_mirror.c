/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The journal on a wire: whose reader reads, stops, goes away, and whose writer is killed. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <fcntl.h>
#include <jansson.h>
#include <poll.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include "base/cleanup.h"
#include "base/clock.h"
#include "base/textfile.h"
#include "journal.h"
#include "tmpdir.h"
#include "wire.h"

/* The other end. */
struct reader {
	int fd;
	struct wire_decoder w;
	bool closed;
	unsigned int hellos, beats, lines;
	uint64_t last_seq;
	char hello[512], last_beat[256];
	char *text; /* of all lines */
	size_t size;
};

static void take(struct reader *r, const struct wire_frame *f)
{
	if (f->type == WIRE_HELLO) {
		r->hellos++;
		snprintf(r->hello, sizeof(r->hello), "%.*s", (int)f->size,
			 (const char *)f->payload);
	} else if (f->type == WIRE_BEAT) {
		r->beats++;
		snprintf(r->last_beat, sizeof(r->last_beat), "%.*s", (int)f->size,
			 (const char *)f->payload);
	} else {
		assert_int_equal(f->type, WIRE_LINE);
		r->text = realloc(r->text, r->size + f->size + 1);
		assert_non_null(r->text);
		memcpy(r->text + r->size, f->payload, f->size);
		r->size += f->size;
		r->text[r->size] = '\0';
		assert_int_equal(f->payload[f->size - 1], '\n');
		sscanf(r->text + r->size - f->size, "{\"seq\":%lu", &r->last_seq);
		r->lines++;
	}
}

/* What comes within @ms, 0: what is there. */
static void read_some(struct reader *r, int ms)
{
	struct pollfd p = { .fd = r->fd, .events = POLLIN };
	struct wire_frame f;
	char buf[8192];
	ssize_t n;

	if (poll(&p, 1, ms) <= 0)
		return;
	n = read(r->fd, buf, sizeof(buf));
	r->closed = n <= 0;
	for (size_t at = 0; n > 0 && at < (size_t)n;) {
		at += wire_feed(&r->w, buf + at, (size_t)n - at);
		while (wire_next(&r->w, &f) == 1)
			take(r, &f);
	}
}

static void read_until_closed(struct reader *r)
{
	while (!r->closed)
		read_some(r, 10000);
}

static void reader_open(struct reader *r, int *ret_other)
{
	int ends[2];

	memset(r, 0, sizeof(*r));
	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends), 0);
	assert_int_equal(wire_decoder_init(&r->w), 0);
	r->w.expected = 1;
	r->fd = ends[0];
	*ret_other = ends[1];
}

static void reader_close(struct reader *r)
{
	r->fd = close_fd(r->fd);
	wire_decoder_clear(&r->w);
	free(take_ptr(r->text));
}

static struct journal *open_in(const char *path)
{
	_cleanup_close_ int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	struct journal *j = NULL;

	assert_int_equal(journal_open(fd, now_us(), &j), 0);
	return j;
}

static char *load(const char *folder, size_t *ret_size)
{
	char path[256], *text = NULL;

	snprintf(path, sizeof(path), "%s/" JOURNAL_FILE, folder);
	assert_int_equal(textfile_load(path, 0, &text, ret_size), 0);
	return text;
}

static uint64_t put_line(struct journal *j, int i)
{
	jline_int(journal_begin(j, "exit"), "copy", i);
	return journal_commit(j);
}

static void the_other_end_gets_hello_and_every_line_of_the_file(void **state)
{
	struct journal *j = open_in(*state);
	_cleanup_free_ char *text = NULL;
	struct reader r;
	size_t size;
	json_t *hello;
	int fd;

	reader_open(&r, &fd);
	journal_mirror(j, fd);
	for (int i = 0; i < 500; i++)
		put_line(j, i);
	journal_close(j);
	close(fd);
	read_until_closed(&r);
	text = load(*state, &size);
	assert_int_equal(r.lines, 500);
	assert_int_equal(r.size, size);
	assert_memory_equal(r.text, text, size);
	assert_int_equal(r.hellos, 1);
	assert_int_equal(r.w.lost + r.w.bad_bytes, 0);
	hello = json_loads(r.hello, 0, NULL);
	assert_string_equal(json_string_value(json_object_get(hello, "kind")), "run");
	assert_string_equal(json_string_value(json_object_get(hello, "hangar")), HANGAR_VERSION);
	assert_true(json_number_value(json_object_get(hello, "boot_seconds")) > 0);
	json_decref(hello);
	reader_close(&r);
}

static void a_line_that_was_waited_for_is_on_the_wire(void **state)
{
	struct journal *j = open_in(*state);
	struct reader r;
	int fd;

	reader_open(&r, &fd);
	journal_mirror(j, fd);
	for (unsigned int i = 0; i < 50; i++) {
		assert_int_equal(journal_wait(j, put_line(j, 0), 5000000), 0);
		while (r.lines <= i) {
			struct pollfd p = { .fd = r.fd, .events = POLLIN };

			assert_int_equal(poll(&p, 1, 0), 1); /* there already */
			read_some(&r, 0);
		}
	}
	journal_close(j);
	close(fd);
	reader_close(&r);
}

static void beats_come_without_lines_and_tell_the_turns_of_the_loop(void **state)
{
	struct journal *j = open_in(*state);
	uint64_t began;
	struct reader r;
	int fd;

	reader_open(&r, &fd);
	for (int i = 0; i < 7; i++)
		journal_tick(j);
	journal_mirror(j, fd);
	while (r.beats < 1)
		read_some(&r, 10000);
	began = now_us();
	assert_int_equal(r.hellos, 1);
	assert_non_null(strstr(r.last_beat, "\"ticks\":7,"));
	journal_tick(j);
	while (r.beats < 2)
		read_some(&r, 10000);
	assert_in_range(now_us() - began, 900000, 5000000);
	assert_non_null(strstr(r.last_beat, "\"ticks\":8,"));
	assert_int_equal(r.lines, 0);
	journal_close(j);
	close(fd);
	reader_close(&r);
}

/* The reader stops; lines pass him by after 2 s, and he goes on at a whole frame. */
static void a_reader_who_stops_holds_nobody_up_for_long(void **state)
{
	struct journal *j = open_in(*state);
	_cleanup_free_ char *text = NULL;
	int fd, small = 4096;
	uint64_t began;
	struct reader r;
	size_t size;

	reader_open(&r, &fd);
	setsockopt(fd, SOL_SOCKET, SO_SNDBUF, &small, sizeof(small));
	journal_mirror(j, fd);
	began = now_us();
	for (int i = 0; i < 3000; i++)
		put_line(j, i);
	assert_int_equal(journal_wait(j, 3000, 10000000), 0);
	assert_in_range(now_us() - began, 1900000, 6000000);
	began = now_us();
	assert_int_equal(journal_wait(j, put_line(j, 3000), 10000000), 0);
	assert_true(now_us() - began < 1500000); /* not waited for again */
	journal_tick(j);
	assert_int_equal(journal_wait(j, 3002, 10000000), 0);
	while (r.w.expected < 200 || r.beats < 2)
		read_some(&r, 10000); /* takes again what is left, and the next beat tells it */
	journal_tick(j);
	journal_close(j);
	close(fd);
	read_until_closed(&r);
	assert_int_equal(r.w.bad_bytes, 0);
	assert_true(r.w.lost > 0);
	text = load(*state, &size);
	assert_non_null(strstr(text, "\"seq\":3001,"));
	assert_non_null(strstr(text, "the wire has taken nothing for 2 s"));
	assert_non_null(strstr(text, "the wire takes lines again"));
	assert_non_null(strstr(r.text, "the wire takes lines again"));
	reader_close(&r);
}

static void a_reader_who_goes_away_is_told_and_kills_nobody(void **state)
{
	struct journal *j = open_in(*state);
	_cleanup_free_ char *text = NULL;
	struct reader r;
	size_t size;
	int fd;

	reader_open(&r, &fd);
	journal_mirror(j, fd);
	reader_close(&r);
	assert_int_equal(journal_wait(j, put_line(j, 0), 5000000), 0);
	assert_int_equal(journal_wait(j, put_line(j, 1), 5000000), 0);
	journal_close(j);
	close(fd);
	text = load(*state, &size);
	assert_non_null(strstr(text, "the wire is broken: Broken pipe"));
	assert_non_null(strstr(text, "\"copy\":1"));
}

static void what_a_full_disk_refuses_is_on_the_wire(void **state)
{
	struct rlimit old, tiny;
	struct journal *j;
	struct reader r;
	size_t size;
	char *text;
	int fd;

	signal(SIGXFSZ, SIG_IGN);
	getrlimit(RLIMIT_FSIZE, &old);
	j = open_in(*state);
	reader_open(&r, &fd);
	journal_mirror(j, fd);
	assert_int_equal(journal_wait(j, put_line(j, 0), 5000000), 0);
	tiny = (struct rlimit){ 150, old.rlim_max };
	setrlimit(RLIMIT_FSIZE, &tiny);
	for (int i = 1; i < 20; i++)
		put_line(j, i);
	while (r.lines < 20)
		read_some(&r, 10000);
	assert_true(journal_synced(j) < 20);
	setrlimit(RLIMIT_FSIZE, &old);
	journal_close(j);
	close(fd);
	read_until_closed(&r);
	text = load(*state, &size); /* went through later: once each, here as there */
	assert_int_equal(r.size, size);
	assert_memory_equal(r.text, text, size);
	free(text);
	reader_close(&r);
}

struct shared {
	_Atomic uint64_t synced;
};

/* Journals as fast as it can, or each line only when the one before is safe, until it is killed. */
static void flood(const char *path, int fd, struct shared *shared, bool paced)
	__attribute__((noreturn));

static void flood(const char *path, int fd, struct shared *shared, bool paced)
{
	struct journal *j = open_in(path);

	journal_mirror(j, fd);
	for (int i = 0;; i++) {
		uint64_t seq = put_line(j, i);

		journal_tick(j);
		if (paced)
			journal_wait(j, seq, 5000000);
		atomic_store(&shared->synced, journal_synced(j));
	}
}

static void kill_one(const char *path, struct shared *shared, bool paced, unsigned int lines)
{
	char folder[128];
	struct reader r;
	size_t size, file_lines = 0;
	char *text;
	pid_t pid;
	int fd;

	snprintf(folder, sizeof(folder), "%s/%u.%d", path, lines, paced);
	assert_int_equal(mkdir(folder, 0755), 0);
	shared->synced = 0;
	reader_open(&r, &fd);
	pid = fork();
	if (!pid)
		flood(folder, fd, shared, paced);
	close(fd);
	while (r.lines < lines && !r.closed)
		read_some(&r, 10000);
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
	read_until_closed(&r);
	text = load(folder, &size);
	for (size_t i = 0; i < size; i++)
		file_lines += text[i] == '\n';
	assert_true(r.lines >= lines);
	assert_int_equal(r.last_seq, r.lines);
	assert_int_equal(r.w.lost, 0);
	assert_true(r.lines >= shared->synced); /* what counted as safe has left */
	assert_true(file_lines >= r.lines);     /* right behind the disk */
	assert_memory_equal(text, r.text, r.size);
	if (paced)
		assert_in_range(file_lines - r.lines, 0, 1); /* the line in flight */
	free(text);
	reader_close(&r);
}

static void a_killed_writer_loses_at_most_the_line_in_flight(void **state)
{
	struct shared *shared = mmap(NULL, sizeof(*shared), PROT_READ | PROT_WRITE,
				     MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	assert_true(shared != MAP_FAILED);
	for (unsigned int i = 0; i < 8; i++) {
		kill_one(*state, shared, true, 1 + i * 7);
		kill_one(*state, shared, false, 1 + i * 531);
	}
	munmap(shared, sizeof(*shared));
}

#define FOLDER_TEST(t) cmocka_unit_test_setup_teardown(t, tmpdir_make, tmpdir_remove)

int main(void)
{
	const struct CMUnitTest tests[] = {
		FOLDER_TEST(the_other_end_gets_hello_and_every_line_of_the_file),
		FOLDER_TEST(a_line_that_was_waited_for_is_on_the_wire),
		FOLDER_TEST(beats_come_without_lines_and_tell_the_turns_of_the_loop),
		FOLDER_TEST(a_reader_who_stops_holds_nobody_up_for_long),
		FOLDER_TEST(a_reader_who_goes_away_is_told_and_kills_nobody),
		FOLDER_TEST(what_a_full_disk_refuses_is_on_the_wire),
		FOLDER_TEST(a_killed_writer_loses_at_most_the_line_in_flight),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

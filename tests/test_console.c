/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A console of another machine: what is read, and from where. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/clock.h"
#include "observe/console.h"
#include "observe/console_text.h"
#include "tmpdir.h"

#define SECOND 1000000u

struct heard {
	struct finding list[8];
	unsigned int count;
};

static void hear(void *ctx, const struct finding *f)
{
	struct heard *h = ctx;

	assert_true(h->count < ARRAY_SIZE(h->list));
	h->list[h->count++] = *f;
}

static void feed(struct console_text *c, const char *text, uint64_t now)
{
	console_text_feed(c, text, strlen(text), now);
}

static void a_console_is_read_through_colours_and_pieces(void **state)
{
	static const char text[] =
		"\033[0;32m[  OK  ]\033[0m Started x.\r\r\n"
		"[   12.000000] \033[1mKernel panic - not syncing: NMI: Not continuing\r\n";
	struct heard heard = { .count = 0 };
	struct console_text c;

	assert_int_equal(console_text_init(&c, hear, &heard), 0);
	for (size_t i = 0; i < sizeof(text) - 1; i++)
		console_text_feed(&c, text + i, 1, 5 * SECOND);
	assert_int_equal(heard.count, 1);
	assert_int_equal(heard.list[0].kind, FINDING_PANIC);
	assert_int_equal(c.panicked_us, 5 * SECOND);
	assert_int_equal(c.booted_us, 0);
	feed(&c, "[    0.000000] Linux version 6.1.0\n", 6 * SECOND);
	assert_int_equal(c.booted_us, 6 * SECOND);
	assert_int_equal(c.lines, 3);
	console_text_clear(&c);
}

static void a_healthy_console_tells_nothing(void **state)
{
	struct heard heard = { .count = 0 };
	struct console_text c;

	assert_int_equal(console_text_init(&c, hear, &heard), 0);
	feed(&c, "host login: root\r\nls: cannot open /panic: Kernel panic? no\r\n\033", 1);
	feed(&c, "[31m\nuser wrote: Kernel panic - not syncing\n", 1);
	console_text_flush(&c, 2, true);
	assert_int_equal(heard.count, 0);
	assert_int_equal(c.panicked_us, 0);
	console_text_clear(&c);
}

/* Bytes of any kind, lines of any length. */
static void a_hostile_console_does_no_harm(void **state)
{
	struct heard heard = { .count = 0 };
	struct console_text c;
	char junk[5000];
	unsigned int x = 1;

	assert_int_equal(console_text_init(&c, hear, &heard), 0);
	for (int round = 0; round < 50; round++) {
		for (size_t i = 0; i < sizeof(junk); i++) {
			x = x * 1103515245 + 12345;
			junk[i] = (char)(x >> 16);
		}
		console_text_feed(&c, junk, sizeof(junk), 1);
		assert_true(c.len < CONSOLE_LINE_MAX);
	}
	memset(junk, 'a', sizeof(junk));
	console_text_feed(&c, junk, sizeof(junk), 1);
	assert_int_equal(c.len, CONSOLE_LINE_MAX - 1);
	console_text_flush(&c, 2, true);
	console_text_clear(&c);
}

static void where_a_console_is_found_is_parsed(void **state)
{
	static const struct {
		const char *text;
		enum console_kind kind;
		const char *where, *port;
	} cases[] = {
		{ "/var/log/con", CONSOLE_PATH, "/var/log/con", "" },
		{ "sol", CONSOLE_SOL, "", "" },
		{ "unix:/run/con", CONSOLE_UNIX, "/run/con", "" },
		{ "./sol", CONSOLE_PATH, "./sol", "" },
		{ "tcp:lab7:4001", CONSOLE_TCP, "lab7", "4001" },
		{ "tcp:[::1]:4001", CONSOLE_TCP, "::1", "4001" },
	};
	static const char *const refused[] = { "",          "unix:",        "tcp:",     "tcp:lab7",
					       "tcp::4001", "tcp:::1:4001", "tcp:lab7:" };
	struct console_spec s;
	struct diag d = { 0 };

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		assert_int_equal(console_spec_parse(cases[i].text, &s, &d), 0);
		assert_int_equal(s.kind, cases[i].kind);
		assert_string_equal(s.where, cases[i].where);
		assert_string_equal(s.port, cases[i].port);
	}
	for (size_t i = 0; i < ARRAY_SIZE(refused); i++)
		assert_int_equal(console_spec_parse(refused[i], &s, &d), -EINVAL);
}

static void append(const char *path, const char *text)
{
	FILE *f = fopen(path, "a");

	assert_non_null(f);
	fputs(text, f);
	fclose(f);
}

/* Turns until something is read, or the try for it is over. */
static const char *read_console(struct console *c, uint64_t *now)
{
	static char buf[256];
	size_t n = 0;

	for (int i = 0; i < 4 && !n; i++) {
		*now += SECOND;
		console_tend(c, *now);
		n = console_read(c, buf, sizeof(buf) - 1, *now);
	}
	buf[n] = '\0';
	return buf;
}

static void a_file_is_followed_from_its_end_and_through_rotation(void **state)
{
	struct console_spec spec = { .kind = CONSOLE_PATH };
	struct console c;
	uint64_t now = 0;
	char aside[300];

	snprintf(spec.where, sizeof(spec.where), "%.200s/con", (char *)*state);
	snprintf(aside, sizeof(aside), "%s.1", spec.where);
	append(spec.where, "old\n");
	console_init(&c, &spec, NULL);
	assert_string_equal(read_console(&c, &now), "");
	append(spec.where, "new\n");
	assert_string_equal(read_console(&c, &now), "new\n");
	assert_int_equal(truncate(spec.where, 0), 0);
	append(spec.where, "t\n");
	assert_string_equal(read_console(&c, &now), "t\n");
	assert_int_equal(rename(spec.where, aside), 0);
	append(spec.where, "rotated\n");
	assert_string_equal(read_console(&c, &now), "rotated\n");
	console_close(&c);
}

/* A file that comes later is read from its begin: it is all news. */
static void a_file_that_comes_later_is_read_whole(void **state)
{
	struct console_spec spec = { .kind = CONSOLE_PATH };
	struct console c;
	uint64_t now = SECOND;

	snprintf(spec.where, sizeof(spec.where), "%.200s/con", (char *)*state);
	console_init(&c, &spec, NULL);
	assert_int_equal(console_tend(&c, now), -ENOENT);
	assert_int_equal(console_tend(&c, now + 2 * SECOND), 0);
	append(spec.where, "first\n");
	now += 2 * SECOND;
	assert_string_equal(read_console(&c, &now), "first\n");
	console_close(&c);
}

static void a_socket_is_opened_again_when_it_ends(void **state)
{
	struct sockaddr_un at = { .sun_family = AF_UNIX };
	struct console_spec spec = { .kind = CONSOLE_UNIX };
	_cleanup_close_ int listener = socket(AF_UNIX, SOCK_STREAM, 0);
	struct console c;
	uint64_t now = SECOND;

	snprintf(spec.where, sizeof(spec.where), "%.80s/con", (char *)*state);
	snprintf(at.sun_path, sizeof(at.sun_path), "%.100s", spec.where);
	assert_int_equal(bind(listener, (struct sockaddr *)&at, sizeof(at)), 0);
	assert_int_equal(listen(listener, 1), 0);
	console_init(&c, &spec, NULL);
	for (int i = 0; i < 2; i++) {
		int other;

		assert_int_equal(console_tend(&c, now), 1);
		other = accept(listener, NULL, NULL);
		assert_int_equal(write(other, "hi\n", 3), 3);
		assert_string_equal(read_console(&c, &now), "hi\n");
		close(other);
		assert_int_equal(console_read(&c, (char[8]){ 0 }, 8, now), 0);
		assert_int_equal(c.fd, -1);
		now += 2 * SECOND;
	}
	console_close(&c);
}

/* Until it is open or not; -ETIMEDOUT: neither. */
static int tend_until_told(struct console *c)
{
	for (int i = 0; i < 2000; i++) {
		int r = console_tend(c, now_us());

		if (r)
			return r;
		usleep(1000);
	}
	return -ETIMEDOUT;
}

static void a_console_that_takes_no_call_is_not_open(void **state)
{
	struct sockaddr_in at = { .sin_family = AF_INET,
				  .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	socklen_t size = sizeof(at);
	int server = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	struct console_spec s = { .kind = CONSOLE_TCP, .where = "127.0.0.1" };
	struct console c;

	assert_int_equal(bind(server, (struct sockaddr *)&at, sizeof(at)), 0);
	assert_int_equal(getsockname(server, (struct sockaddr *)&at, &size), 0);
	snprintf(s.port, sizeof(s.port), "%d", ntohs(at.sin_port));
	console_init(&c, &s, NULL);
	assert_int_equal(tend_until_told(&c), -ECONNREFUSED);
	assert_false(c.opened);
	assert_int_equal(c.fd, -1);
	assert_int_equal(listen(server, 1), 0); /* from now on it does */
	c.retry_us = 0;
	assert_int_equal(tend_until_told(&c), 1);
	assert_true(c.opened);
	console_close(&c);
	close(server);
}

#define FACT(f) cmocka_unit_test_setup_teardown(f, tmpdir_make, tmpdir_remove)

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_console_is_read_through_colours_and_pieces),
		cmocka_unit_test(a_healthy_console_tells_nothing),
		cmocka_unit_test(a_hostile_console_does_no_harm),
		cmocka_unit_test(where_a_console_is_found_is_parsed),
		FACT(a_file_is_followed_from_its_end_and_through_rotation),
		FACT(a_file_that_comes_later_is_read_whole),
		FACT(a_socket_is_opened_again_when_it_ends),
		cmocka_unit_test(a_console_that_takes_no_call_is_not_open),
	};

	return cmocka_run_group_tests_name("observe", tests, NULL, NULL);
}

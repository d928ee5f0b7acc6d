/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A QEMU at the other end that dies, talks nonsense, says too much at once or does not listen. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "qmp_line.h"

/* A peer that writes more than a socket holds; it ends when we hang up. */
struct flood {
	pthread_t thread;
	int fd;
	const char *piece, *last;
	size_t pieces;
};

static void *pour(void *arg)
{
	const struct flood *f = arg;
	size_t size = strlen(f->piece);

	for (size_t i = 0; i < f->pieces; i++)
		if (send(f->fd, f->piece, size, MSG_NOSIGNAL) != (ssize_t)size)
			return NULL;
	send(f->fd, f->last, strlen(f->last), MSG_NOSIGNAL);
	return NULL;
}

static void flood_begin(struct flood *f, const struct line *l)
{
	f->fd = l->peers;
	assert_int_equal(pthread_create(&f->thread, NULL, pour, f), 0);
}

static void flood_end(struct flood *f, struct line *l)
{
	shutdown(l->ours, SHUT_RDWR);
	assert_int_equal(pthread_join(f->thread, NULL), 0);
}

static void death_in_the_middle_of_an_answer_is_told(void **state)
{
	struct line *l = *state;
	char why[128];

	say(l, "{\"id\": 2, \"ret");
	shutdown(l->peers, SHUT_WR);
	assert_int_equal(qmp_call(l->q, "stop", NULL, SURELY_US, NULL, why, sizeof(why)), -EPIPE);
	assert_int_equal(qmp_call(l->q, "cont", NULL, SURELY_US, NULL, why, sizeof(why)), -EPIPE);
	assert_string_equal(why, "QEMU ended before it answered cont");
}

static void nonsense_breaks_the_connection_for_good(void **state)
{
	static const char *const nonsense[] = {
		"}{\n",
		"7\n",
		"{\"id\": 2}\n",
		"{\"QMP\": {}}\n",
		"{\"return\": {}, \"id\": 2} trailing\n",
		"{\"event\": 7}\n",
		"\xf0\x28\x8c\x28\n",
	};

	for (size_t i = 0; i < sizeof(nonsense) / sizeof(nonsense[0]); i++) {
		struct line *l = *state;
		char why[128];

		say(l, nonsense[i]);
		assert_int_equal(qmp_call(l->q, "stop", NULL, SURELY_US, NULL, why, sizeof(why)),
				 -EPROTO);
		if (strcmp(nonsense[i], "{\"QMP\": {}}\n"))
			assert_string_equal(why, "what QEMU said to stop is no QMP");
		say(l, "{\"id\": 3, \"return\": {}}\n");
		assert_int_equal(qmp_call(l->q, "stop", NULL, SURELY_US, NULL, NULL, 0), -EPROTO);
		clear(state);
		assert_int_equal(greeted(state), 0);
	}
}

static void a_line_without_end_breaks_the_connection(void **state)
{
	struct flood f = { .piece = "aaaaaaaaaaaaaaaa",
			   .pieces = 4 * QMP_LINE_MAX / 16,
			   .last = "\n" };
	struct line *l = *state;

	flood_begin(&f, l);
	assert_int_equal(qmp_call(l->q, "stop", NULL, SURELY_US, NULL, NULL, 0), -EPROTO);
	flood_end(&f, l);
}

static void an_answer_comes_in_pieces_of_one_byte(void **state)
{
	static const char answer[] = "{\"id\": 2, \"return\": \"whole\"}\n";
	struct line *l = *state;
	json_t *value = NULL;
	int size = 1;

	setsockopt(l->peers, SOL_SOCKET, SO_SNDBUF, &size, sizeof(size));
	for (const char *c = answer; *c; c++) {
		json_t *event;

		if (!c[1]) { /* all but the end is in our buffer by now */
			struct flood f = { .piece = "", .last = c };

			flood_begin(&f, l);
			assert_int_equal(qmp_call(l->q, "stop", NULL, SURELY_US, &value, NULL, 0),
					 0);
			flood_end(&f, l);
			break;
		}
		assert_int_equal(write(l->peers, c, 1), 1);
		assert_int_equal(qmp_event(l->q, &event), 0);
	}
	assert_string_equal(json_string_value(value), "whole");
	json_decref(value);
}

static void a_large_answer_is_whole(void **state)
{
	struct flood f = { .piece = "[1,2,3,4,5,6,7],", .pieces = 30000, .last = "[]]}\n" };
	struct line *l = *state;
	json_t *value = NULL;

	say(l, "{\"id\": 2, \"return\": [");
	flood_begin(&f, l);
	assert_int_equal(qmp_call(l->q, "query", NULL, SURELY_US, &value, NULL, 0), 0);
	flood_end(&f, l);
	assert_int_equal(json_array_size(value), 30001);
	json_decref(value);
}

static void deep_nesting_is_refused_without_harm(void **state)
{
	struct flood f = { .piece = "[[[[[[[[[[[[[[[[", .pieces = 50000, .last = "\n" };
	struct line *l = *state;

	flood_begin(&f, l);
	assert_int_equal(qmp_call(l->q, "query", NULL, SURELY_US, NULL, NULL, 0), -EPROTO);
	flood_end(&f, l);
}

static void a_flood_of_events_does_not_outlast_the_time_limit(void **state)
{
	struct flood f = { .piece = "{\"event\":\"X\"}\n", .pieces = SIZE_MAX, .last = "" };
	struct line *l = *state;

	flood_begin(&f, l);
	assert_int_equal(qmp_call(l->q, "stop", NULL, SOON_US, NULL, NULL, 0), -ETIMEDOUT);
	is_event(l, "X", -1);
	flood_end(&f, l);
}

static void a_peer_that_reads_nothing_is_a_timeout(void **state)
{
	struct line *l = *state;
	size_t size = 8u << 20;
	char *text = malloc(size + 1);

	assert_non_null(text);
	memset(text, 'a', size);
	text[size] = '\0';
	assert_int_equal(qmp_call(l->q, "human-monitor-command", json_pack("{s:s}", "x", text),
				  SOON_US, NULL, NULL, 0),
			 -ETIMEDOUT);
	/* half a command is in the pipe: nothing that follows it would be understood */
	assert_int_equal(qmp_call(l->q, "stop", NULL, SURELY_US, NULL, NULL, 0), -EPROTO);
	free(text);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		ON_A_LINE(death_in_the_middle_of_an_answer_is_told),
		ON_A_LINE(nonsense_breaks_the_connection_for_good),
		ON_A_LINE(a_line_without_end_breaks_the_connection),
		ON_A_LINE(an_answer_comes_in_pieces_of_one_byte),
		ON_A_LINE(a_large_answer_is_whole),
		ON_A_LINE(deep_nesting_is_refused_without_harm),
		ON_A_LINE(a_flood_of_events_does_not_outlast_the_time_limit),
		ON_A_LINE(a_peer_that_reads_nothing_is_a_timeout),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

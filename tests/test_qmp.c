/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <errno.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "vm/qemu/qmp.h"

#define GREETING                                                                                   \
	"{\"QMP\": {\"version\": {\"qemu\": {\"micro\": 0, \"minor\": 2, \"major\": 7}}, "         \
	"\"capabilities\": [\"oob\"]}}\r\n"

#define SOON_US 30000u      /* what will not come */
#define SURELY_US 10000000u /* what will come */

struct line {
	int ours, peers; /* sockets */
	struct qmp *q;
	char asked[256];    /* the first command */
	const char *answer; /* to it */
};

static void say(const struct line *l, const char *text)
{
	assert_int_equal(write(l->peers, text, strlen(text)), strlen(text));
}

static int bare(void **state)
{
	struct line *l = calloc(1, sizeof(*l));
	int pair[2];

	if (!l || socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair))
		return -1;
	l->ours = pair[0];
	l->peers = pair[1];
	*state = l;
	return 0;
}

static void *answer_one(void *arg)
{
	struct line *l = arg;
	ssize_t n = read(l->peers, l->asked, sizeof(l->asked) - 1);

	if (n > 0 && write(l->peers, l->answer, strlen(l->answer)) < 0)
		l->asked[0] = '\0';
	return NULL;
}

/* qmp_open() with a peer that says @greeting, and @answer to the first command. */
static int open_with(struct line *l, const char *greeting, const char *answer, uint64_t limit_us)
{
	pthread_t peer;
	int r;

	l->answer = answer;
	say(l, greeting);
	if (pthread_create(&peer, NULL, answer_one, l))
		return -EAGAIN;
	r = qmp_open(l->ours, limit_us, &l->q);
	if (r)
		shutdown(l->ours, SHUT_RDWR);
	pthread_join(peer, NULL);
	return r;
}

static int greeted(void **state)
{
	return bare(state)
		       ? -1
		       : open_with(*state, GREETING, "{\"return\": {}, \"id\": 1}\r\n", SURELY_US);
}

static void hang_up(struct line *l)
{
	if (l->peers >= 0)
		close(l->peers);
	l->peers = -1;
}

static int clear(void **state)
{
	struct line *l = *state;

	qmp_close(l->q);
	close(l->ours);
	hang_up(l);
	free(l);
	return 0;
}

static void is_event(struct line *l, const char *name, int number)
{
	json_t *event = NULL;

	assert_int_equal(qmp_event(l->q, &event), 1);
	assert_string_equal(json_string_value(json_object_get(event, "event")), name);
	if (number >= 0)
		assert_int_equal(json_integer_value(json_object_get(event, "data")), number);
	json_decref(event);
}

static void open_greets_and_asks_for_capabilities(void **state)
{
	struct line *l = *state;
	json_t *sent = json_loads(l->asked, 0, NULL);

	assert_int_equal(l->asked[strlen(l->asked) - 1], '\n');
	assert_string_equal(json_string_value(json_object_get(sent, "execute")),
			    "qmp_capabilities");
	assert_int_equal(json_integer_value(json_object_get(sent, "id")), 1);
	json_decref(sent);
}

static void open_refuses_what_is_no_qmp(void **state)
{
	static const struct {
		const char *greeting, *answer; /* NULL: hangs up */
		int error;
	} cases[] = {
		{ "", "", -ETIMEDOUT },
		{ "", NULL, -EPIPE },
		{ "{\"QMP\": {}", NULL, -EPIPE },
		{ "SSH-2.0-OpenSSH_9.2\r\n", "", -EPROTO },
		{ "[1, 2]\n", "", -EPROTO },
		{ "{}\n", "", -EPROTO },
		{ "{\"return\": {}, \"id\": 0}\n", "", -EPROTO },
		{ "{\"QMP\": 7}\n", "", -EPROTO },
		{ "{\"error\": {\"desc\": \"busy\"}}\n", "", -EPROTO },
		{ GREETING, "{\"error\": {\"desc\": \"no\"}, \"id\": 1}\n", -EPROTO },
		{ GREETING, "", -ETIMEDOUT },
		{ GREETING, GREETING, -EPROTO },
		{ GREETING, "\xff\xfe\n", -EPROTO },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct line *l;

		assert_int_equal(bare(state), 0);
		l = *state;
		say(l, cases[i].greeting);
		if (!cases[i].answer)
			hang_up(l);
		assert_int_equal(cases[i].answer ? open_with(l, "", cases[i].answer, SOON_US)
						 : qmp_open(l->ours, SOON_US, &l->q),
				 cases[i].error);
		assert_null(l->q);
		clear(state);
	}
	assert_int_equal(greeted(state), 0);
}

static void call_returns_the_value(void **state)
{
	struct line *l = *state;
	json_t *value = NULL;

	say(l, "\r\n{\"id\": 2, \"return\": {\"status\": \"running\"}}\r\n");
	assert_int_equal(qmp_call(l->q, "query-status", NULL, SURELY_US, &value, NULL, 0), 0);
	assert_string_equal(json_string_value(json_object_get(value, "status")), "running");
	json_decref(value);
}

static void call_sends_its_arguments(void **state)
{
	struct line *l = *state;
	char text[512];
	json_t *sent;
	ssize_t n;

	say(l, "{\"id\": 2, \"return\": {}}\n");
	assert_int_equal(qmp_call(l->q, "dump-guest-memory",
				  json_pack("{s:b, s:s}", "paging", 0, "protocol", "fd:vmcore"),
				  SURELY_US, NULL, NULL, 0),
			 0);
	n = read(l->peers, text, sizeof(text));
	sent = json_loadb(text, (size_t)n, 0, NULL);
	assert_string_equal(
		json_string_value(json_object_get(json_object_get(sent, "arguments"), "protocol")),
		"fd:vmcore");
	json_decref(sent);
}

static void call_tells_qemus_own_words(void **state)
{
	static const struct {
		const char *answer, *why;
	} cases[] = {
		{ "{\"id\": 2, \"error\": {\"class\": \"GenericError\", \"desc\": \"disk "
		  "full\"}}\n",
		  "QEMU refuses dump: disk full" },
		{ "{\"error\": {\"desc\": \"JSON parse error\"}}\n",
		  "QEMU refuses dump: JSON parse error" },
		{ "{\"id\": 2, \"error\": 7}\n", "QEMU refuses dump: no reason given" },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct line *l = *state;
		json_t *value = NULL;
		char why[128] = "";

		say(l, cases[i].answer);
		assert_int_equal(qmp_call(l->q, "dump", NULL, SURELY_US, &value, why, sizeof(why)),
				 -EREMOTEIO);
		assert_string_equal(why, cases[i].why);
		assert_null(value);
		clear(state);
		assert_int_equal(greeted(state), 0);
	}
}

static void call_passes_over_the_late_answer_of_another(void **state)
{
	struct line *l = *state;
	json_t *value = NULL;
	char why[128];

	assert_int_equal(qmp_call(l->q, "slow", NULL, SOON_US, &value, why, sizeof(why)),
			 -ETIMEDOUT);
	assert_string_equal(why, "QEMU did not answer slow within 0.0 s");
	say(l, "{\"id\": 2, \"return\": \"late\"}\n{\"id\": \"3\", \"return\": \"text id\"}\n"
	       "{\"id\": 3, \"return\": \"in time\"}\n{\"id\": 3, \"return\": \"twice\"}\n");
	assert_int_equal(qmp_call(l->q, "next", NULL, SURELY_US, &value, NULL, 0), 0);
	assert_string_equal(json_string_value(value), "in time");
	json_decref(value);
}

static void events_around_an_answer_keep_their_order(void **state)
{
	struct line *l = *state;
	json_t *event;

	assert_int_equal(qmp_event(l->q, &event), 0);
	assert_false(qmp_pending(l->q));
	say(l, "{\"event\": \"STOP\", \"data\": 1}\n{\"event\": \"WATCHDOG\", \"data\": 2}\n"
	       "{\"id\": 2, \"return\": {}}\n{\"event\": \"RESUME\", \"data\": 3}\n");
	assert_int_equal(qmp_call(l->q, "stop", NULL, SURELY_US, NULL, NULL, 0), 0);
	assert_true(qmp_pending(l->q));
	is_event(l, "STOP", 1);
	is_event(l, "WATCHDOG", 2);
	is_event(l, "RESUME", 3);
	assert_int_equal(qmp_event(l->q, &event), 0);
	assert_false(qmp_pending(l->q));
}

static void events_that_nobody_takes_are_bounded_and_the_oldest_go(void **state)
{
	const int sent = QMP_EVENTS_MAX + 50;
	struct line *l = *state;
	char text[64 * (QMP_EVENTS_MAX + 50)];
	json_t *event;
	int n = 0;

	for (int i = 0; i < sent; i++)
		n += snprintf(text + n, sizeof(text) - (size_t)n,
			      "{\"event\": \"RTC_CHANGE\", \"data\": %d}\n", i);
	say(l, text);
	for (int i = 50; i < sent; i++)
		is_event(l, "RTC_CHANGE", i);
	assert_int_equal(qmp_event(l->q, &event), 0);
	assert_int_equal(qmp_events_lost(l->q), 50);
}

static void events_before_the_end_are_handed_out_first(void **state)
{
	struct line *l = *state;
	json_t *event;

	say(l, "{\"event\": \"GUEST_PANICKED\"}\n{\"event\": \"SHUTDOWN\"}\n{\"event\": \"half");
	hang_up(l);
	is_event(l, "GUEST_PANICKED", -1);
	is_event(l, "SHUTDOWN", -1);
	assert_int_equal(qmp_event(l->q, &event), -EPIPE);
	assert_true(qmp_pending(l->q));
}

static void call_collects_the_last_events_of_a_qemu_that_is_gone(void **state)
{
	struct line *l = *state;
	json_t *event;
	char why[128];

	say(l, "{\"event\": \"SHUTDOWN\"}\n");
	hang_up(l);
	assert_int_equal(qmp_call(l->q, "cont", NULL, SURELY_US, NULL, why, sizeof(why)), -EPIPE);
	assert_string_equal(why, "QEMU ended before it answered cont");
	is_event(l, "SHUTDOWN", -1);
	assert_int_equal(qmp_event(l->q, &event), -EPIPE);
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

#define ON_A_LINE(test) cmocka_unit_test_setup_teardown(test, greeted, clear)

int main(void)
{
	const struct CMUnitTest tests[] = {
		ON_A_LINE(open_greets_and_asks_for_capabilities),
		cmocka_unit_test_setup_teardown(open_refuses_what_is_no_qmp, NULL, clear),
		ON_A_LINE(call_returns_the_value),
		ON_A_LINE(call_sends_its_arguments),
		ON_A_LINE(call_tells_qemus_own_words),
		ON_A_LINE(call_passes_over_the_late_answer_of_another),
		ON_A_LINE(events_around_an_answer_keep_their_order),
		ON_A_LINE(events_that_nobody_takes_are_bounded_and_the_oldest_go),
		ON_A_LINE(events_before_the_end_are_handed_out_first),
		ON_A_LINE(call_collects_the_last_events_of_a_qemu_that_is_gone),
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

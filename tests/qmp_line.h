/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A line to a QEMU that the test plays: both ends of a socket pair. Include cmocka.h before. */
#ifndef HANGAR_TESTS_QMP_LINE_H
#define HANGAR_TESTS_QMP_LINE_H

#include <errno.h>
#include <pthread.h>
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

static inline void say(const struct line *l, const char *text)
{
	assert_int_equal(write(l->peers, text, strlen(text)), strlen(text));
}

static inline int bare(void **state)
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

static inline void *answer_one(void *arg)
{
	struct line *l = arg;
	ssize_t n = read(l->peers, l->asked, sizeof(l->asked) - 1);

	if (n > 0 && write(l->peers, l->answer, strlen(l->answer)) < 0)
		l->asked[0] = '\0';
	return NULL;
}

/* qmp_open() with a peer that says @greeting, and @answer to the first command. */
static inline int open_with(struct line *l, const char *greeting, const char *answer,
			    uint64_t limit_us)
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

static inline int greeted(void **state)
{
	return bare(state)
		       ? -1
		       : open_with(*state, GREETING, "{\"return\": {}, \"id\": 1}\r\n", SURELY_US);
}

static inline void hang_up(struct line *l)
{
	if (l->peers >= 0)
		close(l->peers);
	l->peers = -1;
}

static inline int clear(void **state)
{
	struct line *l = *state;

	qmp_close(l->q);
	close(l->ours);
	hang_up(l);
	free(l);
	return 0;
}

static inline void is_event(struct line *l, const char *name, int number)
{
	json_t *event = NULL;

	assert_int_equal(qmp_event(l->q, &event), 1);
	assert_string_equal(json_string_value(json_object_get(event, "event")), name);
	if (number >= 0)
		assert_int_equal(json_integer_value(json_object_get(event, "data")), number);
	json_decref(event);
}

#define ON_A_LINE(test) cmocka_unit_test_setup_teardown(test, greeted, clear)

#endif

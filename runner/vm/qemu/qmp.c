/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * See qmp.h. Commands go out one at a time, each with an id of its own, and whole or not at all:
 * half a command would make nonsense of the next one.
 */
#include "vm/qemu/qmp_intake.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "base/cleanup.h"
#include "base/clock.h"

static void explain(char *why, size_t size, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

static void explain(char *why, size_t size, const char *fmt, ...)
{
	va_list ap;

	if (!why || !size)
		return;
	va_start(ap, fmt);
	vsnprintf(why, size, fmt, ap);
	va_end(ap);
}

/* Wait for @events on the socket. 0, -ETIMEDOUT or -errno. */
static int wait_for(const struct qmp *q, short events, uint64_t until_us)
{
	struct pollfd p = { .fd = q->fd, .events = events };
	uint64_t now = now_us();
	int r = 0;

	if (now < until_us) {
		uint64_t ms = (until_us - now + 999) / 1000;

		r = poll(&p, 1, ms > 3600000 ? 3600000 : (int)ms);
	}
	if (r < 0 && errno != EINTR)
		return -errno;
	return r > 0 || now < until_us ? 0 : -ETIMEDOUT;
}

static int wait_for_answer(struct qmp *q, uint64_t until_us)
{
	int r;

	while (!q->answer) {
		r = qmp_take_in(q);
		if (q->answer)
			break;
		if (!r)
			r = wait_for(q, POLLIN, until_us);
		if (r < 0)
			return r;
	}
	return 0;
}

/* A command that went out in part would make nonsense of the next one: then the connection is
 * broken. */
static int send_all(struct qmp *q, const char *text, size_t size, uint64_t until_us)
{
	size_t done = 0;
	ssize_t n;
	int r;

	while (done < size) {
		n = send(q->fd, text + done, size - done, MSG_NOSIGNAL | MSG_DONTWAIT);
		if (n >= 0) {
			done += (size_t)n;
			continue;
		}
		if (errno != EAGAIN && errno != EINTR)
			return -EPIPE;
		r = wait_for(q, POLLOUT, until_us);
		if (r < 0) {
			q->broken = done ? -EPROTO : 0;
			return r;
		}
	}
	return 0;
}

static int send_command(struct qmp *q, const char *command, json_t *arguments, uint64_t until_us)
{
	json_t *object =
		json_pack("{s:s, s:I}", "execute", command, "id", (json_int_t)++q->last_id);
	_cleanup_free_ char *text = NULL;
	int r = -ENOMEM;

	if (object && (!arguments || !json_object_set(object, "arguments", arguments)))
		text = json_dumps(object, JSON_COMPACT);
	json_decref(object);
	json_decref(arguments);
	if (text) {
		size_t size = strlen(text);

		text[size] = '\n'; /* in the place of its NUL: in one piece, or broken */
		r = send_all(q, text, size + 1, until_us);
	}
	return r;
}

static void forget_answer(struct qmp *q)
{
	json_decref(q->answer);
	q->answer = NULL;
}

static int hand_out(struct qmp *q, const char *command, json_t **ret, char *why, size_t why_size)
{
	json_t *error = json_object_get(q->answer, "error");
	json_t *value = json_object_get(q->answer, "return");
	const char *text = json_string_value(json_object_get(error, "desc"));
	int r = 0;

	if (error) {
		explain(why, why_size, "QEMU refuses %s: %s", command,
			text ? text : "no reason given");
		r = -EREMOTEIO;
	} else if (!value) {
		explain(why, why_size, "QEMU's answer to %s is none", command);
		r = q->broken = -EPROTO;
	} else if (ret) {
		*ret = json_incref(value);
	}
	forget_answer(q);
	return r;
}

int qmp_call(struct qmp *q, const char *command, json_t *arguments, uint64_t timeout_us,
	     json_t **ret, char *why, size_t why_size)
{
	uint64_t now = now_us();
	uint64_t until_us = timeout_us > UINT64_MAX - now ? UINT64_MAX : now + timeout_us;
	int r = q->broken;

	forget_answer(q);
	if (r)
		json_decref(arguments);
	else
		r = send_command(q, command, arguments, until_us);
	if (r == -EPIPE && !qmp_take_in(q)) /* events were its last words */
		q->broken = r;
	if (!r)
		r = wait_for_answer(q, until_us);
	if (!r)
		return hand_out(q, command, ret, why, why_size);
	if (r == -ETIMEDOUT)
		explain(why, why_size, "QEMU did not answer %s within %.1f s", command,
			(double)timeout_us / 1e6);
	else if (r == -EPIPE)
		explain(why, why_size, "QEMU ended before it answered %s", command);
	else if (r == -EPROTO)
		explain(why, why_size, "what QEMU said to %s is no QMP", command);
	else
		explain(why, why_size, "asking QEMU to %s: %s", command, strerror(-r));
	return r;
}

int qmp_event(struct qmp *q, json_t **ret)
{
	int r = q->count ? 0 : qmp_take_in(q);

	if (!q->count)
		return r;
	*ret = q->events[q->first];
	q->first = (q->first + 1) % QMP_EVENTS_MAX;
	q->count--;
	return 1;
}

bool qmp_pending(const struct qmp *q)
{
	return q->count || q->broken;
}

uint64_t qmp_events_lost(const struct qmp *q)
{
	return q->lost;
}

static int greet(struct qmp *q, uint64_t timeout_us)
{
	uint64_t begun = now_us(), spent;
	int r = wait_for_answer(q, begun + timeout_us);

	if (!r && !json_is_object(json_object_get(q->answer, "QMP")))
		r = -EPROTO;
	if (r)
		return r;
	spent = now_us() - begun;
	r = qmp_call(q, "qmp_capabilities", NULL, spent < timeout_us ? timeout_us - spent : 0, NULL,
		     NULL, 0);
	return r == -EREMOTEIO ? -EPROTO : r;
}

int qmp_open(int fd, uint64_t timeout_us, struct qmp **ret)
{
	struct qmp *q = calloc(1, sizeof(*q));
	int r = q ? 0 : -ENOMEM;

	if (q) {
		q->fd = fd;
		q->buf = malloc(QMP_LINE_MAX);
		r = q->buf ? 0 : -ENOMEM;
	}
	if (!r && fcntl(fd, F_SETFL, fcntl(fd, F_GETFL) | O_NONBLOCK) < 0)
		r = -errno;
	if (!r)
		r = greet(q, timeout_us);
	if (r)
		q = qmp_close(q);
	else
		*ret = q;
	return r;
}

struct qmp *qmp_close(struct qmp *q)
{
	if (!q)
		return NULL;
	while (q->count) {
		json_decref(q->events[q->first]);
		q->first = (q->first + 1) % QMP_EVENTS_MAX;
		q->count--;
	}
	json_decref(q->answer);
	free(q->buf);
	free(q);
	return NULL;
}

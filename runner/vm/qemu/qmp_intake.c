/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Bytes go into one buffer, whole lines leave it as JSON objects, and each object is an event
 * (queued) or an answer (matched by its id, so that the answer to a command that timed out is never
 * taken for another's). An error of the connection stays: nobody can say where the next object
 * would begin.
 */
#include "vm/qemu/qmp_intake.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>

/* One qmp_event() reads at most this much: a peer that never pauses may not hold the caller's loop.
 */
#define READ_AT_ONCE (4u * QMP_LINE_MAX)

static void keep_event(struct qmp *q, json_t *event)
{
	if (q->count == QMP_EVENTS_MAX) {
		json_decref(q->events[q->first]);
		q->first = (q->first + 1) % QMP_EVENTS_MAX;
		q->count--;
		q->lost++;
	}
	q->events[(q->first + q->count++) % QMP_EVENTS_MAX] = event;
}

/* QEMU cannot name the id of a command that it could not parse. */
static bool answers(const struct qmp *q, const json_t *object)
{
	const json_t *id = json_object_get(object, "id");

	if (!id)
		return json_object_get(object, "error");
	return json_is_integer(id) && (uint64_t)json_integer_value(id) == q->last_id;
}

static int sort_object(struct qmp *q, json_t *object)
{
	if (json_is_string(json_object_get(object, "event"))) {
		keep_event(q, object);
		return 0;
	}
	if (!json_object_get(object, "return") && !json_object_get(object, "error") &&
	    !json_object_get(object, "QMP")) {
		json_decref(object);
		return -EPROTO;
	}
	if (q->answer || (!json_object_get(object, "QMP") && !answers(q, object))) {
		json_decref(object);
		return 0;
	}
	q->answer = object;
	return 0;
}

static bool is_blank(const char *line, size_t size)
{
	for (size_t i = 0; i < size; i++)
		if (!strchr(" \t\r", line[i]) || !line[i])
			return false;
	return true;
}

static int sort_line(struct qmp *q, const char *line, size_t size)
{
	json_t *object;

	if (is_blank(line, size))
		return 0;
	object = json_loadb(line, size, 0, NULL);
	if (!json_is_object(object)) {
		json_decref(object);
		return -EPROTO;
	}
	return sort_object(q, object);
}

/* All whole lines of the buffer. */
static int sort_lines(struct qmp *q)
{
	size_t begin = 0;
	char *end;
	int r = 0;

	while (!r && (end = memchr(q->buf + q->searched, '\n', q->have - q->searched))) {
		r = sort_line(q, q->buf + begin, (size_t)(end - q->buf) - begin);
		begin = q->searched = (size_t)(end - q->buf) + 1;
	}
	memmove(q->buf, q->buf + begin, q->have - begin);
	q->have -= begin;
	q->searched = q->have;
	return r ? r : q->have == QMP_LINE_MAX ? -EPROTO : 0;
}

int qmp_take_in(struct qmp *q)
{
	size_t all = 0;
	ssize_t n;

	while (!q->broken && !q->answer && all < READ_AT_ONCE) {
		n = recv(q->fd, q->buf + q->have, QMP_LINE_MAX - q->have, MSG_DONTWAIT);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0 && errno == EAGAIN)
			return 0;
		if (n <= 0) {
			q->broken = -EPIPE; /* ECONNRESET, too: QEMU is gone */
			break;
		}
		all += (size_t)n;
		q->have += (size_t)n;
		q->broken = sort_lines(q);
	}
	return q->broken;
}

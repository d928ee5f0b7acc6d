/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The QEMU Machine Protocol: one JSON object a line over a socket (docs/interop/qmp-spec.rst).
 * Answers and events are told apart here. The peer is not trusted: what is no JSON object, or a
 * line without an end, breaks the connection for good, and whatever is kept is bounded.
 */
#ifndef HANGAR_QMP_H
#define HANGAR_QMP_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct qmp;

#define QMP_LINE_MAX (1u << 20) /* query-* of a large machine take 100 KiB */
#define QMP_EVENTS_MAX 256u     /* kept until they are asked for; then the oldest goes */

/**
 * qmp_open - greeting and qmp_capabilities
 * @fd: a connected socket, made non-blocking here; stays the caller's, and open until qmp_close()
 * Returns 0; -ETIMEDOUT, -EPROTO (no QMP greeting), -EPIPE (nobody there), -errno.
 */
int qmp_open(int fd, uint64_t timeout_us, struct qmp **ret);
struct qmp *qmp_close(struct qmp *q); /* returns NULL */

/**
 * qmp_call - one command and its answer; events that come meanwhile are kept for qmp_event()
 * @arguments: taken over (NULL: none)
 * @ret: the "return" member, the caller's; may be NULL
 * @why: for every failure one sentence; may be NULL
 * Returns 0; -EREMOTEIO (QEMU answered with an error: @why has its words), -ETIMEDOUT (a late
 * answer is passed over by a later call), -EPIPE, -EPROTO (both stay), -ENOMEM.
 */
int qmp_call(struct qmp *q, const char *command, json_t *arguments, uint64_t timeout_us,
	     json_t **ret, char *why, size_t why_size);

/* The next event ("GUEST_PANICKED", "WATCHDOG", "SHUTDOWN", "RESET", "DUMP_COMPLETED"), without
 * waiting: 1 with the object (the caller's), 0: none, -EPIPE: QEMU is gone, -EPROTO. All events
 * read before the end are handed out first. Call it when the socket is readable, until it returns
 * 0. */
int qmp_event(struct qmp *q, json_t **ret);

/* Is something read but not yet handed out? Then poll() may stay silent. */
bool qmp_pending(const struct qmp *q);

/* Events that were dropped because nobody asked for them. */
uint64_t qmp_events_lost(const struct qmp *q);

#endif

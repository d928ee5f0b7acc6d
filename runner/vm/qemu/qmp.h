/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The QEMU Machine Protocol: JSON lines over a socket (docs/interop/qmp-spec.rst). Answers and events are told apart here. */
#ifndef HANGAR_QMP_H
#define HANGAR_QMP_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct qmp;

/* Greeting and qmp_capabilities. @fd: a connected socket; stays the caller's. 0; -ETIMEDOUT, -EPROTO, -EPIPE, -errno. */
int qmp_open(int fd, uint64_t timeout_us, struct qmp **ret);
struct qmp *qmp_close(struct qmp *q); /* returns NULL */

/**
 * qmp_call - one command and its answer; events that come meanwhile are kept for qmp_event()
 * @arguments: taken over (NULL: none)
 * @ret: the "return" member, the caller's; may be NULL
 * Returns 0; -EREMOTEIO (QEMU answered with an error: @why has its words), -ETIMEDOUT, -EPIPE, -EPROTO.
 */
int qmp_call(struct qmp *q, const char *command, json_t *arguments, uint64_t timeout_us, json_t **ret,
	     char *why, size_t why_size);

/* The next event ("GUEST_PANICKED", "WATCHDOG", "SHUTDOWN", "RESET", "DUMP_COMPLETED"), without waiting: 1 with the object (the caller's), 0: none,
 * -EPIPE: QEMU is gone. Call it when the socket is readable. */
int qmp_event(struct qmp *q, json_t **ret);

/* Is something read but not yet handed out? */
bool qmp_pending(const struct qmp *q);

#endif

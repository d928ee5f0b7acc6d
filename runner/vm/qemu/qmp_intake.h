/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Inside of qmp.h: a connection, and what turns its bytes into events and answers. */
#ifndef HANGAR_QMP_INTAKE_H
#define HANGAR_QMP_INTAKE_H

#include "vm/qemu/qmp.h"

struct qmp {
	int fd;
	int broken; /* -errno that stays */
	uint64_t last_id;
	char *buf; /* QMP_LINE_MAX */
	size_t have, searched;
	json_t *events[QMP_EVENTS_MAX]; /* a ring */
	unsigned int first, count;
	uint64_t lost;
	json_t *answer; /* to last_id */
};

/* Take in what is there, up to an answer. 0: nothing more for now; or the -errno that stays. */
int qmp_take_in(struct qmp *q);

#endif

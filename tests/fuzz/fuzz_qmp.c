/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a QEMU taken over by its guest could say: anything, after a proper greeting or instead of
 * one. */
#include <stdint.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "vm/qemu/qmp.h"

#define SOON_US 1000u /* nothing more will come: the other end is closed */

static const char greeting[] = "{\"QMP\": {}}\n", ready[] = "{\"return\": {}, \"id\": 1}\n";

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void talk(int fd)
{
	struct qmp *q = NULL;
	json_t *value = NULL;
	char why[64];

	if (qmp_open(fd, SOON_US, &q))
		return;
	if (!qmp_call(q, "query-status", NULL, SOON_US, &value, why, sizeof(why)))
		json_decref(value);
	while (qmp_event(q, &value) == 1)
		json_decref(value);
	qmp_close(q);
}

/* Packets keep their borders, so that what answers a command can lie ready before it is sent. An
 * odd size speaks without a greeting. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	int pair[2];

	if (!size || size > 65536 || socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair))
		return 0;
	if ((size % 2 || (write(pair[1], greeting, sizeof(greeting) - 1) > 0 &&
			  write(pair[1], ready, sizeof(ready) - 1) > 0)) &&
	    write(pair[1], data, size) == (ssize_t)size)
		shutdown(pair[1], SHUT_WR);
	talk(pair[0]);
	close(pair[0]);
	close(pair[1]);
	return 0;
}

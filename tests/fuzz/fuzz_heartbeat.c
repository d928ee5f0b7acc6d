/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Anybody on the network may send a datagram. What decodes must come out the same when it is
 * encoded and decoded again. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "heartbeat.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const struct heartbeat_key key = { "0123456789abcdef", 16 };
	struct heartbeat h, again;
	char buf[HEARTBEAT_BYTES_MAX];
	size_t n;

	if (heartbeat_decode(data, size, &key, &h) == 0)
		abort(); /* signed without the key */
	if (heartbeat_decode(data, size, NULL, &h) < 0)
		return 0;
	n = heartbeat_encode(&h, &key, buf);
	if (n > sizeof(buf) || heartbeat_decode(buf, n, &key, &again) < 0 || h.beat != again.beat ||
	    strcmp(h.run, again.run) != 0)
		abort();
	return 0;
}

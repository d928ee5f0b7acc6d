/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * kmsg.log has these records too, but the loop that writes it may be a second behind, and sysrq-t
 * fills a ring in less. A read gives one whole record; EPIPE means that the ring overran us, and
 * that the next read goes on behind the gap.
 */
#include "respond/log_copy.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "respond/held.h"

#define RECORD_MAX 8192 /* CONSOLE_EXT_LOG_MAX, kernel/printk */
#define COPY_BYTES_MAX (16u << 20)

int log_copy_record(const char *record, size_t size, int out_fd)
{
	const char *text = memchr(record, ';', size), *comma = memchr(record, ',', size);
	const char *stamp = comma && text && comma < text
				    ? memchr(comma + 1, ',', (size_t)(text - comma - 1))
				    : NULL;
	unsigned long long us = stamp ? strtoull(stamp + 1, NULL, 10) : 0;
	const char *end;
	int err;

	if (!stamp)
		return 0;
	text++;
	end = memchr(text, '\n', size - (size_t)(text - record));
	err = held_print(out_fd, "[%5llu.%06llu] ", us / 1000000, us % 1000000);
	if (!err)
		err = held_write(out_fd, text,
				 end ? (size_t)(end - text) : size - (size_t)(text - record));
	return err ? err : held_write(out_fd, "\n", 1);
}

int log_copy(int kmsg_fd, int out_fd)
{
	char record[RECORD_MAX + 1];
	size_t copied = 0;
	int err = 0;

	while (!err && copied < COPY_BYTES_MAX) {
		ssize_t n = read(kmsg_fd, record, RECORD_MAX);

		if (n < 0 && errno == EPIPE) {
			err = held_print(out_fd, "(records are missing: the log's ring overran)\n");
		} else if (n < 0 && errno == EINTR) {
			continue;
		} else if (n <= 0) {
			return n < 0 && errno != EAGAIN ? -errno : 0;
		} else {
			record[n] = '\0';
			err = log_copy_record(record, (size_t)n, out_fd);
			copied += (size_t)n;
		}
	}
	return err;
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The kernel log is hostile input: comm and file names are chosen by whoever runs on the machine.
 * Each line of the input goes once as a record of /dev/kmsg and once as a line of a log through the
 * whole reader.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "kmsg/kmsg.h"
#include "kmsg/line.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void take(void *ctx, const struct finding *f)
{
	size_t *sum = ctx;

	*sum += strlen(f->text) + strlen(f->stack) + strlen(f->signature) + strlen(f->group) +
		f->id;
	if (f->more_of >= f->id)
		abort();
}

static void both_ways(struct kmsg_reader *r, const char *text, size_t n, uint64_t now)
{
	char *buf = malloc(n + 1);
	struct kmsg_record rec;

	memcpy(buf, text, n);
	buf[n] = 0;
	kmsg_line_parse(buf, &rec);
	kmsg_reader_feed(r, &rec, now);
	buf = realloc(buf, n ? n : 1); /* no NUL behind it: the parser must not count on one */
	if (!kmsg_record_parse(buf, n, &rec))
		kmsg_reader_feed(r, &rec, now);
	free(buf);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	size_t sum = 0;
	struct kmsg_reader *r = kmsg_reader_new(take, &sum);
	const char *p = (const char *)data, *end = p + size;
	uint64_t now = 0;

	while (p < end) {
		const char *newline = memchr(p, '\n', (size_t)(end - p));
		size_t n = newline ? (size_t)(newline - p) : (size_t)(end - p);

		both_ways(r, p, n, now++);
		p += n + 1;
	}
	kmsg_reader_flush(r, now, 0);
	kmsg_reader_free(r);
	return 0;
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Bytes go straight into the block of the lines. A persistent store alone is read whole first: its
 * parts lie in it with the newest first.
 */
#include "triage/reading.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "triage/pstore.h"

static ssize_t more(struct reading *r, struct input *in, char *to, size_t size, struct diag *d)
{
	ssize_t n;

	do
		n = *r->stopped ? 0 : input_read(in, to, size, d);
	while (n == -EINTR);
	if (n > 0)
		r->bytes += (uint64_t)n;
	return n;
}

static void push(struct lines *lines, const char *text, size_t size)
{
	while (size) {
		size_t space;
		char *to = lines_space(lines, &space);
		size_t n = size < space ? size : space;

		memcpy(to, text, n);
		lines_got(lines, n);
		text += n;
		size -= n;
	}
}

/* @have bytes of it are read. */
static int read_store(struct reading *r, struct input *in, const char *begin, size_t have,
		      struct diag *d)
{
	_cleanup_free_ char *text = malloc(PSTORE_BYTES + 1), *joined = NULL;
	size_t size = have;
	ssize_t n = 1;

	if (!text)
		return -ENOMEM;
	memcpy(text, begin, have);
	while (n > 0 && size < PSTORE_BYTES) {
		n = more(r, in, text + size, PSTORE_BYTES - size, d);
		if (n > 0)
			size += (size_t)n;
	}
	joined = pstore_join(text, size);
	push(r->lines, joined ? joined : text, size);
	return n < 0 ? (int)n : 0;
}

static int read_all(struct reading *r, struct input *in, struct diag *d)
{
	struct pstore_name store;
	bool first = true;
	ssize_t n;

	for (;;) {
		size_t size;
		char *to = lines_space(r->lines, &size);

		n = more(r, in, to, size, d);
		if (n <= 0)
			return (int)n;
		if (first && pstore_header(to, (size_t)n, &store))
			return read_store(r, in, to, (size_t)n, d);
		first = false;
		lines_got(r->lines, (size_t)n);
	}
}

int reading_file(struct reading *r, const char *path, struct diag *d)
{
	_cleanup_(cleanup_input) struct input *in = NULL;
	int err = input_open(path, &in, d);

	if (err)
		return err;
	r->packing = input_packing(in);
	return read_all(r, in, d);
}

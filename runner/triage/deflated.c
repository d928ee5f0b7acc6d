/* SPDX-License-Identifier: GPL-2.0-or-later */
/* zlib, which knows both forms; a record that was cut gives what it holds. */
#include "triage/deflated.h"

#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

#define ENDING ".enc.z"

struct deflated {
	z_stream stream;
	bool ended;
};

bool deflated_is(const char *name)
{
	size_t length = strlen(name), ending = strlen(ENDING);

	return length > ending && !strcmp(name + length - ending, ENDING);
}

/* RFC 1950: method 8, and the first two bytes are a multiple of 31. */
static bool has_zlib_head(const unsigned char *head, size_t size)
{
	return size >= 2 && (head[0] & 0x0f) == 8 && (head[0] * 256 + head[1]) % 31 == 0;
}

int deflated_open(const unsigned char *head, size_t size, struct deflated **ret)
{
	struct deflated *z = calloc(1, sizeof(*z));

	if (!z)
		return -ENOMEM;
	if (inflateInit2(&z->stream, has_zlib_head(head, size) ? MAX_WBITS : -MAX_WBITS) != Z_OK) {
		free(z);
		return -ENOMEM;
	}
	*ret = z;
	return 0;
}

struct deflated *deflated_close(struct deflated *z)
{
	if (z)
		inflateEnd(&z->stream);
	free(z);
	return NULL;
}

ssize_t deflated_read(struct deflated *z, char *buf, size_t size,
		      ssize_t (*feed)(void *ctx, const void **ret), void *ctx)
{
	z->stream.next_out = (unsigned char *)buf;
	z->stream.avail_out = (unsigned int)size;
	while (!z->ended && z->stream.avail_out == size) {
		const void *more = NULL;
		ssize_t n = z->stream.avail_in ? 1 : feed(ctx, &more);
		int r;

		if (n < 0)
			return n;
		if (!n)
			break;
		if (more) {
			z->stream.next_in = (unsigned char *)(uintptr_t)more;
			z->stream.avail_in = (unsigned int)n;
		}
		r = inflate(&z->stream, Z_NO_FLUSH);
		z->ended = r == Z_STREAM_END;
		if (r != Z_OK && r != Z_STREAM_END && r != Z_BUF_ERROR)
			return -EBADMSG;
	}
	return (ssize_t)(size - z->stream.avail_out);
}

const char *deflated_why(const struct deflated *z)
{
	return z->stream.msg ? z->stream.msg : "broken";
}

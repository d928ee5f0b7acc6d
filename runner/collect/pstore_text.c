/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * One record of a persistent store. Its first line is the kernel's, "Panic#1 Part1"
 * (fs/pstore/platform.c), ramoops puts a line with the time before it ("====1669180000.123456-D").
 * A name that ends with ".enc.z" says that the kernel could not unpack it: another kernel wrote it.
 * Deflate comes raw (crypto API, since 4.14) or with zlib's header (before).
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

#include "base/cleanup.h"
#include "collect/relic.h"

#define RAW_DEFLATE (-15)
#define ZLIB_OR_GZIP (15 + 32)
/* A record holds at most some 64 KiB of log; what grows past this is none. */
#define TEXT_MAX (1u << 20)

static int inflate_as(int form, const void *data, size_t size, char *to, size_t *ret_size)
{
	z_stream z = { 0 };
	int status;

	z.next_in = (Bytef *)(uintptr_t)data;
	z.avail_in = (uInt)size;
	z.next_out = (Bytef *)to;
	z.avail_out = TEXT_MAX;
	if (inflateInit2(&z, form) != Z_OK)
		return -ENOMEM;
	status = inflate(&z, Z_FINISH);
	*ret_size = z.total_out;
	inflateEnd(&z);
	/* records are padded, and a torn one still tells its begin */
	return (status == Z_STREAM_END || status == Z_BUF_ERROR || status == Z_OK) && *ret_size > 0
		       ? 0
		       : -EBADMSG;
}

static bool ends_with(const char *text, const char *end)
{
	size_t n = strlen(text), m = strlen(end);

	return n >= m && !strcmp(text + n - m, end);
}

static const char *skip_line(const char *p, const char *end)
{
	const char *newline = memchr(p, '\n', (size_t)(end - p));

	return newline ? newline + 1 : end;
}

/* "Panic#2 Part1" counts dumps upwards and parts of a dump from its end. */
static void take_order(const char *p, const char *end, unsigned int *order)
{
	char line[64], *number;
	unsigned long dump = 0, part = 1;

	snprintf(line, sizeof(line), "%.*s", (int)(end - p < 63 ? end - p : 63), p);
	number = strchr(line, '#');
	dump = number ? strtoul(number + 1, &number, 10) : 0;
	if (number && !strncmp(number, " Part", 5))
		part = strtoul(number + 5, NULL, 10);
	*order = (unsigned int)((dump % 1000) * 1000 + 999 - part % 1000);
}

/* Behind the lines that are not the log's. */
static const char *skip_header(const char *p, const char *end, unsigned int *order)
{
	static const char *const reasons[] = { "====",       "Panic#",   "Oops#",
					       "Emergency#", "Unknown#", "Shutdown#" };

	*order = 0;
	for (size_t i = 0; i < ARRAY_SIZE(reasons); i++) {
		size_t len = strlen(reasons[i]);

		if ((size_t)(end - p) <= len || memcmp(p, reasons[i], len) != 0)
			continue;
		if (i > 0)
			take_order(p, end, order);
		p = skip_line(p, end);
	}
	return p;
}

int pstore_decode(const char *name, const void *data, size_t size, char **ret_text,
		  size_t *ret_size, unsigned int *ret_order)
{
	_cleanup_free_ char *text = malloc(TEXT_MAX + 1);
	const char *begin, *end;
	size_t len = 0;

	if (!text)
		return -ENOMEM;
	if (ends_with(name, ".enc.z")) {
		if (inflate_as(ZLIB_OR_GZIP, data, size, text, &len) < 0 &&
		    inflate_as(RAW_DEFLATE, data, size, text, &len) < 0)
			return -EBADMSG;
	} else {
		len = size < TEXT_MAX ? size : TEXT_MAX;
		memcpy(text, data, len);
	}
	end = text + len;
	begin = skip_header(text, end, ret_order);
	*ret_size = (size_t)(end - begin);
	memmove(text, begin, *ret_size);
	text[*ret_size] = '\0';
	for (size_t i = 0; i < *ret_size; i++)
		if (!text[i])
			text[i] = ' '; /* a NUL would hide the rest */
	*ret_text = take_ptr(text);
	return 0;
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * People hand hangar what the shell completed: folders, fifos, a vmcore of 100 MB, a file that some
 * editor saved as UTF-16. Each is refused here, by what it is, because what a JSON parser says of
 * such bytes ("invalid token near '\xff'") helps nobody.
 */
#include "scenario/text.h"

#include <fcntl.h>
#include <stdint.h>
#include <string.h>
#include <sys/stat.h>

#include "base/cleanup.h"
#include "base/units.h"
#include "scenario/scenario.h"
#include "scenario/where.h"

static const struct {
	mode_t type;
	const char *name;
} file_types[] = {
	{ S_IFDIR, "a directory" },    { S_IFIFO, "a fifo" },    { S_IFCHR, "a character device" },
	{ S_IFBLK, "a block device" }, { S_IFSOCK, "a socket" },
};

static int check_type(const struct stat *st, struct diag *d)
{
	char size[32];

	for (size_t i = 0; i < ARRAY_SIZE(file_types); i++)
		if ((st->st_mode & S_IFMT) == file_types[i].type)
			return diag_set(d, S_ISDIR(st->st_mode) ? -EISDIR : -EINVAL,
					"is %s, not a scenario file", file_types[i].name);
	if (st->st_size > SCENARIO_BYTES_MAX)
		return diag_set(d, -EFBIG, "has %jd bytes; a scenario has at most %s",
				(intmax_t)st->st_size,
				units_format_bytes(SCENARIO_BYTES_MAX, size, sizeof(size)));
	return 0;
}

/* Read until the end or one byte past the limit: a file may grow while it is read. */
static ssize_t read_whole(int fd, char *buf, size_t size)
{
	size_t len = 0;

	while (len < size) {
		ssize_t n = read(fd, buf + len, size - len);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -errno;
		if (!n)
			break;
		len += (size_t)n;
	}
	return (ssize_t)len;
}

int text_load(const char *path, char **ret_text, size_t *ret_size, struct diag *d)
{
	_cleanup_free_ char *text = NULL;
	_cleanup_close_ int fd = -1;
	struct stat st;
	ssize_t size;
	int r;

	/* O_NONBLOCK: opening a fifo without a writer would wait for one. */
	fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	if (fd < 0 || fstat(fd, &st) < 0)
		return diag_set(d, -errno, "cannot be opened: %s", strerror(errno));
	r = check_type(&st, d);
	if (r < 0)
		return r;
	text = malloc(SCENARIO_BYTES_MAX + 2);
	if (!text)
		return diag_set(d, -ENOMEM, "no memory to read it");
	size = read_whole(fd, text, SCENARIO_BYTES_MAX + 1);
	if (size < 0)
		return diag_set(d, (int)size, "cannot be read: %s", strerror((int)-size));
	if (size > (ssize_t)SCENARIO_BYTES_MAX)
		return diag_set(d, -EFBIG, "grew past %u bytes while it was read",
				SCENARIO_BYTES_MAX);
	text[size] = '\0';
	*ret_text = take_ptr(text);
	*ret_size = (size_t)size;
	return 0;
}

/* Length of the valid UTF-8 character at @p, 0 when there is none. Shortest forms only, no
 * surrogates. */
static size_t utf8_length(const unsigned char *p, size_t left)
{
	size_t length = *p < 0x80   ? 1
			: *p < 0xc2 ? 0
			: *p < 0xe0 ? 2
			: *p < 0xf0 ? 3
			: *p < 0xf5 ? 4
				    : 0;

	if (!length || length > left)
		return 0;
	for (size_t i = 1; i < length; i++)
		if ((p[i] & 0xc0) != 0x80)
			return 0;
	if ((p[0] == 0xe0 && p[1] < 0xa0) || (p[0] == 0xed && p[1] > 0x9f) ||
	    (p[0] == 0xf0 && p[1] < 0x90) || (p[0] == 0xf4 && p[1] > 0x8f))
		return 0;
	return length;
}

static int refuse_at(const char *text, size_t offset, struct diag *d, const char *why)
{
	unsigned int line, column;

	where_offset(text, offset, &line, &column);
	return diag_set_at(d, -EINVAL, line, column, "%s", why);
}

static int check_encoding(const char *text, size_t size, struct diag *d)
{
	const unsigned char *p = (const unsigned char *)text;

	if (size >= 2 && ((p[0] == 0xff && p[1] == 0xfe) || (p[0] == 0xfe && p[1] == 0xff) ||
			  (p[0] == '{' && !p[1]) || (!p[0] && p[1] == '{')))
		return refuse_at(text, 0, d, "is UTF-16 or UTF-32; save it as UTF-8");
	if (size >= 3 && !memcmp(p, "\xef\xbb\xbf", 3))
		return refuse_at(text, 0, d,
				 "begins with a byte-order mark; save it as UTF-8 without one");
	for (size_t i = 0; i < size;) {
		size_t length = utf8_length(p + i, size - i);

		if (!p[i])
			return refuse_at(text, i, d, "holds a NUL byte, so it is no text");
		if (!length)
			return refuse_at(text, i, d, "is not valid UTF-8 from here on");
		i += length;
	}
	return 0;
}

static int check_depth(const char *text, size_t size, struct diag *d)
{
	size_t depth = 0;
	bool quoted = false;

	for (size_t i = 0; i < size; i++) {
		if (text[i] == '"')
			quoted = !quoted;
		else if (quoted && text[i] == '\\')
			i++;
		else if (!quoted && (text[i] == '{' || text[i] == '['))
			depth++;
		else if (!quoted && (text[i] == '}' || text[i] == ']') && depth)
			depth--;
		if (depth > TEXT_DEPTH_MAX)
			return refuse_at(text, i, d, "is nested deeper than 32 levels here");
	}
	return 0;
}

int text_check(const char *text, size_t size, struct diag *d)
{
	size_t blank = 0;
	int r;

	while (blank < size && text[blank] && strchr(" \t\r\n", text[blank]))
		blank++;
	if (blank == size)
		return diag_set(d, -EINVAL, "is empty; a scenario is a JSON object");
	r = check_encoding(text, size, d);
	return r < 0 ? r : check_depth(text, size, d);
}

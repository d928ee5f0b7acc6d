/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Files of one value come in three spellings: a number, several numbers parted by tabs, and a menu
 * with the choice in brackets ("always [madvise] never"). What is written back must be the choice
 * alone.
 */
#include "setting_text.h"

#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>

#include "base/textfile.h"

static const char *squeeze(const char *text, size_t len, char *buf, size_t size)
{
	size_t n = 0;

	for (size_t i = 0; i < len && n + 1 < size; i++) {
		if (!isspace((unsigned char)text[i]))
			buf[n++] = text[i];
		else if (n && buf[n - 1] != ' ')
			buf[n++] = ' ';
	}
	if (n && buf[n - 1] == ' ')
		n--;
	buf[n] = '\0';
	return buf;
}

const char *setting_text(const char *text, char *buf, size_t size)
{
	const char *open = strchr(text, '[');
	const char *close = open ? strchr(open, ']') : NULL;

	if (close)
		return squeeze(open + 1, (size_t)(close - open - 1), buf, size);
	return squeeze(text, strlen(text), buf, size);
}

int setting_write(const char *path, const char *value)
{
	char line[SETTING_MAX + 1];

	if (snprintf(line, sizeof(line), "%s\n", value) >= (int)sizeof(line))
		return -E2BIG;
	return textfile_write_at(AT_FDCWD, path, line);
}

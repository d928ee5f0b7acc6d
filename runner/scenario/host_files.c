/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Files of procfs and sysfs have no size and may be missing on any kernel: absent is an answer,
 * never an error. */
#include "scenario/host_files.h"

#include <fcntl.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/textfile.h"

/* /proc/mounts of a machine with ten thousand mounts is 1 MiB. */
#define TEXT_MAX (8u << 20)

const char *host_path(const struct host *h, const char *path, char *buf, size_t size)
{
	snprintf(buf, size, "%s%s", h->root, path);
	return buf;
}

bool host_has(const struct host *h, const char *path)
{
	char full[1024];

	return access(host_path(h, path, full, sizeof(full)), F_OK) == 0;
}

bool host_line(const struct host *h, const char *path, char *buf, size_t size)
{
	char full[1024];
	ssize_t n = textfile_read_at(AT_FDCWD, host_path(h, path, full, sizeof(full)), buf, size);

	if (n < 0)
		buf[0] = '\0';
	buf[strcspn(buf, "\n")] = '\0';
	return n >= 0;
}

uint64_t host_number(const struct host *h, const char *path, uint64_t otherwise)
{
	char line[64], *end;
	uint64_t value;

	if (!host_line(h, path, line, sizeof(line)))
		return otherwise;
	errno = 0;
	value = strtoull(line, &end, 10);
	return end == line || errno ? otherwise : value;
}

char *host_text(const struct host *h, const char *path)
{
	char full[1024], *text = NULL;
	size_t size;

	if (textfile_load(host_path(h, path, full, sizeof(full)), TEXT_MAX, &text, &size) < 0)
		return NULL;
	return text;
}

bool has_word(const char *text, const char *word, char also)
{
	const char ends[] = { ' ', '\t', '\n', also, '\0' };
	size_t length = strlen(word);

	while (*text) {
		size_t n = strcspn(text, ends);

		if (n == length && !memcmp(text, word, n))
			return true;
		text += n;
		text += strspn(text, ends);
	}
	return false;
}

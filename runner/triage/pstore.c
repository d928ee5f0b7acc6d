/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * When a kernel dies its log is written backwards in pieces as large as the store's records, so the
 * last words are safe first.
 */
#include "triage/pstore.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/cleanup.h"

#define PARTS_MAX 4096
#define HEADER_MAX 64

static const char *const reasons[] = { "Panic#",   "Oops#", "Emergency#", "Shutdown#",
				       "Restart#", "Halt#", "Poweroff#",  "Unknown#" };

bool pstore_header(const char *text, size_t size, struct pstore_name *ret)
{
	char line[HEADER_MAX], *part;
	size_t event, n;

	if (size < 6 || !memchr(text, '#', size < 10 ? size : 10))
		return false; /* the quick way out: nearly every line */
	snprintf(line, sizeof(line), "%.*s", (int)(size < sizeof(line) ? size : sizeof(line) - 1),
		 text);
	line[strcspn(line, "\r\n")] = 0;
	for (size_t i = 0; i < ARRAY_SIZE(reasons); i++) {
		event = strlen(reasons[i]);
		if (strncmp(line, reasons[i], event))
			continue;
		event += strspn(line + event, "0123456789");
		part = line + event;
		if (event >= sizeof(ret->event) || strncmp(part, " Part", 5))
			return false;
		n = strspn(part + 5, "0123456789");
		if (!n || n > 6 || part[5 + n])
			return false;
		memcpy(ret->event, line, event);
		ret->event[event] = 0;
		ret->part = (unsigned int)strtoul(part + 5, NULL, 10);
		return true;
	}
	return false;
}

bool pstore_peek(const char *path, struct pstore_name *ret)
{
	_cleanup_close_ int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	char text[HEADER_MAX];
	struct stat st;
	ssize_t n;

	if (fd < 0 || fstat(fd, &st) ||
	    !S_ISREG(st.st_mode)) /* a look at a pipe would cost its bytes */
		return false;
	n = read(fd, text, sizeof(text));
	return n > 0 && pstore_header(text, (size_t)n, ret);
}

struct part {
	struct pstore_name name;
	bool is_one;
	unsigned int place; /* before sorting */
	char *path;         /* or begin in a text */
	size_t size;
};

static int older_first(const void *a, const void *b)
{
	const struct part *x = a, *y = b;
	int by_event = strcmp(x->name.event, y->name.event);

	if (x->is_one != y->is_one)
		return x->is_one ? 1 : -1;
	if (x->is_one && by_event)
		return by_event;
	if (x->is_one && x->name.part != y->name.part)
		return x->name.part < y->name.part ? 1 : -1;
	return x->place < y->place ? -1 : 1;
}

void pstore_sort(char **paths, unsigned int count)
{
	_cleanup_free_ struct part *parts = calloc(count + 1, sizeof(*parts));

	if (!parts)
		return; /* the order in which they were named must do */
	for (unsigned int i = 0; i < count; i++) {
		parts[i] = (struct part){ .place = i, .path = paths[i] };
		parts[i].is_one =
			strcmp(paths[i], "-") != 0 && pstore_peek(paths[i], &parts[i].name);
	}
	qsort(parts, count, sizeof(*parts), older_first);
	for (unsigned int i = 0; i < count; i++)
		paths[i] = parts[i].path;
}

/* Cut @text where headers stand; returns how many parts there are. */
static unsigned int split(char *text, size_t size, struct part *parts)
{
	char *end = text + size;
	unsigned int n = 0;

	for (char *line = text; line < end;) {
		char *newline = memchr(line, '\n', (size_t)(end - line));
		struct pstore_name name;

		if (n < PARTS_MAX && pstore_header(line, (size_t)(end - line), &name)) {
			if (n)
				parts[n - 1].size = (size_t)(line - parts[n - 1].path);
			parts[n] = (struct part){ name, true, n, line, (size_t)(end - line) };
			n++;
		}
		line = newline ? newline + 1 : end;
	}
	return n;
}

char *pstore_join(char *text, size_t size)
{
	_cleanup_free_ struct part *parts = calloc(PARTS_MAX, sizeof(*parts));
	char *joined = malloc(size + 1), *to = joined;
	unsigned int n;

	if (!parts || !joined) {
		free(joined);
		return NULL;
	}
	text[size] = 0; /* headers are looked at as text */
	n = split(text, size, parts);
	qsort(parts, n, sizeof(*parts), older_first);
	for (unsigned int i = 0; i < n; i++) {
		memcpy(to, parts[i].path, parts[i].size);
		to += parts[i].size;
	}
	if (!n)
		memcpy(joined, text, size);
	return joined;
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Lines of /proc/PID/cgroup read "4:memory:/a/b", "3:cpu,cpuacct:/" where controllers are mounted
 * together, and "0::/a/b" for v2. Group names may hold any byte but '/' and newline, so a line is
 * taken apart from the left.
 */
#include "launch/membership.h"

#include <stddef.h>

static size_t until(const char *text, char a, char b)
{
	size_t n = 0;

	while (text[n] && text[n] != a && text[n] != b)
		n++;
	return n;
}

static bool same(const char *a, const char *b, size_t len)
{
	for (size_t i = 0; i < len; i++)
		if (a[i] != b[i])
			return false;
	return true;
}

/* Is @want (@len bytes) one of the names in the list that ends at ':'? No names at all match no
 * name. */
static bool lists(const char *list, const char *want, size_t len)
{
	for (;;) {
		size_t n = until(list, ',', ':');

		if (n == len && same(list, want, len))
			return true;
		if (list[n] != ',')
			return false;
		list += n + 1;
	}
}

bool membership_has(const char *text, const char *expect)
{
	size_t name = until(expect, ':', '\0'), path_len;
	const char *path = expect + name + (expect[name] == ':');

	path_len = until(path, '\0', '\0');
	while (*text) {
		size_t line = until(text, '\n', '\n'), id = until(text, ':', '\n');
		const char *list = text + id + 1;

		if (id < line) {
			size_t names = until(list, ':', '\n');
			const char *have = list + names + 1;

			if (list + names < text + line && lists(list, expect, name) &&
			    (size_t)(text + line - have) == path_len && same(have, path, path_len))
				return true;
		}
		text += line + (text[line] == '\n');
	}
	return false;
}

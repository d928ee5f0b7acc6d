/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A stack is read innermost first, and its first frames are nearly always the same: schedule(), a
 * lock, the code that prints. What tells one hang from another is the first function that is none
 * of those. A frame with "?" is an address that was found on the stack and may be left over from an
 * earlier call.
 */
#include "kmsg/frames.h"

#include <stdio.h>
#include <string.h>

#include "kmsg/pattern.h"

/* "<IRQ>", "</TASK>", "<<EOE>>", "#PF", "[<ffffffff81210ea1>]", in any number. */
static const char *skip_marks(const char *p)
{
	for (;;) {
		size_t n = 0;

		p += strspn(p, " \t");
		if (p[0] == '[' && p[1] == '<')
			n = strcspn(p, "]");
		else if (p[0] == '<')
			n = strcspn(p, ">");
		if (!n || !p[n])
			return p;
		p += n + 1 + strspn(p + n + 1, ">");
	}
}

static const char *take_offsets(const char *p, struct frame *ret)
{
	size_t n = 3 + strspn(p + 3, "0123456789abcdef");
	size_t more;

	if (n == 3 || strncmp(p + n, "/0x", 3))
		return NULL;
	more = strspn(p + n + 3, "0123456789abcdef");
	if (!more || n + 3 + more >= sizeof(ret->offsets))
		return NULL;
	n += 3 + more;
	memcpy(ret->offsets, p, n);
	ret->offsets[n] = 0;
	return p + n;
}

/* "[ext4]", "[ext4 4f2a...]" with a build id, "[ext4](OE)" */
static bool take_module(const char *p, struct frame *ret)
{
	size_t n;

	ret->module[0] = 0;
	p += strspn(p, " \t");
	if (*p != '[')
		return *p == 0 || *p == '\n' || *p == '('; /* arm64 since 6.13 ends with "(P)" */
	n = strcspn(++p, " ]\n");
	if (n >= sizeof(ret->module))
		n = sizeof(ret->module) - 1;
	memcpy(ret->module, p, n);
	ret->module[n] = 0;
	return true;
}

bool frame_parse(const char *line, struct frame *ret)
{
	const char *p = skip_marks(line);
	size_t n, shown;

	ret->trusted = true;
	if (p[0] == '?' && p[1] == ' ') {
		ret->trusted = false;
		p = skip_marks(p + 2);
	}
	n = pattern_symbol(p);
	if (!n || strncmp(p + n, "+0x", 3))
		return false;
	shown = strcspn(p, ".+");
	if (!shown)
		return false;
	if (shown >= sizeof(ret->name))
		shown = sizeof(ret->name) - 1;
	memcpy(ret->name, p, shown);
	ret->name[shown] = 0;
	p = take_offsets(p + n, ret);
	return p && take_module(p, ret);
}

bool frame_append(const struct frame *f, char *buf, size_t size)
{
	size_t used = strlen(buf);
	int n = snprintf(buf + used, size - used, f->module[0] ? "%s%s [%s]\n" : "%s%s\n", f->name,
			 f->offsets, f->module);

	if (n >= 0 && (size_t)n < size - used)
		return true;
	buf[used] = 0;
	return false;
}

void frames_telling(const char *stack, char *function, size_t size)
{
	struct frame f;

	function[0] = 0;
	for (const char *line = stack; *line; line += strcspn(line, "\n"), line += *line == '\n') {
		char one[256];

		snprintf(one, sizeof(one), "%.*s", (int)strcspn(line, "\n"), line);
		if (!frame_parse(one, &f))
			continue;
		if (!frame_is_dull(f.name)) {
			snprintf(function, size, "%s", f.name);
			return;
		}
		if (!function[0])
			snprintf(function, size, "%s", f.name);
	}
}

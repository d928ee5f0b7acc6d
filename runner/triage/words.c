/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Names out of a log go to a terminal here: nothing but printable bytes leaves. */
#include "triage/words.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

void words_open(struct words *w)
{
	*w = (struct words){ .to = NULL };
	w->to = open_memstream(&w->text, &w->size);
}

char *words_close(struct words *w)
{
	if (w->to && fclose(w->to)) {
		free(w->text);
		w->text = NULL;
	}
	w->to = NULL;
	return w->text;
}

/* Bytes of @text that fit on a line of @width: up to the last blank, or @width when there is none.
 */
static size_t fitting(const char *text, size_t width)
{
	size_t n = strlen(text);

	if (n <= width)
		return n;
	for (n = width; n > width / 2; n--)
		if (text[n] == ' ')
			return n;
	for (n = width; n && ((unsigned char)text[n] & 0xc0) == 0x80; n--)
		; /* not within a character */
	return n ? n : width;
}

void words_say(struct words *w, const char *format, ...)
{
	char text[1024];
	size_t indent;
	const char *p = text;
	va_list ap;

	if (!w->to)
		return;
	va_start(ap, format);
	vsnprintf(text, sizeof(text), format, ap);
	va_end(ap);
	for (char *c = text; *c; c++)
		if ((unsigned char)*c < ' ' || *c == 0x7f)
			*c = '?';
	indent = strspn(text, " ");
	if (indent > WORDS_COLUMNS / 2)
		indent = WORDS_COLUMNS / 2;
	do {
		size_t n = fitting(p, p == text ? WORDS_COLUMNS : WORDS_COLUMNS - indent - 2);

		if (p != text)
			fprintf(w->to, "%*s", (int)indent + 2, "");
		fprintf(w->to, "%.*s\n", (int)n, p);
		p += n;
		p += strspn(p, " ");
	} while (*p);
}

const char *words_kb(uint64_t kb, char *buf, size_t size)
{
	static const char *const units[] = { "MiB", "GiB", "TiB", "PiB" };
	double value = (double)kb / 1024;
	size_t i = 0;

	if (kb < 1024) {
		snprintf(buf, size, "%u kB", (unsigned int)kb);
		return buf;
	}
	while (value >= 1024 && i + 1 < sizeof(units) / sizeof(units[0])) {
		value /= 1024;
		i++;
	}
	snprintf(buf, size, "%.*f %s", value < 100 && value - (double)(long)value > 0.05, value,
		 units[i]);
	return buf;
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Kernel text holds what somebody managed to get printed: names of tasks, files and devices with
 * any byte in them. XML 1.0 has no way at all to write most control characters (a numeric reference
 * to one is an error too), which no XML library sees to; with that done by hand, the rest is five
 * characters, and a library would carry more than it brings.
 */
#include "base/escape.h"

#include <stdbool.h>
#include <string.h>

#include "base/utf8.h"

/* C0, DEL, and C1 (U+0080 to U+009F), in which an 8-bit terminal finds control sequences too. */
static bool is_control(const char *s, size_t len)
{
	unsigned char c = (unsigned char)s[0];

	if (len == 2)
		return c == 0xc2 && (unsigned char)s[1] < 0xa0;
	return len == 1 && (c < 0x20 || c == 0x7f);
}

/* U+FFFE and U+FFFF: well-formed UTF-8, but no characters. */
static bool is_noncharacter(const char *s, size_t len)
{
	return len == 3 && !memcmp(s, "\xef\xbf", 2) && (unsigned char)s[2] >= 0xbe;
}

/* One character, or one byte that is none; returns how many bytes it took. */
static size_t plain_one(FILE *to, const char *text)
{
	size_t len = utf8_length(text);

	if (strchr("\n\r\t", *text))
		fputc(' ', to);
	else if (!len || is_control(text, len))
		fputs(UTF8_REPLACEMENT, to);
	else
		fwrite(text, 1, len, to);
	return len ? len : 1;
}

void escape_plain(FILE *to, const char *text)
{
	while (*text)
		text += plain_one(to, text);
}

void escape_padded(FILE *to, const char *text, unsigned int width)
{
	for (; *text; width -= width > 0)
		text += plain_one(to, text);
	fprintf(to, "%*s", (int)width, "");
}

static const char *xml_entity(char c)
{
	switch (c) {
	case '&':
		return "&amp;";
	case '<':
		return "&lt;";
	case '>':
		return "&gt;";
	case '"':
		return "&quot;";
	/*
	 * As references: a parser makes blanks of them in attributes, and '\n' of "\r\n" in text.
	 */
	case '\n':
		return "&#10;";
	case '\r':
		return "&#13;";
	case '\t':
		return "&#9;";
	default:
		return NULL;
	}
}

static void escape_xml_but(FILE *to, const char *text, const char *as_they_are)
{
	while (*text) {
		size_t len = utf8_length(text);
		bool plain = strchr(as_they_are, *text);
		const char *entity = plain ? NULL : xml_entity(*text);

		if (entity)
			fputs(entity, to);
		else if (!plain && (!len || is_control(text, len) || is_noncharacter(text, len)))
			fputs(UTF8_REPLACEMENT, to);
		else
			fwrite(text, 1, len, to);
		text += len ? len : 1;
	}
}

void escape_xml(FILE *to, const char *text)
{
	escape_xml_but(to, text, "");
}

void escape_xml_text(FILE *to, const char *text)
{
	escape_xml_but(to, text, "\n");
}

void escape_shell(FILE *to, const char *text)
{
	static const char safe[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
				   "%+,-./:=@_";

	if (*text && strspn(text, safe) == strlen(text)) {
		fputs(text, to);
		return;
	}
	fputc('\'', to);
	while (*text)
		if (*text == '\'') {
			fputs("'\\''", to);
			text++;
		} else {
			text += plain_one(to, text);
		}
	fputc('\'', to);
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Linux names are bytes; JSON and XML are Unicode. What is not UTF-8 is shown as U+FFFD rather than
 * dropped, so that a reader sees that something stood there.
 */
#include "base/utf8.h"

#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"

static int continues(unsigned char c)
{
	return (c & 0xc0) == 0x80;
}

/* Unicode 15, table 3-7: no overlong form, no surrogate, nothing past U+10FFFF. */
size_t utf8_length(const char *text)
{
	const unsigned char *s = (const unsigned char *)text;

	if (s[0] < 0x80)
		return 1;
	if (s[0] >= 0xc2 && s[0] <= 0xdf)
		return continues(s[1]) ? 2 : 0;
	if (s[0] >= 0xe0 && s[0] <= 0xef) {
		unsigned char low = s[0] == 0xe0 ? 0xa0 : 0x80, high = s[0] == 0xed ? 0x9f : 0xbf;

		return s[1] >= low && s[1] <= high && continues(s[2]) ? 3 : 0;
	}
	if (s[0] >= 0xf0 && s[0] <= 0xf4) {
		unsigned char low = s[0] == 0xf0 ? 0x90 : 0x80, high = s[0] == 0xf4 ? 0x8f : 0xbf;
		int ok = s[1] >= low && s[1] <= high && continues(s[2]) && continues(s[3]);

		return ok ? 4 : 0;
	}
	return 0;
}

json_t *utf8_json(const char *text)
{
	json_t *plain = json_string(text);
	_cleanup_free_ char *clean = NULL;
	char *to;

	if (plain)
		return plain;
	clean = malloc(strlen(text) * strlen(UTF8_REPLACEMENT) + 1);
	if (!clean)
		return NULL;
	for (to = clean; *text;) {
		size_t n = utf8_length(text);

		memcpy(to, n ? text : UTF8_REPLACEMENT, n ? n : strlen(UTF8_REPLACEMENT));
		to += n ? n : strlen(UTF8_REPLACEMENT);
		text += n ? n : 1;
	}
	*to = '\0';
	return json_string(clean);
}

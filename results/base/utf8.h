/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Bytes of unknown origin (command lines, file names, kernel text) as valid UTF-8. */
#ifndef HANGAR_UTF8_H
#define HANGAR_UTF8_H

#include <jansson.h>
#include <stddef.h>

#define UTF8_REPLACEMENT "\xef\xbf\xbd" /* U+FFFD */

/*
 * Bytes of the UTF-8 character that begins at @s (1 for the NUL), 0 when it is none. Reads not past
 * a NUL.
 */
size_t utf8_length(const char *s);

/* A new JSON string of @text, U+FFFD for each byte that is no UTF-8. NULL only without memory. */
json_t *utf8_json(const char *text);

#endif

/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Text of unknown origin written where some bytes mean more than they say: terminals and XML. */
#ifndef HANGAR_ESCAPE_H
#define HANGAR_ESCAPE_H

#include <stdio.h>

/*
 * @text as one plain line: line breaks and tabs become a blank; other control characters, which a
 * terminal would obey, and bytes that are no UTF-8 become U+FFFD.
 */
void escape_plain(FILE *to, const char *text);

/* escape_plain(), with blanks up to @width characters. */
void escape_padded(FILE *to, const char *text, unsigned int width);

/* For XML 1.0, inside an attribute in double quotes. What XML cannot hold becomes U+FFFD. */
void escape_xml(FILE *to, const char *text);

/* The same between tags, where line breaks may stand for themselves. */
void escape_xml_text(FILE *to, const char *text);

/*
 * For a POSIX shell, as one word; quoted only when it needs to be. Control characters as in
 * escape_plain().
 */
void escape_shell(FILE *to, const char *text);

#endif

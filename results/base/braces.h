/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Words in braces that stand for something known only later: "{scratch}", "{group:victims}". */
#ifndef HANGAR_BRACES_H
#define HANGAR_BRACES_H

#include <stdio.h>

struct brace_word {
	const char *begin, *end; /* in the text: at '{', and behind '}' */
	char name[256];          /* between the opening and '}', cut at 255 bytes */
};

/**
 * braces_find - the first word of a kind in @text
 * @opening: the whole word ("{scratch}"; its name is ""), or, when it does not end with '}', what a
 * name and '}' must follow ("{group:")
 * Returns 1 with @ret filled, 0: there is none, -EINVAL: the '}' is missing. Pure.
 */
int braces_find(const char *text, const char *opening, struct brace_word *ret);

/**
 * braces_expand - a copy of @text with each word of a kind replaced
 * @opening: see braces_find()
 * @say: writes what @word stands for; its error is forwarded
 * What @say writes is not looked at again; an opening without its '}' stays as it is. Returns 0
 * with *ret the caller's to free, -ENOMEM, or what @say returned.
 */
int braces_expand(const char *text, const char *opening,
		  int (*say)(FILE *to, const struct brace_word *word, const void *ctx),
		  const void *ctx, char **ret);

#endif

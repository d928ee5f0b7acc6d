/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Two things are known only once a run has begun: where its scratch folder is, and where its groups
 * are. A scenario names them by words in braces. A text is gone through once, so that a folder that
 * happens to hold such a word is not taken for one.
 */
#include "base/braces.h"

#include <errno.h>
#include <string.h>

#include "base/cleanup.h"

int braces_find(const char *text, const char *opening, struct brace_word *ret)
{
	const char *begin = strstr(text, opening), *name, *close;
	size_t length = strlen(opening);

	if (!begin)
		return 0;
	name = begin + length;
	close = opening[length - 1] == '}' ? name - 1 : strchr(name, '}');
	if (!close)
		return -EINVAL;
	ret->begin = begin;
	ret->end = close + 1;
	snprintf(ret->name, sizeof(ret->name), "%.*s", close > name ? (int)(close - name) : 0,
		 name);
	return 1;
}

int braces_expand(const char *text, const char *opening,
		  int (*say)(FILE *to, const struct brace_word *word, const void *ctx),
		  const void *ctx, char **ret)
{
	_cleanup_free_ char *out = NULL;
	struct brace_word word;
	size_t size;
	FILE *to = open_memstream(&out, &size);
	int err = 0;

	if (!to)
		return -ENOMEM;
	while (!err && braces_find(text, opening, &word) > 0) {
		fwrite(text, 1, (size_t)(word.begin - text), to);
		err = say(to, &word, ctx);
		text = word.end;
	}
	fputs(text, to);
	if (!err && ferror(to))
		err = -ENOMEM;
	if (fclose(to) && !err)
		err = -ENOMEM;
	if (!err)
		*ret = take_ptr(out);
	return err;
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
/* "Did you mean ...?": the nearest known word to a mistyped one. Pure. */
#ifndef HANGAR_SUGGEST_H
#define HANGAR_SUGGEST_H

#include <stddef.h>

#define SUGGEST_WORD_MAX 48 /* longer words are never compared: no key or stressor is as long */

/* Edits (insert, drop, change, swap two neighbours) between @a and @b; SUGGEST_WORD_MAX when one is
 * too long. */
size_t suggest_distance(const char *a, const char *b);

/**
 * suggest_better - offer one more candidate
 * @best: the best so far, NULL at first; *@best_distance: any value at first
 * Returns the better of @best and @candidate. A candidate counts only when at most a third of the
 * word differs (and at least one letter may).
 */
const char *suggest_better(const char *word, const char *candidate, const char *best,
			   size_t *best_distance);

/* The nearest of @words (ends with NULL), or NULL when none is near. */
const char *suggest_nearest(const char *word, const char *const *words);

/**
 * suggest_list - `allowed: "a", "b" or "c"` for few words, "" for more than @max
 * Cut with "..." at a word when @size is too small. Returns @buf.
 */
const char *suggest_list(const char *const *words, size_t max, char *buf, size_t size);

#endif

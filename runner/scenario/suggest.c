/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Mistyped words. The distance is the "optimal string alignment" one: besides inserting, dropping
 * and changing a letter it counts swapping two neighbours as one edit, because that is what fingers
 * do
 * ("memroy").
 */
#include "scenario/suggest.h"

#include <stdio.h>
#include <string.h>

#define ROWS 3 /* swapping two neighbours looks two rows back */

static size_t least(size_t a, size_t b)
{
	return a < b ? a : b;
}

size_t suggest_distance(const char *a, const char *b)
{
	size_t row[ROWS][SUGGEST_WORD_MAX + 1];
	size_t m = strnlen(a, SUGGEST_WORD_MAX + 1), n = strnlen(b, SUGGEST_WORD_MAX + 1);

	if (m > SUGGEST_WORD_MAX || n > SUGGEST_WORD_MAX)
		return SUGGEST_WORD_MAX;
	for (size_t j = 0; j <= n; j++)
		row[0][j] = j;
	for (size_t i = 1; i <= m; i++) {
		size_t *now = row[i % ROWS], *last = row[(i - 1) % ROWS];

		now[0] = i;
		for (size_t j = 1; j <= n; j++) {
			now[j] = least(last[j] + 1, now[j - 1] + 1);
			now[j] = least(now[j], last[j - 1] + (a[i - 1] != b[j - 1]));
			if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
				now[j] = least(now[j], row[(i - 2) % ROWS][j - 2] + 1);
		}
	}
	return row[m % ROWS][n];
}

const char *suggest_better(const char *word, const char *candidate, const char *best,
			   size_t *best_distance)
{
	size_t distance = suggest_distance(word, candidate);
	size_t length = strlen(word);

	/* "max" for "min" is no typing error: of a word of three letters one may differ. */
	if (distance > (length < 3 ? 1 : length / 3))
		return best;
	if (best && distance >= *best_distance)
		return best;
	*best_distance = distance;
	return candidate;
}

const char *suggest_nearest(const char *word, const char *const *words)
{
	const char *best = NULL;
	size_t distance = 0;

	for (; *words; words++)
		best = suggest_better(word, *words, best, &distance);
	return best;
}

const char *suggest_list(const char *const *words, size_t max, char *buf, size_t size)
{
	size_t count = 0, len;

	while (words[count])
		count++;
	buf[0] = '\0';
	if (!count || count > max)
		return buf;
	len = (size_t)snprintf(buf, size, "allowed: ");
	for (size_t i = 0; i < count; i++) {
		const char *join = !i ? "" : i + 1 < count ? ", " : " or ";

		if (len + strlen(join) + strlen(words[i]) + sizeof("\"\", ...") > size) {
			snprintf(buf + len, size - len, ", ...");
			break;
		}
		len += (size_t)snprintf(buf + len, size - len, "%s\"%s\"", join, words[i]);
	}
	return buf;
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The list goes onto a kernel's command line and is cut there at commas and colons: each word is a
 * name, and behind a colon a number. */
#include "scenario/plants.h"

#include <stddef.h>
#include <string.h>

#define PLANTS_MAX 400 /* the kernel's own limit for the list is 511 bytes */

static const char letters[] = "abcdefghijklmnopqrstuvwxyz0123456789-";

static const char *refuse_word(const char *word, size_t length)
{
	size_t name = strspn(word, letters);

	if (name == 0)
		return "names no plant between its commas";
	if (name == length)
		return NULL;
	if (word[name] != ':')
		return "is no list of plants; write \"ext4-oom\" or \"ext4-oom,thp-deferred:10\"";
	if (name + 1 == length || strspn(word + name + 1, "0123456789") != length - name - 1)
		return "has no whole number behind a colon";
	return length - name - 1 > 9 ? "has a number of more than nine digits" : NULL;
}

const char *plants_refuse(const char *list)
{
	const char *why = NULL;

	if (strlen(list) > PLANTS_MAX)
		return "is longer than a kernel reads";
	while (!why) {
		size_t length = strcspn(list, ",");

		why = refuse_word(list, length);
		if (!list[length])
			break;
		list += length + 1;
	}
	return why;
}

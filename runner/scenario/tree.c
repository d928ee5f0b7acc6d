/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Group paths. A path without numbers means every instance of the group, which is how authors think
 * of "victims"; the kernel and the journal name single instances.
 */
#include "scenario/tree.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "scenario/suggest.h"

/* Length of the name without its instance number: 7 of "victims.3". */
static size_t name_length(const char *component, size_t length)
{
	size_t digits = length;

	while (digits && isdigit((unsigned char)component[digits - 1]))
		digits--;
	return digits > 1 && digits < length && component[digits - 1] == '.' ? digits - 1 : length;
}

static const struct group_spec *find_in(const struct group_spec *groups, unsigned int n,
					const char *name, size_t length)
{
	for (unsigned int i = 0; i < n; i++)
		if (strlen(groups[i].name) == length && !memcmp(groups[i].name, name, length))
			return &groups[i];
	return NULL;
}

static const struct group_spec *walk(const struct scenario *s, const char *path, bool numbered)
{
	const struct group_spec *groups = s->groups, *g;
	unsigned int n = s->n_groups;

	while (true) {
		size_t length = strcspn(path, "/");

		g = find_in(groups, n, path, numbered ? name_length(path, length) : length);
		if (!g || !path[length])
			return g;
		path += length + 1;
		groups = g->children;
		n = g->n_children;
	}
}

const struct group_spec *group_find(const struct scenario *s, const char *path)
{
	return walk(s, path, false);
}

bool group_is_instance(const struct scenario *s, const char *path)
{
	return walk(s, path, true) != NULL;
}

struct search {
	const char *word;
	size_t distance;
	char *best;
	size_t size;
};

static void search_in(struct search *s, const char *above, const struct group_spec *groups,
		      unsigned int n)
{
	char path[192];

	for (unsigned int i = 0; i < n; i++) {
		snprintf(path, sizeof(path), "%s%s%s", above, *above ? "/" : "", groups[i].name);
		if (suggest_better(s->word, path, s->best[0] ? s->best : NULL, &s->distance) ==
		    path)
			snprintf(s->best, s->size, "%s", path);
		search_in(s, path, groups[i].children, groups[i].n_children);
	}
}

const char *group_nearest(const struct scenario *s, const char *path, char *buf, size_t size)
{
	struct search search = { path, 0, buf, size };

	buf[0] = '\0';
	search_in(&search, "", s->groups, s->n_groups);
	return buf[0] ? buf : NULL;
}

static uint64_t total_in(const struct group_spec *groups, unsigned int n)
{
	uint64_t total = 0;

	for (unsigned int i = 0; i < n && total <= GROUPS_TOTAL_MAX; i++)
		total += groups[i].count * (1 + total_in(groups[i].children, groups[i].n_children));
	return total <= GROUPS_TOTAL_MAX ? total : GROUPS_TOTAL_MAX + 1;
}

uint64_t group_total(const struct scenario *s)
{
	return total_in(s->groups, s->n_groups);
}

bool group_within(const char *pattern, const char *path)
{
	while (true) {
		size_t wanted = strcspn(pattern, "/"), given = strcspn(path, "/");

		if (name_length(pattern, wanted) == wanted)
			given = name_length(path, given);
		if (given != wanted || memcmp(pattern, path, wanted))
			return false;
		if (!pattern[wanted])
			return true;
		pattern += wanted + 1;
		path += strcspn(path, "/");
		if (!*path++)
			return false;
	}
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A walk over the folder of scenarios: files by the name that `hangar run` takes. */
#include "scenario/shelf.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "base/cleanup.h"

#define FOLDERS_DEEP 3 /* scenarios/controls/... */
#define NOT_A_SCENARIO "schema.json"

struct walk {
	shelf_fn *fn;
	void *ctx;
};

static int walk_folder(const struct walk *w, const char *dir, const char *below, unsigned int deep);

static int walk_entry(const struct walk *w, const char *dir, const char *below, const char *entry,
		      unsigned int deep)
{
	_cleanup_free_ char *path = NULL, *name = NULL;
	size_t length = strlen(entry);
	struct stat st;

	if (asprintf(&path, "%s/%s", dir, entry) < 0 || stat(path, &st) < 0)
		return 0;
	if (asprintf(&name, "%s%s%s", below, *below ? "/" : "", entry) < 0)
		return -ENOMEM;
	if (S_ISDIR(st.st_mode))
		return deep ? walk_folder(w, path, name, deep - 1) : 0;
	if (length <= 5 || strcmp(entry + length - 5, ".json") || !strcmp(entry, NOT_A_SCENARIO))
		return 0;
	name[strlen(name) - 5] = '\0';
	return w->fn(w->ctx, name, path);
}

static int not_hidden(const struct dirent *e)
{
	return e->d_name[0] != '.';
}

static int walk_folder(const struct walk *w, const char *dir, const char *below, unsigned int deep)
{
	struct dirent **names;
	int n = scandir(dir, &names, not_hidden, alphasort), r = 0;

	if (n < 0)
		return -errno;
	for (int i = 0; i < n; i++) {
		if (!r)
			r = walk_entry(w, dir, below, names[i]->d_name, deep);
		free(names[i]);
	}
	free(names);
	return r;
}

int shelf_walk(const char *dir, shelf_fn *fn, void *ctx)
{
	const struct walk w = { fn, ctx };

	return walk_folder(&w, dir, "", FOLDERS_DEEP);
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which scenarios are canaries, and which of them are wanted. */
#include "canary/canary.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "scenario/scenario.h"
#include "scenario/shelf.h"

/* The name before ":N". */
static size_t bare(const char *plant)
{
	return strcspn(plant, ":,");
}

static bool is_called(const struct canary *c, const char *name)
{
	size_t size = bare(c->plant);

	return !strcmp(c->name, name) || (strlen(name) == size && !strncmp(c->plant, name, size));
}

static int add(void *ctx, const char *name, const char *path)
{
	struct flock *f = ctx;
	struct scenario *s = NULL;
	struct diag d = { 0 };
	struct canary *c;

	if (scenario_load(path, NULL, &s, &d) < 0)
		return 0;
	if (s->vm.plant) {
		if (f->count == CANARY_MAX) {
			scenario_free(s);
			return -E2BIG;
		}
		c = &f->list[f->count++];
		snprintf(c->name, sizeof(c->name), "%s", name);
		snprintf(c->path, sizeof(c->path), "%s", path);
		snprintf(c->plant, sizeof(c->plant), "%s", s->vm.plant);
	}
	scenario_free(s);
	return 0;
}

static int refuse_name(const struct flock *f, const char *name, struct diag *d)
{
	char known[320] = "";
	size_t n = 0;

	for (unsigned int i = 0; i < f->count && n < sizeof(known); i++)
		n += (size_t)snprintf(known + n, sizeof(known) - n, "%s%s", i ? ", " : "",
				      f->list[i].name);
	return diag_set(d, -ENOENT, "no canary is called %.64s; there are %s", name, known);
}

static int keep_named(struct flock *f, char *const *names, struct diag *d)
{
	struct flock all = *f;
	bool wanted[CANARY_MAX] = { false };

	for (; *names; names++) {
		bool met = false;

		for (unsigned int i = 0; i < all.count; i++)
			if (is_called(&all.list[i], *names))
				met = wanted[i] = true;
		if (!met)
			return refuse_name(&all, *names, d);
	}
	f->count = 0;
	for (unsigned int i = 0; i < all.count; i++)
		if (wanted[i])
			f->list[f->count++] = all.list[i];
	return 0;
}

int flock_load(struct flock *ret, const char *folder, char *const *names, struct diag *d)
{
	int err;

	ret->count = 0;
	err = shelf_walk(folder, add, ret);
	if (err == -E2BIG)
		return diag_set(d, err, "%s: more than %d scenarios name a plant", folder,
				CANARY_MAX);
	if (err < 0)
		return diag_set(d, err, "%s: cannot be read: %s", folder, strerror(-err));
	if (!ret->count)
		return diag_set(d, -ENOENT, "%s: no scenario names a plant (\"vm\": {\"plant\"})",
				folder);
	return names && *names ? keep_named(ret, names, d) : 0;
}

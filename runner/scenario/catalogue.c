/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The folder of stressors as a list by name: dropping a program into it is all that it takes to add
 * one. */
#include "scenario/catalogue.h"

#include <string.h>
#include <sys/stat.h>

#include "base/cleanup.h"
#include "scenario/beside.h"
#include "scenario/describe.h"
#include "scenario/param.h"
#include "scenario/suggest.h"

/* Relative to the binary: beside it, in a build tree, in an installation that was moved. */
static const char *const folders[] = { "stressors", "../stressors", "../libexec/hangar/stressors",
				       NULL };

static void cleanup_catalogue(struct catalogue **c)
{
	catalogue_free(*c);
}

static void cleanup_names(struct dirent ***names)
{
	for (struct dirent **n = *names; n && *n; n++)
		free(*n);
	free(*names);
}

static int add_note(struct catalogue *c, const char *name, const char *why)
{
	char **grown = reallocarray(c->notes, c->n_notes + 1, sizeof(*grown));

	if (!grown)
		return -ENOMEM;
	c->notes = grown;
	if (asprintf(&c->notes[c->n_notes], "stressor %s %s; it is left out", name, why) < 0)
		return -ENOMEM;
	c->n_notes++;
	return 0;
}

static int ask(struct catalogue *c, const char *name, const char *program)
{
	struct stressor_info *s = &c->list[c->count];
	struct diag why = { 0 };
	int err;

	err = describe_ask(program, DESCRIBE_TIMEOUT_US, &s->describe, &why);
	if (err < 0)
		return add_note(c, name, why.message);
	c->count++;
	s->name = strdup(name);
	s->program = strdup(program);
	if (!s->name || !s->program)
		return -ENOMEM;
	if (strcmp(name, json_string_value(json_object_get(s->describe, "name"))))
		return add_note(c, name, "calls itself by another name") < 0 ? -ENOMEM : 1;
	return 0;
}

static void drop_last(struct catalogue *c)
{
	struct stressor_info *s = &c->list[--c->count];

	free(s->name);
	free(s->program);
	json_decref(s->describe);
	*s = (struct stressor_info){ 0 };
}

static int add(struct catalogue *c, const char *name)
{
	_cleanup_free_ char *program = NULL;
	struct stat st;
	int r;

	if (asprintf(&program, "%s/%s", c->dir, name) < 0)
		return -ENOMEM;
	if (stat(program, &st) < 0 || !S_ISREG(st.st_mode) || access(program, X_OK) < 0)
		return 0;
	r = ask(c, name, program);
	if (r > 0)
		drop_last(c);
	return r < 0 ? r : 0;
}

/* Programs have plain names; a build tree also holds "libstressor.a" and its object folder. */
static int is_candidate(const struct dirent *e)
{
	return !strchr(e->d_name, '.');
}

/* scandir() with NULL behind the last name. */
static int names_of(const char *dir, struct dirent ***ret)
{
	struct dirent **names, **grown;
	int n = scandir(dir, &names, is_candidate, alphasort);

	if (n < 0)
		return -errno;
	grown = reallocarray(names, (size_t)n + 1, sizeof(*names));
	if (!grown) {
		while (n--)
			free(names[n]);
		free(names);
		return -ENOMEM;
	}
	grown[n] = NULL;
	*ret = grown;
	return n;
}

int catalogue_load_dir(const char *dir, struct catalogue **ret, struct diag *d)
{
	_cleanup_(cleanup_catalogue) struct catalogue *c = calloc(1, sizeof(*c));
	_cleanup_(cleanup_names) struct dirent **names = NULL;
	int n, err;

	n = names_of(dir, &names);
	if (n < 0)
		return diag_set(d, n, "the folder of stressors %s cannot be read: %s", dir,
				strerror(-n));
	if (c)
		c->dir = realpath(dir, NULL);
	if (c)
		c->list = calloc((size_t)n + 1, sizeof(*c->list));
	if (!c || !c->dir || !c->list)
		return diag_set(d, -ENOMEM, "no memory for the list of stressors");
	for (struct dirent **e = names; *e; e++) {
		err = add(c, (*e)->d_name);
		if (err < 0)
			return diag_set(d, err, "no memory for the list of stressors");
	}
	*ret = take_ptr(c);
	return 0;
}

char *catalogue_folder(void)
{
	return beside_find("HANGAR_STRESSORS", folders, HANGAR_STRESSOR_DIR, NULL);
}

int catalogue_load(struct catalogue **ret, struct diag *d)
{
	_cleanup_free_ char *dir = catalogue_folder();

	if (!dir)
		return diag_set(d, -ENOMEM, "no memory to look for the stressors");
	return catalogue_load_dir(dir, ret, d);
}

struct catalogue *catalogue_free(struct catalogue *c)
{
	if (!c)
		return NULL;
	while (c->count)
		drop_last(c);
	free(c->list);
	while (c->n_notes)
		free(c->notes[--c->n_notes]);
	free(c->notes);
	free(c->dir);
	free(c);
	return NULL;
}

const struct stressor_info *catalogue_find(const struct catalogue *c, const char *name)
{
	for (unsigned int i = 0; i < c->count; i++)
		if (!strcmp(c->list[i].name, name))
			return &c->list[i];
	return NULL;
}

const char **catalogue_names(const struct catalogue *c)
{
	const char **names = calloc(c->count + 1, sizeof(*names));

	for (unsigned int i = 0; names && i < c->count; i++)
		names[i] = c->list[i].name;
	return names;
}

const char *catalogue_nearest(const struct catalogue *c, const char *name)
{
	const char *best = NULL;
	size_t distance = 0;

	for (unsigned int i = 0; i < c->count; i++)
		best = suggest_better(name, c->list[i].name, best, &distance);
	return best;
}

json_t *catalogue_param(const struct stressor_info *s, const char *name)
{
	json_t *param;
	size_t i;

	json_array_foreach (json_object_get(s->describe, "params"), i, param)
		if (!strcmp(json_string_value(json_object_get(param, "name")), name))
			return param;
	return NULL;
}

static const char *nearest_param(const struct stressor_info *s, const char *name)
{
	const char *best = NULL;
	size_t distance = 0, i;
	json_t *param;

	json_array_foreach (json_object_get(s->describe, "params"), i, param)
		best = suggest_better(name, json_string_value(json_object_get(param, "name")), best,
				      &distance);
	return best;
}

int catalogue_check_param(const struct stressor_info *s, const char *name, const char *value,
			  struct diag *d)
{
	json_t *param = catalogue_param(s, name);
	const char *near;

	if (param)
		return param_check(param, value, d);
	near = nearest_param(s, name);
	if (near)
		return diag_set(d, -EINVAL, "%s has no parameter \"%s\"; did you mean \"%s\"?",
				s->name, name, near);
	return diag_set(d, -EINVAL, "%s has no parameter \"%s\"; see hangar stressors %s", s->name,
			name, s->name);
}

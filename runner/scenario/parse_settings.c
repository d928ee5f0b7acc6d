/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * "sysctls" and "thp": names to files. Both become a path below a fixed folder, and no name can
 * lead out of it.
 */
#include <stdio.h>
#include <string.h>

#include "base/cleanup.h"
#include "scenario/reader.h"
#include "scenario/scenario.h"

#define SETTINGS_MAX 100

struct settings_folder {
	const char *key;
	const char *folder;
	bool dots; /* "vm.dirty_ratio" means vm/dirty_ratio */
};

static const struct settings_folder folders[] = {
	{ "sysctls", "/proc/sys/", true },
	{ "thp", "/sys/kernel/mm/transparent_hugepage/", false },
};

/* Components of [A-Za-z0-9_:@+-] and inner dots; none empty, none only dots. */
static bool is_inside(const char *path)
{
	while (true) {
		size_t len = strcspn(path, "/");

		if (!len || path[0] == '.' || len > 128)
			return false;
		if (strspn(path, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
				 "0123456789_:@+-.") < len)
			return false;
		if (!path[len])
			return true;
		path += len + 1;
	}
}

/* As sysctl(8): a name with a '/' is a path already, and its dots belong to names (eth0.100). */
static char *path_of(const struct settings_folder *f, const char *name)
{
	char *path = NULL;

	if (asprintf(&path, "%s%s", f->folder, name) < 0)
		return NULL;
	if (f->dots && !strchr(name, '/'))
		for (char *p = path + strlen(f->folder); *p; p++)
			if (*p == '.')
				*p = '/';
	return path;
}

static int read_value(struct reader *r, json_t *value, char **to)
{
	const char *text = json_string_value(value);
	char number[32];

	if (json_is_integer(value)) {
		snprintf(number, sizeof(number), "%" JSON_INTEGER_FORMAT,
			 json_integer_value(value));
		text = number;
	}
	if (!text)
		return reader_refuse(r, "must be text or a whole number, not %s", json_kind(value));
	if (!*text || strlen(text) > KEY_TEXT_MAX)
		return reader_refuse(r, "must have 1 to %d bytes", KEY_TEXT_MAX);
	if (strchr(text, '\n'))
		return reader_refuse(r, "must be one line");
	return store_text(r, text, to);
}

static int read_one(struct reader *r, const struct settings_folder *f, const char *name,
		    json_t *value, struct setting *to)
{
	to->path = path_of(f, name);
	if (!to->path)
		return reader_refuse_memory(r);
	if (!is_inside(to->path + strlen(f->folder)))
		return reader_refuse(r, "is no name below %s", f->folder);
	reader_where(r, &to->line, &to->column);
	return read_value(r, value, &to->value);
}

int read_settings(struct reader *r, const struct key *k, json_t *value, void *base)
{
	const struct settings_folder *f = &folders[strcmp(k->name, folders[0].key) ? 1 : 0];
	struct scenario *s = base;
	struct setting *grown;
	struct place here;
	const char *name;
	json_t *member;
	int err;

	if (!json_is_object(value))
		return reader_refuse(r, "must be an object of settings, not %s", json_kind(value));
	if (json_object_size(value) > SETTINGS_MAX)
		return reader_refuse(r, "has %zu settings; at most %d are allowed",
				     json_object_size(value), SETTINGS_MAX);
	grown = reallocarray(s->settings, s->n_settings + json_object_size(value) + 1,
			     sizeof(*grown));
	if (!grown)
		return reader_refuse_memory(r);
	s->settings = grown;
	json_object_foreach (value, name, member) {
		struct setting *to = &s->settings[s->n_settings++];

		*to = (struct setting){ 0 };
		place_key(r, &here, name, NULL, member);
		err = read_one(r, f, name, member, to);
		place_up(r);
		if (err < 0)
			return err;
	}
	return 0;
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * sysctls and THP files of a scenario: the old value goes to the undo log, then the new one is
 * written and read back, since some files take a value and keep another. One trap: vm.dirty_bytes
 * and vm.dirty_ratio (and their background pair) are two faces of one limit. Setting either zeroes
 * the other, and a zero cannot be written back; so what is noted is the face that is in force.
 */
#include "setup.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/textfile.h"
#include "setting_text.h"

static const struct {
	const char *one, *other;
} faces[] = {
	{ "/proc/sys/vm/dirty_bytes", "/proc/sys/vm/dirty_ratio" },
	{ "/proc/sys/vm/dirty_background_bytes", "/proc/sys/vm/dirty_background_ratio" },
};

/* The other face of the limit that @path sets, or NULL. */
static const char *other_face(const char *path)
{
	for (size_t i = 0; i < ARRAY_SIZE(faces); i++) {
		if (!strcmp(path, faces[i].one))
			return faces[i].other;
		if (!strcmp(path, faces[i].other))
			return faces[i].one;
	}
	return NULL;
}

static int value_of(const char *root, const char *path, char *buf)
{
	char full[PATH_MAX], text[SETTING_MAX];
	ssize_t n;

	snprintf(full, sizeof(full), "%s%s", root, path);
	n = textfile_read_at(AT_FDCWD, full, text, sizeof(text));
	if (n < 0)
		return (int)n;
	setting_text(text, buf, SETTING_MAX);
	return 0;
}

/* Log what puts things back: @path's own old value, or that of its other face when that one is in
 * force. */
static int note_old(const char *root, const char *path, const char *old, const char *set,
		    struct undo *u)
{
	const char *other = strcmp(old, "0") ? NULL : other_face(path);
	char full[PATH_MAX], value[SETTING_MAX];

	if (other && !value_of(root, other, value)) {
		snprintf(full, sizeof(full), "%s%s", root, other);
		return undo_add_setting(u, full, value, "0");
	}
	snprintf(full, sizeof(full), "%s%s", root, path);
	return undo_add_setting(u, full, old, set);
}

static int set_and_check(const char *root, const char *path, const char *value, char *now)
{
	char full[PATH_MAX];
	int err;

	snprintf(full, sizeof(full), "%s%s", root, path);
	err = setting_write(full, value);
	if (!err)
		err = value_of(root, path, now);
	return err;
}

static int apply(const struct setting *s, const char *root, struct undo *u, struct diag *d)
{
	char old[SETTING_MAX], now[SETTING_MAX], want[SETTING_MAX];
	int err = value_of(root, s->path, old);

	if (err)
		return diag_set_at(d, err, s->line, s->column, "cannot read %s: %s", s->path,
				   strerror(-err));
	setting_text(s->value, want, sizeof(want));
	if (!strcmp(old, want))
		return 0;
	err = note_old(root, s->path, old, want, u);
	if (err)
		return diag_set(d, err, "cannot write the undo log: %s", strerror(-err));
	err = set_and_check(root, s->path, want, now);
	if (err)
		return diag_set_at(d, err, s->line, s->column,
				   "the kernel refuses \"%s\" for %s: %s", want, s->path,
				   strerror(-err));
	if (strcmp(now, want))
		return diag_set_at(d, -EINVAL, s->line, s->column,
				   "%s was set to \"%s\" but reads \"%s\"", s->path, want, now);
	return 0;
}

int settings_apply(const struct scenario *s, const struct host *h, struct undo *u, struct diag *d)
{
	for (unsigned int i = 0; i < s->n_settings; i++) {
		int err = apply(&s->settings[i], h->root, u, d);

		if (err)
			return err;
	}
	return 0;
}

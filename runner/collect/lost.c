/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Finding unfinished runs. A run made with --out is known by its registration alone, one whose
 * leftovers `hangar clean` has put back by its folder alone: both are looked at, each directory
 * once. */
#include "collect/lost.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/paths.h"
#include "event.h"
#include "outside_who.h"
#include "record.h"

/* An observer's own record, or that of a guest: what crashed here was not it. */
static void look_outside(struct lost *l)
{
	struct outside_who who;

	outside_who_read(l->path, &who);
	l->guest = who.what[0] && strcmp(who.what, "collect") != 0;
	l->collected = who.verdict && !l->guest;
	l->finished = l->finished || who.verdict;
}

static void fill(struct lost *l, const struct record *r)
{
	const json_t *began = json_object_get(r->manifest, "began_unix");

	memcpy(l->path, r->path, sizeof(l->path));
	snprintf(l->id, sizeof(l->id), "%.63s", record_manifest_text(r, "id"));
	snprintf(l->release, sizeof(l->release), "%.127s", record_manifest_text(r, "host.kernel"));
	snprintf(l->boot_id, sizeof(l->boot_id), "%.39s", record_manifest_text(r, "host.boot_id"));
	l->began = json_is_integer(began) ? (time_t)json_integer_value(began) : 0;
	l->last = l->began + (time_t)r->seconds;
	l->epoch_us = r->epoch_us;
	l->last_us = r->epoch_us ? r->epoch_us + (uint64_t)(r->seconds * 1e6) : 0;
	l->live = r->live;
	l->finished = r->finished;
}

static bool is_known(const struct losts *to, const char *path)
{
	for (unsigned int i = 0; i < to->count; i++)
		if (!strcmp(to->list[i].path, path))
			return true;
	return false;
}

int losts_add(struct losts *to, const char *path, struct diag *d)
{
	struct record r = { 0 };
	struct lost *more;
	int err = record_load(path, &r, d);

	if (err < 0)
		return err;
	if (is_known(to, r.path)) {
		record_clear(&r);
		return 0;
	}
	more = realloc(to->list, (to->count + 1) * sizeof(*more));
	if (more) {
		to->list = more;
		more = &to->list[to->count++];
		memset(more, 0, sizeof(*more));
		fill(more, &r);
		look_outside(more);
	}
	record_clear(&r);
	return more ? 0 : -ENOMEM;
}

/* A link of active/ names an absolute path on the machine that it was made on. */
static int resolve(int fd, const char *folder, const char *name, const char *root, char *buf,
		   size_t size)
{
	char target[PATH_MAX];
	ssize_t n = readlinkat(fd, name, target, sizeof(target) - 1);

	if (n <= 0)
		return path_format(buf, size, "%s/%s", folder, name);
	target[n] = '\0';
	return path_format(buf, size, "%s%s", root, target);
}

static int find_in(struct losts *to, const char *folder, const char *root)
{
	_cleanup_closedir_ DIR *dir = opendir(folder);
	char path[PATH_MAX];
	struct dirent *e;
	int err = 0;

	if (!dir)
		return errno == ENOENT ? 0 : -errno;
	while (err != -ENOMEM && (e = readdir(dir)))
		if (e->d_name[0] != '.' &&
		    !resolve(dirfd(dir), folder, e->d_name, root, path, sizeof(path)))
			err = losts_add(to, path, NULL);
	return err == -ENOMEM ? err : 0;
}

int losts_find(struct losts *to, const char *home, const char *root)
{
	static const char *const folders[] = { "active", "runs" };
	char folder[PATH_MAX];
	int err = 0;

	for (size_t i = 0; i < ARRAY_SIZE(folders) && !err; i++) {
		err = path_format(folder, sizeof(folder), "%s/%s", home, folders[i]);
		if (!err)
			err = find_in(to, folder, root);
	}
	return err;
}

void losts_clear(struct losts *l)
{
	free(l->list);
	*l = (struct losts){ NULL, 0 };
}

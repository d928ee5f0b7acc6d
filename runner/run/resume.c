/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The journal alone says whether a run ended by itself: what `hangar collect` adds later stands in
 * outside.jsonl. Whoever died in the middle of a line left no verdict.
 */
#include "run/resume.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/jline.h"
#include "base/paths.h"
#include "base/textfile.h"
#include "event.h"
#include "outside_who.h"
#include "record.h"
#include "run/resume_plan.h"
#include "rundir.h"

static int say_errno(struct diag *d, int err, const char *path)
{
	return diag_set(d, err, "%s: %s", path, strerror(-err));
}

static bool was_resumed(const char *path)
{
	char link[PATH_MAX], to[8];

	return !path_format(link, sizeof(link), "%s/" RESUME_NEXT, path) &&
	       readlink(link, to, sizeof(to)) > 0;
}

/* A record of `hangar observe`, or of a guest, is no run of this machine. */
static bool is_ours(const struct record *r)
{
	const char *command =
		json_string_value(json_array_get(json_object_get(r->manifest, "argv"), 0));
	struct outside_who who;

	outside_who_read(r->path, &who);
	return command && !strcmp(command, "run") && (!who.what[0] || !strcmp(who.what, "collect"));
}

static int check(const struct record *r, struct diag *d)
{
	if (!is_ours(r))
		return diag_set(d, -EINVAL, "%s: is no record of `hangar run` on this machine",
				r->path);
	if (r->live)
		return diag_set(d, -EBUSY, "%s: its runner is at work", r->path);
	if (was_resumed(r->path))
		return diag_set(d, -EALREADY, "%s: has been gone on with, see %s/" RESUME_NEXT,
				r->path, r->path);
	if (resume_ended(r->path))
		return diag_set(d, -EALREADY, "%s: ended by itself; nothing is to be gone on with",
				r->path);
	return 0;
}

/* Has the run at @path lost its runner without having said so, and does nobody go on with it? */
static bool is_waiting(const char *path)
{
	struct record r = { 0 };
	struct diag nobody = { 0 };
	bool waiting;

	if (was_resumed(path) || record_load(path, &r, NULL) < 0)
		return false;
	waiting = check(&r, &nobody) == 0;
	record_clear(&r);
	return waiting;
}

struct choice {
	char path[4096];
	struct diag *d;
};

static int choose(void *ctx, const char *path)
{
	struct choice *c = ctx;
	_cleanup_free_ char *real = realpath(path, NULL);

	if (!real || !strcmp(real, c->path) || !is_waiting(real))
		return 0;
	if (c->path[0])
		return diag_set(c->d, -EEXIST, "several runs wait: %s and %s; name one", c->path,
				real);
	return path_format(c->path, sizeof(c->path), "%s", real);
}

static int choose_in_folder(struct choice *c, const char *folder)
{
	_cleanup_closedir_ DIR *dir = opendir(folder);
	char path[PATH_MAX];
	struct dirent *e;
	int err = 0;

	while (dir && !err && (e = readdir(dir)))
		if (e->d_name[0] != '.' &&
		    !path_format(path, sizeof(path), "%s/%s", folder, e->d_name))
			err = choose(c, path);
	return err;
}

static int choose_any(struct choice *c)
{
	char home[PATH_MAX], folder[PATH_MAX];
	int err = rundir_state_home(home, sizeof(home));

	if (!err)
		err = path_format(folder, sizeof(folder), "%s/runs", home);
	if (err < 0)
		return err;
	err = rundir_each_active(choose, c);
	if (!err)
		err = choose_in_folder(c, folder);
	if (!err && !c->path[0])
		return diag_set(c->d, -ENOENT, "no run waits to be gone on with in %s", home);
	return err;
}

/* Reading leaves a file's name in its diag: later refusals are not about that file. */
static int load(const char *path, struct record *r, struct diag *d)
{
	struct diag unread = { 0 };
	int err = record_load(path, r, &unread);

	if (err < 0)
		*d = unread;
	return err;
}

int resume_find(const char *dir, struct resume *ret, struct diag *d)
{
	struct choice c = { .d = d };
	struct record r = { 0 };
	int err = 0;

	memset(ret, 0, sizeof(*ret));
	if (!dir)
		err = choose_any(&c);
	if (!err)
		err = load(dir ? dir : c.path, &r, d);
	if (err == -ENOENT && dir) /* a wrong name; that no run waits is another matter */
		err = -EINVAL;
	if (!err)
		err = check(&r, d);
	if (!err)
		err = resume_plan(&r, ret, d);
	record_clear(&r);
	if (err < 0)
		resume_clear(ret);
	return err;
}

void resume_clear(struct resume *r)
{
	for (char **word = r->argv; word && *word; word++)
		free(*word);
	free(r->argv);
	r->argv = NULL;
}

static unsigned int count_lines(const char *text)
{
	unsigned int n = 0;

	for (; (text = strchr(text, '\n')); text++)
		n++;
	return n;
}

static int append(int fd, const char *line, size_t size)
{
	if (write(fd, line, size) != (ssize_t)size)
		return errno ? -errno : -ENOSPC;
	return fsync(fd) < 0 ? -errno : 0;
}

static size_t attempt_line(const struct resume *r, char *buf, size_t size)
{
	struct jline l;

	jline_begin(&l, buf, size);
	jline_uint(&l, "attempt", r->attempt);
	jline_uint(&l, "unix", (uint64_t)time(NULL));
	jline_str(&l, "resumes", r->path);
	return jline_end(&l);
}

int resume_count(struct resume *r, unsigned int max, struct diag *d)
{
	_cleanup_close_ int dir_fd = open(r->root, O_RDONLY | O_DIRECTORY | O_CLOEXEC), fd = -1;
	_cleanup_free_ char *text = NULL;
	char path[PATH_MAX], line[PATH_MAX * 2];
	size_t size = 0;
	int err = path_format(path, sizeof(path), "%s/" RESUME_ATTEMPTS_FILE, r->root);

	if (err < 0 || dir_fd < 0)
		return say_errno(d, err < 0 ? err : -errno, r->root);
	err = textfile_load(path, 1 << 20, &text, &size);
	if (err < 0 && err != -ENOENT)
		return say_errno(d, err, path);
	r->attempt = (text ? count_lines(text) : 0) + 1;
	if (r->attempt > max)
		return diag_set(d, -EDQUOT,
				"%s: %u attempts to go on were made, and --attempts allows %u",
				r->root, r->attempt - 1, max);
	fd = openat(dir_fd, RESUME_ATTEMPTS_FILE, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644);
	err = fd < 0 ? -errno : append(fd, line, attempt_line(r, line, sizeof(line)));
	if (!err && fsync(dir_fd) < 0)
		err = -errno;
	return err < 0 ? say_errno(d, err, path) : 0;
}

void resume_link(const struct resume *r, const char *new_path)
{
	char link[PATH_MAX];

	if (!path_format(link, sizeof(link), "%s/" RESUME_NEXT, r->path))
		(void)!symlink(new_path, link);
}

static int count_words(char **argv)
{
	int n = 0;

	while (argv[n])
		n++;
	return n;
}

int resume_options(const struct resume *r, int argc, char **argv, struct run_options *o)
{
	int err = options_parse(count_words(r->argv), r->argv, o);

	if (err)
		return -EINVAL;
	o->out = NULL; /* that one is taken */
	o->seed = r->seed;
	o->for_us = r->for_us;
	o->repeat = r->repeat;
	err = options_overlay(argc, argv, o);
	o->scenario = r->scenario;
	return err;
}

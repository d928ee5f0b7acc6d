/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The persistent store (/sys/fs/pstore): dmesg-ramoops-0, dmesg-efi-169..., dmesg-erst-...; and
 * what systemd-pstore moved out of it into /var/lib/systemd/pstore/TIMESTAMP[/NNN]/, with the
 * pieces put together in dmesg.txt. Records of one folder whose times lie close together are of one
 * crash: an oops and the panic that it led to are two.
 */
#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/paths.h"
#include "base/textfile.h"
#include "collect/relic.h"

#define SAME_CRASH_S 60
#define DEPTH_MAX 3
#define RECORDS_MAX 1024
#define WHOLE "dmesg.txt" /* systemd-pstore's: the log put together */

struct record {
	char name[256];
	time_t when;
	unsigned int order;
	char *text; /* NULL: not to be read */
	size_t size;
};

struct shelf { /* one folder of records */
	char path[4096];
	struct record *list;
	unsigned int count;
};

static int by_time(const void *a, const void *b)
{
	const struct record *x = a, *y = b;

	return x->when < y->when ? -1 : x->when > y->when ? 1 : strcmp(x->name, y->name);
}

static int by_order(const void *a, const void *b)
{
	const struct record *x = a, *y = b;

	return x->order < y->order ? -1 : x->order > y->order ? 1 : strcmp(x->name, y->name);
}

/* systemd-pstore names the folder by the crash's time. */
static time_t folder_time(const char *path)
{
	const char *name = path;
	time_t when = 0;

	while ((name = strchr(name, '/'))) {
		size_t digits = strspn(++name, "0123456789");

		if (digits == 10 && (name[digits] == '/' || !name[digits]))
			when = (time_t)strtoll(name, NULL, 10);
	}
	return when;
}

static int take_record(struct shelf *s, const char *name, const struct stat *st)
{
	_cleanup_free_ char *data = NULL;
	char path[5000];
	size_t size;
	time_t folder = folder_time(s->path);
	struct record *r = &s->list[s->count];
	int err = path_format(path, sizeof(path), "%s/%s", s->path, name);

	if (err < 0)
		return err;
	*r = (struct record){ .when = folder ? folder : st->st_mtime };
	snprintf(r->name, sizeof(r->name), "%s", name);
	s->count++;
	if (textfile_load(path, RELIC_LOG_MAX, &data, &size) < 0)
		return 0;
	err = pstore_decode(name, data, size, &r->text, &r->size, &r->order);
	return err == -ENOMEM ? err : 0;
}

/* Does a dmesg.txt lie here? Then the pieces are only copied. */
static const struct record *whole_of(const struct record *list, unsigned int n)
{
	for (unsigned int i = 0; i < n; i++)
		if (!strcmp(list[i].name, WHOLE) && list[i].text)
			return &list[i];
	return NULL;
}

static char *join(const struct record *list, unsigned int n, size_t *ret_size)
{
	const struct record *whole = whole_of(list, n);
	size_t size = 0, at = 0;
	char *text;

	for (unsigned int i = 0; i < n; i++)
		size += list[i].text ? list[i].size + 1 : 0;
	text = size ? malloc(size + 1) : NULL;
	for (unsigned int i = 0; text && i < n; i++) {
		if (!list[i].text || (whole && whole != &list[i]))
			continue;
		memcpy(text + at, list[i].text, list[i].size);
		at += list[i].size;
		if (at && text[at - 1] != '\n')
			text[at++] = '\n';
	}
	if (text)
		text[at] = '\0';
	*ret_size = at;
	return text;
}

static int take_crash(struct relics *to, const struct shelf *s, struct record *list, unsigned int n)
{
	struct relic *r = relics_add(to, RELIC_PSTORE, s->path);
	size_t size;
	char *text;

	if (!r)
		return -ENOMEM;
	snprintf(r->name, sizeof(r->name), "pstore %.200s", list[0].name);
	r->when = list[n - 1].when;
	qsort(list, n, sizeof(*list), by_order);
	for (unsigned int i = 0; i < n && r->n_files < RELIC_FILES_MAX; i++) {
		r->files[r->n_files] = strdup(list[i].name);
		if (!r->files[r->n_files])
			return -ENOMEM;
		r->n_files++;
		r->undecoded += !list[i].text;
	}
	text = join(list, n, &size);
	return text ? relic_take_log(r, text, size) : 0;
}

static int take_shelf(struct relics *to, struct shelf *s)
{
	unsigned int from = 0;
	int err = 0;

	qsort(s->list, s->count, sizeof(*s->list), by_time);
	for (unsigned int i = 1; i <= s->count && !err; i++)
		if (i == s->count || s->list[i].when > s->list[i - 1].when + SAME_CRASH_S) {
			err = take_crash(to, s, s->list + from, i - from);
			from = i;
		}
	return err;
}

static void clear_shelf(struct shelf *s)
{
	for (unsigned int i = 0; i < s->count; i++)
		free(s->list[i].text);
	free(s->list);
}

static int look_into(struct relics *to, const char *path, unsigned int depth);

static int take_entry(struct relics *to, struct shelf *s, int fd, const char *name,
		      unsigned int depth)
{
	char path[4096];
	struct stat st;

	if (name[0] == '.' || fstatat(fd, name, &st, AT_SYMLINK_NOFOLLOW) < 0)
		return 0;
	if (S_ISDIR(st.st_mode) && depth < DEPTH_MAX &&
	    !path_format(path, sizeof(path), "%s/%s", s->path, name))
		return look_into(to, path, depth + 1);
	if (S_ISREG(st.st_mode) && !strncmp(name, "dmesg", 5) && s->count < RECORDS_MAX)
		return take_record(s, name, &st);
	return 0;
}

static int look_into(struct relics *to, const char *path, unsigned int depth)
{
	_cleanup_closedir_ DIR *dir = opendir(path);
	struct shelf s = { .list = NULL };
	struct dirent *e;
	int err = 0;

	if (!dir)
		return errno == ENOENT ? 0 : -errno;
	snprintf(s.path, sizeof(s.path), "%s", path);
	s.list = calloc(RECORDS_MAX, sizeof(*s.list));
	if (!s.list)
		return -ENOMEM;
	while (!err && (e = readdir(dir)))
		err = take_entry(to, &s, dirfd(dir), e->d_name, depth);
	if (!err && s.count)
		err = take_shelf(to, &s);
	clear_shelf(&s);
	return err;
}

int relics_find_pstore(struct relics *to, const char *pstore)
{
	return look_into(to, pstore, 0);
}

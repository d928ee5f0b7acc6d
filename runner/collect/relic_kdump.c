/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Where the distributions' kdump leaves a dump:
 *   Debian, Ubuntu   /var/crash/202611230501/{dump.202611230501,dmesg.202611230501}
 *   Fedora, RHEL /var/crash/127.0.0.1-2026-11-23-05:01:12/{vmcore,vmcore-dmesg.txt,kexec-dmesg.log}
 *   SUSE             /var/crash/2026-11-23-05:01/{vmcore,dmesg.txt,README.txt}
 * and the same with "incomplete" in the name while, or because, the dump was not finished. Folders
 * are named in local time, so the crash is dated by the files' own times.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/paths.h"
#include "base/textfile.h"
#include "collect/relic.h"

static const struct name {
	const char *begin; /* the whole name, or its begin when it ends with '*' */
	bool vmcore, incomplete;
} names[] = {
	{ "dump-incomplete", true, true }, { "vmcore-incomplete", true, true },
	{ "dump.*", true, false },         { "vmcore", true, false },
	{ "vmcore.*", true, false },       { "vmcore-dmesg.txt", false, false },
	{ "dmesg.*", false, false },       { "vmcore-dmesg-incomplete.txt", false, true },
};

static const struct name *name_of(const char *file)
{
	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		size_t len = strcspn(names[i].begin, "*");

		if (names[i].begin[len] ? !strncmp(file, names[i].begin, len)
					: !strcmp(file, names[i].begin))
			return &names[i];
	}
	return NULL;
}

/* A whole dump outranks an unfinished one that lies beside it. */
static void take_file(struct relic *r, const char *file, const struct stat *st,
		      const struct name *n)
{
	char *to = n->vmcore ? r->vmcore : r->dmesg;

	if (to[0] && n->incomplete)
		return;
	snprintf(to, sizeof(r->vmcore), "%s", file);
	if (st->st_mtime > r->when)
		r->when = st->st_mtime;
	if (!n->vmcore)
		return;
	r->vmcore_bytes = (uint64_t)st->st_size;
	r->torn[0] = '\0';
	if (n->incomplete)
		snprintf(r->torn, sizeof(r->torn), "%.200s was never finished", file);
	else if (!st->st_size)
		snprintf(r->torn, sizeof(r->torn), "%.200s is empty", file);
}

static int read_log(struct relic *r)
{
	char path[5000], *text = NULL;
	size_t size;
	int err;

	if (!r->dmesg[0] || path_format(path, sizeof(path), "%s/%s", r->path, r->dmesg) < 0)
		return 0;
	err = textfile_load(path, RELIC_LOG_MAX, &text, &size);
	return err < 0 ? 0 : relic_take_log(r, text, size);
}

/* Files of one folder; true when it holds anything of a dump. */
static bool take_folder(struct relic *r, int crash_fd, const char *folder)
{
	_cleanup_closedir_ DIR *dir = NULL;
	int fd = openat(crash_fd, folder, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	const struct name *n;
	struct dirent *e;
	struct stat st;

	dir = fd < 0 ? NULL : fdopendir(fd);
	if (!dir) {
		close_fd(fd);
		return false;
	}
	while ((e = readdir(dir)))
		if ((n = name_of(e->d_name)) && !fstatat(fd, e->d_name, &st, AT_SYMLINK_NOFOLLOW) &&
		    S_ISREG(st.st_mode))
			take_file(r, e->d_name, &st, n);
	return r->vmcore[0] || r->dmesg[0];
}

static int take_one(struct relics *to, const char *crash_dir, int fd, const char *folder,
		    int (*look)(struct relic *r))
{
	char path[4096];
	struct relic *r;
	int err;

	if (path_format(path, sizeof(path), "%s/%s", crash_dir, folder) < 0)
		return 0;
	r = relics_add(to, RELIC_KDUMP, path);
	if (!r)
		return -ENOMEM;
	snprintf(r->name, sizeof(r->name), "kdump %.200s", folder);
	if (!take_folder(r, fd, folder)) {
		to->count--;
		return 0;
	}
	err = read_log(r);
	return err || !look || !r->vmcore[0] || r->torn[0] ? err : look(r);
}

int relics_find_kdump(struct relics *to, const char *crash_dir, int (*look)(struct relic *r))
{
	_cleanup_closedir_ DIR *dir = opendir(crash_dir);
	struct dirent *e;
	int err = 0;

	if (!dir)
		return errno == ENOENT ? 0 : -errno;
	while (!err && (e = readdir(dir)))
		if (e->d_name[0] != '.')
			err = take_one(to, crash_dir, dirfd(dir), e->d_name, look);
	return err;
}

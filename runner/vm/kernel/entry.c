/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Size and date of modification are enough: whoever writes into a file, cuts it or puts another in
 * its place changes one of them, and comparing 2,000 of them takes 10 ms where a digest of their
 * contents takes half a second. What rots on the disk without a write is for the file system to
 * find.
 */
#include "vm/kernel/entry.h"

#include <fcntl.h>
#include <ftw.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>

#include "base/cleanup.h"
#include "base/paths.h"
#include "vm/cache.h"

#define CONTENTS ".contents"
#define CONTENTS_TMP ".contents.new"

static FILE *listing; /* nftw() hands no context to its callback */
static size_t listing_root;
static unsigned int listed;

static int list_one(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
	if (type != FTW_F || !S_ISREG(st->st_mode) ||
	    strcmp(path + listing_root, CONTENTS_TMP) == 0)
		return 0;
	listed++;
	fprintf(listing, "%lld %lld.%09ld %s\n", (long long)st->st_size,
		(long long)st->st_mtim.tv_sec, st->st_mtim.tv_nsec, path + listing_root);
	return 0;
}

static int write_contents(const char *made, const char *about)
{
	char temporary[4096], path[4096];
	int r = path_format(temporary, sizeof(temporary), "%s/" CONTENTS_TMP, made);

	if (r == 0)
		r = path_format(path, sizeof(path), "%s/" CONTENTS, made);
	if (r < 0)
		return r;
	listing = fopen(temporary, "we");
	if (!listing)
		return -errno;
	listing_root = strlen(made) + 1;
	listed = 0;
	fprintf(listing, "%s\n", about);
	r = nftw(made, list_one, 32, FTW_PHYS) ? -EIO : 0;
	fprintf(listing, "end %u\n", listed);
	if (fflush(listing) != 0 || ferror(listing))
		r = -EIO;
	fclose(listing);
	if (r == 0 && rename(temporary, path) < 0)
		r = -errno;
	return r;
}

static FILE *open_contents(const char *entry, char about[ENTRY_ABOUT_MAX])
{
	char path[4096];
	FILE *f;

	if (path_format(path, sizeof(path), "%s/" CONTENTS, entry) < 0 || !(f = fopen(path, "re")))
		return NULL;
	if (fgets(about, ENTRY_ABOUT_MAX, f)) {
		about[strcspn(about, "\n")] = '\0';
		return f;
	}
	fclose(f);
	return NULL;
}

static bool as_listed(int dir, const char *line)
{
	long long size, seconds;
	long nanoseconds;
	int at = 0;
	struct stat st;

	if (sscanf(line, "%lld %lld.%ld %n", &size, &seconds, &nanoseconds, &at) != 3 || at == 0)
		return false;
	return fstatat(dir, line + at, &st, AT_SYMLINK_NOFOLLOW) == 0 && S_ISREG(st.st_mode) &&
	       st.st_size == size && st.st_mtim.tv_sec == seconds &&
	       st.st_mtim.tv_nsec == nanoseconds;
}

static bool whole(const char *entry, char about[ENTRY_ABOUT_MAX])
{
	_cleanup_close_ int dir = open(entry, O_PATH | O_DIRECTORY | O_CLOEXEC);
	_cleanup_fclose_ FILE *f = dir < 0 ? NULL : open_contents(entry, about);
	unsigned int count = 0, promised;
	char line[4200];

	while (f && fgets(line, sizeof(line), f)) {
		if (sscanf(line, "end %u", &promised) == 1)
			return promised == count;
		line[strcspn(line, "\n")] = '\0';
		if (!as_listed(dir, line))
			return false;
		count++;
	}
	return false;
}

/* Under the lock of the kind and looked at again: another may have put a whole one there meanwhile.
 */
static void remove_damaged(const char *kind, const char *path)
{
	char folder[4096], about[ENTRY_ABOUT_MAX];
	_cleanup_close_ int lock = -1;

	if (cache_folder(kind, folder, sizeof(folder)) < 0)
		return;
	lock = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (lock >= 0 && flock(lock, LOCK_EX) == 0 && !whole(path, about))
		cache_remove(path);
}

static int entry_path(const char *kind, const char *key, char ret[4096])
{
	char folder[4096 - 256];
	int r = cache_folder(kind, folder, sizeof(folder));

	return r < 0 ? r : path_format(ret, 4096, "%s/%s", folder, key);
}

int entry_find(const char *kind, const char *key, char ret_path[4096],
	       char ret_about[ENTRY_ABOUT_MAX])
{
	char about[ENTRY_ABOUT_MAX];
	struct stat st;
	int r = entry_path(kind, key, ret_path);

	if (r < 0)
		return r;
	if (lstat(ret_path, &st) < 0)
		return -errno;
	if (!whole(ret_path, about)) {
		remove_damaged(kind, ret_path);
		return -ENOENT;
	}
	if (ret_about)
		memcpy(ret_about, about, sizeof(about));
	return 0;
}

int entry_about(const char *kind, const char *key, char ret_about[ENTRY_ABOUT_MAX])
{
	_cleanup_fclose_ FILE *f = NULL;
	char path[4096];
	int r = entry_path(kind, key, path);

	if (r < 0)
		return r;
	f = open_contents(path, ret_about);
	return f ? 0 : -ENOENT;
}

int entry_begin(const char *kind, char ret_made[4096], struct diag *d)
{
	int r = cache_begin(kind, ret_made, 4096);

	if (r < 0)
		diag_set(d, r,
			 "the cache has no place for %s: %s; set HANGAR_CACHE_HOME to a folder "
			 "that you may write",
			 kind, strerror(-r));
	return r;
}

int entry_publish(const char *kind, const char *made, const char *key, const char *about,
		  char ret_path[4096], struct diag *d)
{
	int r = write_contents(made, about);

	if (r < 0)
		cache_remove(made);
	else
		r = cache_publish(kind, made, key);
	if (r == 0)
		r = entry_path(kind, key, ret_path);
	if (r < 0)
		diag_set(d, r, "the cache's entry %s/%s cannot be written: %s", kind, key,
			 strerror(-r));
	return r;
}

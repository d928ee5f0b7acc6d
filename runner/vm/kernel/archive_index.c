/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Lists are 50 MB of text, packed by apt with whatever it likes best (lz4); they are read once
 * after a fetch. */
#include "vm/kernel/archive_index.h"

#include <errno.h>
#include <fcntl.h>
#include <fnmatch.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

#include "base/cleanup.h"
#include "base/paths.h"
#include "base/textfile.h"
#include "vm/cache.h"
#include "vm/kernel/debver.h"
#include "vm/libs/late_archive.h"

#define LIST_MAX (1ull << 30)
#define LINE_MAX_BYTES 4096 /* longer ones (dependencies, tags) are of no interest and cut */

static bool of_a_kernel(const char *name)
{
	/* what the tools in linux-kbuild are linked with: headers_tools.c */
	static const char *const libraries[] = { "libc6", "libelf1t64", "libelf1", "zlib1g",
						 "libzstd1" };
	static const char *const kinds[] = { "image", "binary",  "modules",
					     "base",  "headers", "kbuild" };
	char start[32];

	for (size_t i = 0; i < ARRAY_SIZE(libraries); i++)
		if (strcmp(name, libraries[i]) == 0)
			return true;
	for (size_t i = 0; i < ARRAY_SIZE(kinds); i++) {
		snprintf(start, sizeof(start), "linux-%s-", kinds[i]);
		if (strncmp(name, start, strlen(start)) == 0 &&
		    strchr("0123456789", name[strlen(start)]) && name[strlen(start)])
			return true;
	}
	return false;
}

static bool take_field(const char *line, const char *field, char *ret, size_t size)
{
	size_t length = strlen(field);

	if (strncmp(line, field, length) != 0)
		return false;
	snprintf(ret, size, "%s", line + length);
	return true;
}

bool archive_index_line(struct offered *p, const char *line)
{
	char bytes[32];
	bool done = !line[0] && of_a_kernel(p->name) && p->version[0] &&
		    !strpbrk(p->version, " \t/") && !strpbrk(p->name, " \t/");

	if (line[0] && take_field(line, "Package: ", p->name, sizeof(p->name))) {
		p->version[0] = '\0';
		p->bytes = 0;
	} else if (!take_field(line, "Version: ", p->version, sizeof(p->version)) &&
		   take_field(line, "Size: ", bytes, sizeof(bytes))) {
		p->bytes = strtoull(bytes, NULL, 10);
	}
	return done;
}

struct lines {
	char text[LINE_MAX_BYTES];
	size_t used;
	struct offered package;
	FILE *to;
};

static void end_line(struct lines *l)
{
	l->text[l->used] = '\0';
	l->used = 0;
	if (!archive_index_line(&l->package, l->text))
		return;
	fprintf(l->to, "%s %s %llu\n", l->package.name, l->package.version,
		(unsigned long long)l->package.bytes);
	l->package.name[0] = '\0';
}

static void take_block(struct lines *l, const char *block, size_t size)
{
	for (size_t i = 0; i < size; i++) {
		if (block[i] == '\n')
			end_line(l);
		else if (l->used + 1 < sizeof(l->text))
			l->text[l->used++] = block[i];
	}
}

static int read_list(const char *path, FILE *to, struct diag *d)
{
	struct archive *a = archive_read_new();
	_cleanup_free_ struct lines *l = calloc(1, sizeof(*l));
	struct archive_entry *entry;
	char block[16384];
	la_ssize_t n = -1;
	uint64_t total = 0;

	if (a && l) {
		l->to = to;
		archive_read_support_filter_all(a);
		archive_read_support_format_raw(a);
		archive_read_support_format_empty(a);
		if (archive_read_open_filename(a, path, 65536) == ARCHIVE_OK &&
		    archive_read_next_header(a, &entry) == ARCHIVE_OK)
			while ((n = archive_read_data(a, block, sizeof(block))) > 0 &&
			       (total += (uint64_t)n) < LIST_MAX)
				take_block(l, block, (size_t)n);
		else if (archive_errno(a) == 0)
			n = 0; /* an empty list: a suite without packages */
	}
	if (l && n == 0)
		end_line(l);
	archive_read_free(a);
	return n == 0 ? 0 : diag_set(d, -EBADMSG, "%s cannot be read; delete it", path);
}

static int folder_of(const char *suite, char *ret, size_t size)
{
	char kind[128];
	int r = path_format(kind, sizeof(kind), "lists/%s", suite);

	return r < 0 ? r : cache_folder(kind, ret, size);
}

static int read_lists(const char *folder, FILE *to, struct diag *d)
{
	_cleanup_closedir_ DIR *dir = NULL;
	const struct dirent *entry;
	char path[4096];
	int r = path_format(path, sizeof(path), "%s/state/lists", folder);

	if (r < 0 || !(dir = opendir(path)))
		return diag_set(d, r < 0 ? r : -errno, "%s: no lists of apt there", path);
	while (r == 0 && (entry = readdir(dir)))
		if (fnmatch("*_Packages", entry->d_name, 0) == 0 ||
		    fnmatch("*_Packages.*", entry->d_name, 0) == 0) {
			r = path_format(path, sizeof(path), "%s/state/lists/%s", folder,
					entry->d_name);
			if (r == 0)
				r = read_list(path, to, d);
		}
	return r;
}

int archive_index_distil(const char *suite, struct diag *d)
{
	_cleanup_free_ char *text = NULL;
	char folder[4096 - 64], path[4096];
	size_t size = 0;
	FILE *to;
	int r = late_archive(d);

	if (r == 0)
		r = folder_of(suite, folder, sizeof(folder));
	if (r < 0)
		return r;
	to = open_memstream(&text, &size);
	if (!to)
		return diag_set(d, -ENOMEM, "no memory");
	r = read_lists(folder, to, d);
	if (fclose(to) != 0)
		r = -ENOMEM;
	if (r == 0)
		r = path_format(path, sizeof(path), "%s/index2", folder);
	if (r == 0)
		r = textfile_replace_at(AT_FDCWD, path, text, size);
	return r < 0 ? diag_set(d, r, "%s/index2: %s", folder, strerror(-r)) : 0;
}

static int add(struct archive_index *c, const struct offered *p)
{
	if (c->count == c->room) {
		unsigned int room = c->room ? 2 * c->room : 256;
		struct offered *more = realloc(c->packages, room * sizeof(*more));

		if (!more)
			return -ENOMEM;
		c->packages = more;
		c->room = room;
	}
	c->packages[c->count++] = *p;
	return 0;
}

int archive_index_load(struct archive_index *c, const char *suite)
{
	char folder[4096 - 64], path[4096], line[512];
	_cleanup_fclose_ FILE *f = NULL;
	unsigned long long bytes;
	int r = folder_of(suite, folder, sizeof(folder));

	if (r < 0 || (r = path_format(path, sizeof(path), "%s/index2", folder)) < 0)
		return r;
	f = fopen(path, "re");
	if (!f)
		return -errno;
	while (r == 0 && fgets(line, sizeof(line), f)) {
		struct offered p = { 0 };

		if (sscanf(line, "%127s %127s %llu", p.name, p.version, &bytes) != 3)
			continue; /* damaged: the next fetch mends it */
		p.bytes = bytes;
		snprintf(p.suite, sizeof(p.suite), "%s", suite);
		r = add(c, &p);
	}
	return r;
}

void archive_index_clear(struct archive_index *c)
{
	free(c->packages);
	memset(c, 0, sizeof(*c));
}

int64_t archive_index_age(const char *suite)
{
	char folder[4096 - 64], path[4096];
	struct stat st;

	if (folder_of(suite, folder, sizeof(folder)) < 0 ||
	    path_format(path, sizeof(path), "%s/index2", folder) < 0 || stat(path, &st) < 0)
		return -ENOENT;
	return time(NULL) > st.st_mtime ? time(NULL) - st.st_mtime : 0;
}

const struct offered *archive_index_get(const struct archive_index *c, const char *suite,
					const char *name, const char *version)
{
	const struct offered *best = NULL;

	for (unsigned int i = 0; i < c->count; i++) {
		const struct offered *p = &c->packages[i];

		if (strcmp(p->name, name) != 0 || strcmp(p->suite, suite) != 0 ||
		    (version && strcmp(p->version, version) != 0))
			continue;
		if (!best || debver_compare(p->version, best->version) > 0)
			best = p;
	}
	return best;
}

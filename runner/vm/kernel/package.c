/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The entries of an archive, each judged before a byte of it is written. A package that breaks one
 * rule is refused whole: no packager makes such a one by accident.
 */
#include "vm/kernel/package.h"

#include <errno.h>
#include <fnmatch.h>
#include <string.h>

#include "base/cleanup.h"
#include "vm/kernel/layers.h"
#include "vm/kernel/unpack.h"
#include "vm/libs/late_archive.h"

#define ENTRIES_MAX 200000 /* headers of a kernel: 20,000 files; all its modules: 5,000 */

struct unpacking {
	const char *package;
	const struct package_rules *rules;
	struct diag *d;
	int root;
	uint64_t kept;
	int files;
};

static bool below(const char *path, const char *folder)
{
	size_t length = strlen(folder);

	return strncmp(path, folder, length) == 0 && path[length] != '\0';
}

static bool want_image(const char *path)
{
	return below(path, "boot/vmlinuz") || below(path, "boot/config") ||
	       below(path, "lib/modules/");
}

/* usr/lib/debug/boot/vmlinux-R (Debian), usr/lib/debug/lib/modules/R/vmlinux (Fedora),
 * boot/vmlinux-R.debug (SUSE) */
static bool want_symbols(const char *path)
{
	const char *name = strrchr(path, '/');

	return name && below(path, "usr/lib/debug/") &&
	       (strcmp(name, "/vmlinux") == 0 || fnmatch("/vmlinux-*", name, FNM_NOESCAPE) == 0);
}

static bool want_libraries(const char *path)
{
	const char *rest = path + strlen("usr/lib/x86_64-linux-gnu/");

	return below(path, "usr/lib/x86_64-linux-gnu/") && !strchr(rest, '/') &&
	       strstr(rest, ".so");
}

/* without vmlinux, which newer packages bring for its type information alone: with it the build
 * asks for pahole */
static bool want_headers(const char *path)
{
	const char *name = strrchr(path, '/');

	if (name && strcmp(name, "/vmlinux") == 0)
		return false;
	return below(path, "usr/src/") || below(path, "usr/lib/linux-kbuild");
}

const struct package_rules package_image = { want_image, false, 8ull << 30, 4ull << 30,
					     ENTRIES_MAX };
/* linux-image-...-amd64-dbg: 855 MB packed, 7 GB unpacked, of which vmlinux is 0.8 */
const struct package_rules package_symbols = { want_symbols, false, 32ull << 30, 8ull << 30,
					       ENTRIES_MAX };
const struct package_rules package_libraries = { want_libraries, true, 1ull << 30, 1ull << 28,
						 ENTRIES_MAX };
const struct package_rules package_headers = { want_headers, true, 4ull << 30, 4ull << 30,
					       ENTRIES_MAX };

/* Text of the package's own in a message: nothing that a terminal would obey. */
static const char *tidy(const char *text, char *buf, size_t size)
{
	size_t i;

	for (i = 0; text && text[i] && i + 1 < size; i++)
		buf[i] = (unsigned char)text[i] < 0x20 || text[i] == 0x7f ? '?' : text[i];
	buf[i] = '\0';
	return buf;
}

static int refuse(struct unpacking *u, int err, const char *entry, const char *why)
{
	char name[200];

	return diag_set(u->d, err,
			"%s is refused: its entry \"%s\" %s; get the package again from a source "
			"that you trust",
			u->package, tidy(entry, name, sizeof(name)), why);
}

static int failed(struct unpacking *u, int err, const char *entry)
{
	char name[200];

	if (err == -EEXIST || err == -ENOTDIR || err == -ELOOP || err == -EISDIR)
		return refuse(u, -EINVAL, entry, "is there twice, or lies below a link");
	return diag_set(u->d, err, "%s: \"%s\" cannot be written: %s", u->package,
			tidy(entry, name, sizeof(name)), strerror(-err));
}

/* The contents of the current entry into @fd; holes where the archive has them or a block is zero.
 */
static int write_data(struct unpacking *u, struct layers *from, const char *entry, int fd)
{
	const void *block;
	size_t size;
	la_int64_t offset, end = 0;
	int r;

	while ((r = archive_read_data_block(layers_archive(from), &block, &size, &offset)) ==
	       ARCHIVE_OK) {
		if (offset < end || (uint64_t)offset > u->rules->max_kept)
			return refuse(u, -E2BIG, entry, "has data where none can be");
		u->kept += size;
		if (u->kept > u->rules->max_kept)
			return refuse(u, -E2BIG, entry,
				      "makes the package larger than any kernel is");
		for (size_t done = 0; done < size;) {
			ssize_t n = pwrite(fd, (const char *)block + done, size - done,
					   offset + (off_t)done);

			if (n < 0 && errno != EINTR)
				return failed(u, -errno, entry);
			done += n > 0 ? (size_t)n : 0;
		}
		end = offset + (la_int64_t)size;
	}
	if (r != ARCHIVE_EOF)
		return layers_failed(from, u->package, u->d);
	/* of a declared size, with a hole at its end */
	if (ftruncate(fd, end) < 0)
		return failed(u, -errno, entry);
	return 0;
}

/*
 * Where an entry goes. Modules lie below /usr/lib or, in older packages, /lib; depmod and libkmod
 * are told one place, so they all go to the older one.
 */
static int place(const char *name, char *ret, size_t size)
{
	int r = unpack_name(name, ret, size);

	if (r == 0 && below(ret, "usr/lib/modules/"))
		memmove(ret, ret + 4, strlen(ret + 4) + 1);
	return r;
}

static int keep_file(struct unpacking *u, struct layers *from, const char *path,
		     struct archive_entry *entry)
{
	bool program = archive_entry_perm(entry) & 0111;
	_cleanup_close_ int fd = unpack_file(u->root, path, program ? 0755 : 0644);

	if (fd < 0)
		return failed(u, fd, path);
	u->files++;
	return write_data(u, from, path, fd);
}

static int keep_hardlink(struct unpacking *u, struct layers *from, const char *path, const char *to,
			 struct archive_entry *entry)
{
	_cleanup_close_ int fd = -1;
	char target[4096];
	int r = place(to, target, sizeof(target));

	if (r < 0)
		return refuse(u, r, path, "is a hard link that leads out of the package");
	if (!u->rules->want(target))
		return refuse(u, -EINVAL, path, "is a hard link to what is no part of a kernel");
	r = unpack_hardlink(u->root, path, target);
	if (r == -ENOENT || r == -EXDEV || r == -EPERM)
		return refuse(u, -EINVAL, path, "is a hard link to what is no file before it");
	if (r < 0)
		return failed(u, r, path);
	u->files++;
	if (archive_entry_size(entry) <= 0)
		return 0;
	fd = unpack_file_again(u->root, path); /* cpio: the last name brings the contents */
	return fd < 0 ? failed(u, fd, path) : write_data(u, from, path, fd);
}

/* The links to a build tree that is not here; packages of kernels have had them for twenty years.
 */
static bool link_to_build_tree(const char *path)
{
	return fnmatch("*lib/modules/*/build", path, FNM_NOESCAPE) == 0 ||
	       fnmatch("*lib/modules/*/source", path, FNM_NOESCAPE) == 0;
}

static int keep_symlink(struct unpacking *u, const char *path, const char *to)
{
	char target[4096];
	int r = unpack_target(path, to, target, sizeof(target));

	if (!u->rules->links && link_to_build_tree(path))
		return 0;
	if (r < 0 || (!u->rules->links && to[0] == '/'))
		return refuse(u, -EINVAL, path, "is a link that leads out of the package");
	if (!u->rules->links)
		return 0;
	r = unpack_symlink(u->root, path, target);
	return r < 0 ? failed(u, r, path) : 0;
}

static int keep(struct unpacking *u, struct layers *from, struct archive_entry *entry)
{
	const char *name = archive_entry_pathname(entry), *to;
	char path[4096];
	int r;

	if (place(name, path, sizeof(path)) < 0)
		return refuse(u, -EINVAL, name, "does not lie inside the package");
	if (archive_entry_size_is_set(entry) &&
	    (uint64_t)archive_entry_size(entry) > u->rules->max_bytes)
		return refuse(u, -E2BIG, path, "claims a size that no kernel has");
	if ((to = archive_entry_hardlink(entry)))
		return u->rules->want(path) ? keep_hardlink(u, from, path, to, entry) : 0;
	switch (archive_entry_filetype(entry)) {
	case AE_IFREG:
		return u->rules->want(path) ? keep_file(u, from, path, entry) : 0;
	case AE_IFLNK:
		return u->rules->want(path) ? keep_symlink(u, path, archive_entry_symlink(entry))
					    : 0;
	case AE_IFDIR:
		r = u->rules->want(path) ? unpack_folder(u->root, path) : 0;
		return r < 0 ? failed(u, r, path) : 0;
	default:
		return refuse(u, -EINVAL, path, "is a device, a socket or a FIFO");
	}
}

int package_unpack(const char *path, const struct package_rules *rules, int root, struct diag *d)
{
	struct unpacking u = { .package = path, .rules = rules, .d = d, .root = root };
	_cleanup_(layers_close) struct layers *from = NULL;
	struct archive_entry *entry;
	unsigned int entries = 0;
	int r = layers_open(path, rules->max_bytes, &from, d);

	while (r == 0) {
		r = archive_read_next_header(layers_archive(from), &entry);
		if (r == ARCHIVE_EOF)
			return u.files;
		if (r != ARCHIVE_OK && r != ARCHIVE_WARN)
			return layers_failed(from, path, d);
		if (++entries > rules->max_entries)
			return diag_set(d, -E2BIG, "%s is refused: it has more than %u entries",
					path, rules->max_entries);
		r = keep(&u, from, entry);
	}
	return r;
}

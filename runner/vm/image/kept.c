/* SPDX-License-Identifier: GPL-2.0-or-later */
/* images/KEY/piece.cpio and images/KEY/sources: "BYTES CRC" of the archive, then an identity a
 * line. */
#include "vm/image/kept.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <nettle/sha2.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <zlib.h>

#include "base/cleanup.h"
#include "base/paths.h"
#include "base/textfile.h"
#include "vm/cache.h"

#define KIND "images"
#define SOURCES_MAX (4u << 20)

int kept_identity(FILE *to, const char *path)
{
	struct stat st;

	if (stat(path, &st) < 0)
		return -errno;
	fprintf(to, "%jd %ju %jd.%09ld %jd.%09ld %s\n", (intmax_t)st.st_size, (uintmax_t)st.st_ino,
		(intmax_t)st.st_mtim.tv_sec, st.st_mtim.tv_nsec, (intmax_t)st.st_ctim.tv_sec,
		st.st_ctim.tv_nsec, path);
	return 0;
}

void kept_key(const char *recipe, size_t size, char ret[65])
{
	unsigned char digest[SHA256_DIGEST_SIZE];
	struct sha256_ctx ctx;

	sha256_init(&ctx);
	sha256_update(&ctx, size, (const unsigned char *)recipe);
	sha256_digest(&ctx, sizeof(digest), digest);
	for (size_t i = 0; i < sizeof(digest); i++)
		sprintf(ret + 2 * i, "%02x", digest[i]);
}

/* "BYTES CRC\n" of the archive in @fd */
static int checksum(int fd, char *buf, size_t size)
{
	static unsigned char block[256 << 10];
	uLong crc = crc32(0, NULL, 0);
	uint64_t bytes = 0;
	ssize_t n;

	while ((n = pread(fd, block, sizeof(block), (off_t)bytes)) != 0) {
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -errno;
		crc = crc32(crc, block, (uInt)n);
		bytes += (uint64_t)n;
	}
	snprintf(buf, size, "%" PRIu64 " %08lx\n", bytes, crc);
	return 0;
}

/* The identity of the file that the line names is still the line. */
static bool same(const char *line, size_t size)
{
	const char *path = memchr(line, '/', size);
	_cleanup_free_ char *name = NULL, *now = NULL;
	size_t now_size;
	FILE *to;
	bool equal;

	if (!path)
		return false;
	name = strndup(path, size - (size_t)(path - line));
	to = open_memstream(&now, &now_size);
	if (!to)
		return false;
	equal = name && kept_identity(to, name) == 0;
	fclose(to);
	return equal && now && now_size == size + 1 && memcmp(now, line, size) == 0;
}

static bool usable(const char *folder)
{
	_cleanup_free_ char *sources = NULL;
	_cleanup_close_ int fd = -1;
	char path[4096], sum[64];
	size_t size = 0;

	if (path_format(path, sizeof(path), "%s/sources", folder) ||
	    textfile_load(path, SOURCES_MAX, &sources, &size) || size < 2 ||
	    sources[size - 1] != '\n' || path_format(path, sizeof(path), "%s/piece.cpio", folder))
		return false;
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0 || checksum(fd, sum, sizeof(sum)) || strncmp(sources, sum, strlen(sum)))
		return false;
	for (char *line = sources + strlen(sum), *end; line < sources + size; line = end + 1) {
		end = strchr(line, '\n');
		if (!end || !same(line, (size_t)(end - line)))
			return false;
	}
	return true;
}

static int folder_of(const char *key, char folder[4096])
{
	char kind[4096];
	int err = cache_folder(KIND, kind, sizeof(kind));

	return err ? err : path_format(folder, 4096, "%s/%s", kind, key);
}

int kept_find(const char *key, char ret_path[4096])
{
	char folder[4096];
	int err = folder_of(key, folder);

	if (err)
		return err;
	if (usable(folder))
		return path_format(ret_path, 4096, "%s/piece.cpio", folder);
	if (access(folder, F_OK) == 0)
		cache_remove(folder);
	return -ENOENT;
}

static int write_sources(int folder, int archive, const struct piece *p, struct diag *d)
{
	_cleanup_close_ int fd =
		openat(folder, "sources", O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644);
	_cleanup_fclose_ FILE *to = fd < 0 ? NULL : fdopen(fd, "w");
	char sum[64];
	int err;

	if (!to)
		return -errno;
	take_fd(&fd);
	err = checksum(archive, sum, sizeof(sum));
	fputs(sum, to);
	for (unsigned int i = 0; i < p->count && !err; i++) {
		const char *source = p->entries[i].source;

		err = source ? kept_identity(to, source) : 0;
		if (err)
			diag_set(d, err, "%s cannot be read: %s", source, strerror(-err));
	}
	return !err && (fflush(to) || ferror(to)) ? -errno : err;
}

static int write_entry(const char *made, struct piece *p, struct diag *d)
{
	_cleanup_close_ int folder = open(made, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	_cleanup_close_ int fd = -1;
	int err;

	if (folder < 0)
		return -errno;
	fd = openat(folder, "piece.cpio", O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0644);
	if (fd < 0)
		return -errno;
	err = piece_write(p, fd, d);
	return err ? err : write_sources(folder, fd, p, d);
}

int kept_make(const char *key, struct piece *p, char ret_path[4096], struct diag *d)
{
	char made[4096], folder[4096];
	int err = cache_begin(KIND, made, sizeof(made));

	if (err)
		return diag_set(d, err, "the cache of images cannot be written: %s",
				strerror(-err));
	err = write_entry(made, p, d);
	if (!err)
		err = cache_publish(KIND, made, key);
	else
		cache_remove(made);
	if (!err)
		err = folder_of(key, folder);
	if (!err)
		err = path_format(ret_path, 4096, "%s/piece.cpio", folder);
	return err ? diag_set(d, err, "%s cannot be written: %s", made, strerror(-err)) : 0;
}

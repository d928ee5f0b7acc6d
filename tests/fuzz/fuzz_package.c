/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Packages come from anywhere. The input goes once as a whole package, once as the tar inside a
 * .deb, once as a vmlinux and once as the head of a boot image. Whatever it says, no file may
 * appear beside the folder that it is unpacked into.
 */
#include <fcntl.h>
#include <ftw.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "vm/kernel/bzimage.h"
#include "vm/kernel/package.h"
#include "vm/kernel/vmlinux.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const struct package_rules *const all_rules[] = { &package_image, &package_symbols,
							 &package_headers };

static int remove_one(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
	return ftw->level ? remove(path) : 0;
}

static int outside;

static int count_one(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
	if (ftw->level == 1 && strcmp(path + ftw->base, "root") != 0)
		outside++;
	return 0;
}

static void unpack(const char *folder, const char *package)
{
	char root[256];
	int fd;

	snprintf(root, sizeof(root), "%s/root", folder);
	for (size_t i = 0; i < sizeof(all_rules) / sizeof(all_rules[0]); i++) {
		mkdir(root, 0755);
		fd = open(root, O_RDONLY | O_DIRECTORY);
		package_unpack(package, all_rules[i], fd, NULL);
		close(fd);
		outside = 0;
		nftw(folder, count_one, 16, FTW_PHYS);
		if (outside)
			abort();
		nftw(folder, remove_one, 16, FTW_PHYS | FTW_DEPTH);
	}
}

static void member(int fd, const char *name, const void *data, size_t size)
{
	dprintf(fd, "%-16s%-12d%-6d%-6d%-8o%-10zu`\n", name, 0, 0, 0, 0100644, size);
	if (write(fd, data, size) != (ssize_t)size || (size % 2 && write(fd, "\n", 1) != 1))
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static char folder[] = "/dev/shm/fuzz_package.XXXXXX", path[64];
	static int made, fd = -1;
	struct bzimage image;
	struct vmlinux elf;

	if (!made++ && !mkdtemp(folder))
		abort();
	bzimage_parse(data, size, &image);
	fd = memfd_create("package", 0);
	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	if (write(fd, data, size) != (ssize_t)size)
		abort();
	vmlinux_load(path, &elf, NULL);
	bzimage_same_build(image.banner, elf.banner);
	unpack(folder, path);
	if (ftruncate(fd, 0) || lseek(fd, 0, SEEK_SET) || write(fd, "!<arch>\n", 8) != 8)
		abort();
	member(fd, "debian-binary", "2.0\n", 4);
	member(fd, "data.tar", data, size);
	unpack(folder, path);
	close(fd);
	return 0;
}

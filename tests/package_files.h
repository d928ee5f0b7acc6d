/* SPDX-License-Identifier: GPL-2.0-or-later */
/* For the tests of packages: a folder to unpack into. */
#ifndef TESTS_PACKAGE_FILES_H
#define TESTS_PACKAGE_FILES_H

#include <fcntl.h>
#include <ftw.h>
#include <sys/stat.h>

#include "base/cleanup.h"
#include "package_maker.h"
#include "tmpdir.h"
#include "vm/kernel/package.h"

#define MODULES "lib/modules/6.1.0/"

static char folder[256], package[300], root_path[300];
static int root = -1;

static inline int set_up(void **state)
{
	if (tmpdir_make(state) < 0)
		return -1;
	snprintf(folder, sizeof(folder), "%s", (char *)*state);
	snprintf(package, sizeof(package), "%s/package", folder);
	snprintf(root_path, sizeof(root_path), "%s/root", folder);
	if (mkdir(root_path, 0755) < 0)
		return -1;
	root = open(root_path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	return root < 0;
}

static inline int tear_down(void **state)
{
	root = close_fd(root);
	return tmpdir_remove(state);
}

static unsigned int seen;

static inline int count_one(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
	seen += type != FTW_D && type != FTW_DP;
	return 0;
}

/* Everything below the test's folder that is no folder: the package itself, and what was unpacked.
 */
static inline unsigned int files_in(const char *path)
{
	seen = 0;
	nftw(path, count_one, 16, FTW_PHYS);
	return seen;
}

/* Unpacking must fail with @err, a message that holds @word, and nothing outside of the root. */
static inline void refused(const struct package_rules *rules, int err, const char *word)
{
	struct diag d = { 0 };
	int r = package_unpack(package, rules, root, &d);

	if (r != err || !strstr(d.message, word) || !strstr(d.message, package))
		fail_msg("%d (not %d): \"%s\" (not \"%s\")", r, err, d.message, word);
	for (const char *c = d.message; *c; c++)
		assert_true((unsigned char)*c >= 0x20);
	assert_int_equal(files_in(folder), files_in(root_path) + 1);
}

static const struct item good[] = {
	{ "./", 'd', NULL },
	{ "./boot/", 'd', NULL },
	{ "./boot/vmlinuz-6.1.0", 'f', "image" },
	{ "./boot/config-6.1.0", 'f', "CONFIG_EXT4_FS=y\n" },
	{ "./" MODULES "kernel/fs/xfs/xfs.ko.xz", 'f', "module" },
	{ "./usr/share/doc/linux/copyright", 'f', "words" },
	{ "./" MODULES "build", 'l', "/usr/src/linux-headers-6.1.0" },
};

#endif

/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Loading modules. They are numbered in loading order; one that is there already is no error. */
#include "vm/guest/parts.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>

#include "base/cleanup.h"
#include "base/paths.h"
#include "base/textfile.h"

#define MODULE_MAX (64u << 20)

/* finit_module() came with 3.8; some kernels refuse it. */
static int insert_from_memory(const char *path)
{
	_cleanup_free_ char *text = NULL;
	size_t size = 0;
	int err = textfile_load(path, MODULE_MAX, &text, &size);

	if (err)
		return err;
	return syscall(SYS_init_module, text, size, "") < 0 ? -errno : 0;
}

static int insert(const char *path)
{
	_cleanup_close_ int fd = open(path, O_RDONLY | O_CLOEXEC);
	int err;

	if (fd < 0)
		return -errno;
	err = syscall(SYS_finit_module, fd, "", 0) < 0 ? -errno : 0;
	if (err == -ENOSYS || err == -ENOEXEC)
		err = insert_from_memory(path);
	return err == -EEXIST ? 0 : err;
}

static int is_module(const struct dirent *e)
{
	const char *end = strrchr(e->d_name, '.');

	return end && strcmp(end, ".ko") == 0;
}

void modules_insert(const char *folder)
{
	struct dirent **names = NULL;
	int n = scandir(folder, &names, is_module, alphasort);

	for (int i = 0; i < n; i++) {
		char path[512];
		int err = path_format(path, sizeof(path), "%s/%s", folder, names[i]->d_name);

		if (!err)
			err = insert(path);
		if (err) /* -ENODEV: its device is not in this guest */
			guest_say("module %s cannot be loaded: %s", names[i]->d_name,
				  strerror(-err));
		free(names[i]);
	}
	free(names);
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * libcgroup does the creating, writing and removing. Where it falls short the same is done on the
 * file:
 * - groups on v2: cgroup_create_cgroup() of 2.0 turns controllers on below the first folder but
 * never at the mount's own root, and knows no tree without controllers at all (hybrid hosts);
 * - reading: cgroup_read_value_begin() gives one line of a file, and some knobs are read back from
 * several;
 * - values of 100 characters and more (CG_CONTROL_VALUE_MAX), as a long cpuset may be;
 * - a root folder that is not / (the tests' fake trees).
 * cgroup_delete_cgroup() is only called for empty groups, since otherwise it moves the tasks to the
 * parent.
 */
#include "cgroup/cgfs.h"

#include <errno.h>
#include <fcntl.h>
#include <libcgroup.h>
#include <limits.h>
#include <string.h>
#include <sys/stat.h>

#include "base/cleanup.h"
#include "base/paths.h"
#include "base/textfile.h"

#define LIB_VALUE_MAX 100 /* CG_CONTROL_VALUE_MAX, which the public header leaves out */

static void free_group(struct cgroup **g)
{
	if (*g)
		cgroup_free(g);
}

/* libcgroup's code as -errno. ECGOTHER carries the kernel's own. */
static int lib_error(int code)
{
	switch (code) {
	case 0:
		return 0;
	case ECGOTHER:
		return cgroup_get_last_errno() ? -cgroup_get_last_errno() : -EIO;
	case ECGROUPVALUENOTEXIST:
	case ECGROUPNOTEXIST:
	case ECGROUPSUBSYSNOTMOUNTED:
		return -ENOENT;
	case ECGROUPNOTALLOWED:
	case ECGROUPNOTOWNER:
		return -EACCES;
	default:
		return -EIO;
	}
}

static int make_by_lib(const struct hierarchy *h, const char *group)
{
	_cleanup_(free_group) struct cgroup *g = cgroup_new_cgroup(group);

	if (!g)
		return -ENOMEM;
	for (int c = 0; c < CONTROLLER_COUNT; c++)
		if (h->controllers & (1u << c) &&
		    !cgroup_add_controller(g, controller_name((enum controller)c, h->version)))
			return -ENOMEM;
	return lib_error(cgroup_create_cgroup(g, 1));
}

int cgfs_make(const struct hierarchy *h, const char *group)
{
	char path[PATH_MAX];
	int err = path_format(path, sizeof(path), "%s/%s", h->mount, group);

	if (err)
		return err;
	if (h->lib && h->version == 1) {
		err = make_by_lib(h, group);
		if (err)
			return err;
		return access(path, F_OK) < 0 ? -errno : 0;
	}
	err = path_make(path);
	return err == -EEXIST ? 0 : err;
}

int cgfs_remove(const struct hierarchy *h, const char *group)
{
	char path[PATH_MAX];
	int err = path_format(path, sizeof(path), "%s/%s", h->mount, group);

	if (err)
		return err;
	if (h->lib && h->version == 1) {
		_cleanup_(free_group) struct cgroup *g = cgroup_new_cgroup(group);

		for (int c = 0; g && c < CONTROLLER_COUNT; c++)
			if (h->controllers & (1u << c))
				cgroup_add_controller(g, controller_name((enum controller)c, 1));
		if (g)
			cgroup_delete_cgroup_ext(g, CGFLAG_DELETE_EMPTY_ONLY);
		/* 2.0 answers 0 for a group that was busy: look, and ask the kernel for the reason.
		 */
		if (access(path, F_OK) < 0)
			return 0;
	}
	return rmdir(path) < 0 && errno != ENOENT ? -errno : 0;
}

static int write_by_lib(const struct hierarchy *h, enum controller controller, const char *group,
			const char *file, const char *value)
{
	_cleanup_(free_group) struct cgroup *g = cgroup_new_cgroup(group);
	struct cgroup_controller *c =
		g ? cgroup_add_controller(g, controller_name(controller, h->version)) : NULL;
	int code = c ? cgroup_add_value_string(c, file, value) : ECGFAIL;

	return lib_error(code ? code : cgroup_modify_cgroup(g));
}

int cgfs_write(const struct hierarchy *h, enum controller controller, const char *group,
	       const char *file, const char *value)
{
	char path[PATH_MAX];
	int err = path_format(path, sizeof(path), "%s/%s/%s", h->mount, group, file);

	if (err)
		return err;
	if (h->lib && strlen(value) < LIB_VALUE_MAX) {
		err = write_by_lib(h, controller, group, file, value);
		/* Its own codes hide what the kernel said: hear it by writing once more. */
		if (err != -EIO && err != -ENOENT && err != -EACCES)
			return err;
	}
	return textfile_write_at(AT_FDCWD, path, value);
}

int cgfs_read(const struct hierarchy *h, const char *group, const char *file, char *buf,
	      size_t size)
{
	char path[PATH_MAX];
	int err = path_format(path, sizeof(path), "%s/%s/%s", h->mount, group, file);
	ssize_t n = err ? err : textfile_read_at(AT_FDCWD, path, buf, size);

	return n < 0 ? (int)n : 0;
}

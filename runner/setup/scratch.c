/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The place where stressors write. It is never the file system that hangar itself needs: a loop
 * file or a device is formatted and mounted inside the run directory, so that the fault stays in
 * it; a given folder gets a private sub-folder. Each step goes to the undo log before it is taken.
 */
#include "setup.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <libmount.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>

#include "base/cleanup.h"
#include "mkfs.h"
#include "scratch_device.h"

#define SCRATCH_DIR_MAX 4096 /* the size of scratch_make()'s buffer */
/* Left free beside a loop file, for the journal, samples and outputs of a long run. */
#define SPARE_BYTES (128u << 20)

static int note(struct undo *u, const char *kind, const char *path, struct diag *d)
{
	int err = undo_add(u, kind, path, NULL);

	return err ? diag_set(d, err, "cannot write the undo log: %s", strerror(-err)) : 0;
}

static int place(char *buf, const char *dir, const char *name, struct diag *d)
{
	if (snprintf(buf, SCRATCH_DIR_MAX, "%s/%s", dir, name) >= SCRATCH_DIR_MAX)
		return diag_set(d, -ENAMETOOLONG, "the path %s/%s is too long", dir, name);
	return 0;
}

int scratch_dir_of(const struct scratch_spec *spec, const struct rundir *r, char *buf,
		   struct diag *d)
{
	char name[sizeof(r->id) + 8];

	switch (spec->on) {
	case SCRATCH_LOOP:
	case SCRATCH_DEVICE:
		return place(buf, r->path, "scratch", d);
	case SCRATCH_DIRECTORY:
		snprintf(name, sizeof(name), "hangar-%s", r->id);
		return place(buf, spec->where, name, d);
	case SCRATCH_NONE:
	default:
		return place(buf, r->path, "work", d);
	}
}

static int make_folder(struct undo *u, const char *kind, const char *path, struct diag *d)
{
	int err = note(u, kind, path, d);

	if (err)
		return err;
	if (mkdir(path, 0755) < 0 && errno != EEXIST)
		return diag_set(d, -errno, "cannot make the folder %s: %s", path, strerror(errno));
	return 0;
}

static int no_room(const char *path, uint64_t bytes, int error, struct diag *d)
{
	return diag_set(d, -error,
			"no room for the loop file %s of %" PRIu64
			" bytes: %s; choose another place with --out, or a smaller \"size\"",
			path, bytes, strerror(error));
}

/*
 * Reserve the whole file: on a sparse one a full disk shows as an io error of the loop device,
 * which looks like the very fault that is hunted. Asked first, because trying would fill the disk
 * for everybody until it fails.
 */
static int reserve(const char *path, uint64_t bytes, struct diag *d)
{
	_cleanup_close_ int fd = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	struct statvfs fs;
	int err;

	if (fd < 0)
		return diag_set(d, -errno, "cannot make the loop file %s: %s", path,
				strerror(errno));
	if (!fstatvfs(fd, &fs) && (uint64_t)fs.f_bavail * fs.f_frsize < bytes + SPARE_BYTES)
		return no_room(path, bytes, ENOSPC, d);
	err = posix_fallocate(fd, 0, (off_t)bytes);
	return err ? no_room(path, bytes, err, d) : 0;
}

static int mount_error(struct libmnt_context *cxt, int rc, const char *source, bool loop,
		       struct diag *d)
{
	char why[256] = "";
	int err = mnt_context_syscall_called(cxt) ? mnt_context_get_syscall_errno(cxt) : EIO;

	mnt_context_get_excode(cxt, rc, why, sizeof(why));
	return diag_set(d, -(err ? err : EIO), "cannot mount %s: %s%s", source,
			why[0] ? why : strerror(err ? err : EIO),
			loop ? " (a loop mount needs root, /dev/loop-control and a kernel with "
			       "CONFIG_BLK_DEV_LOOP; without them give \"on\" a directory)"
			     : "");
}

static int mount_it(const struct scratch_spec *spec, const char *source, const char *target,
		    bool loop, struct diag *d)
{
	struct libmnt_context *cxt = mnt_new_context();
	char options[1024];
	int rc;

	if (!cxt)
		return -ENOMEM;
	snprintf(options, sizeof(options), "%s%s%s", loop ? "loop" : "",
		 loop && spec->mount ? "," : "", spec->mount ? spec->mount : "");
	/* No entry in /run/mount/utab: nobody but hangar unmounts this, and a kill would leave it.
	 */
	mnt_context_disable_mtab(cxt, 1);
	mnt_context_disable_helpers(cxt, 1);
	if (mnt_context_set_source(cxt, source) || mnt_context_set_target(cxt, target) ||
	    mnt_context_set_fstype(cxt, spec->filesystem) ||
	    (options[0] && mnt_context_set_options(cxt, options))) {
		mnt_free_context(cxt);
		return diag_set(d, -EINVAL, "mount options \"%s\" are not understood", options);
	}
	rc = mnt_context_mount(cxt);
	rc = rc ? mount_error(cxt, rc, source, loop, d) : 0;
	mnt_free_context(cxt);
	return rc;
}

static int make_filesystem(const struct scratch_spec *spec, const char *source, bool loop,
			   struct undo *u, const char *dir, struct diag *d)
{
	int err = mkfs_run(spec, source, d);

	if (!err)
		err = make_folder(u, "directory", dir, d);
	if (!err && loop)
		err = note(u, "loop", source, d);
	if (!err)
		err = note(u, "mount", dir, d);
	if (!err)
		err = mount_it(spec, source, dir, loop, d);
	return err;
}

static int on_loop(const struct scratch_spec *spec, const struct rundir *r, struct undo *u,
		   const char *dir, struct diag *d)
{
	char file[SCRATCH_DIR_MAX];
	int err = place(file, r->path, "scratch.img", d);

	if (!err)
		err = note(u, "file", file, d);
	if (!err)
		err = reserve(file, spec->size_bytes, d);
	return err ? err : make_filesystem(spec, file, true, u, dir, d);
}

static int in_directory(const struct scratch_spec *spec, struct undo *u, const char *dir,
			struct diag *d)
{
	struct stat st;

	if (stat(spec->where, &st) < 0 || !S_ISDIR(st.st_mode))
		return diag_set(d, -ENOTDIR, "the scratch directory %s is not there", spec->where);
	return make_folder(u, "tree", dir, d);
}

int scratch_make(const struct scenario *s, const struct rundir *d, struct undo *u, bool force,
		 char *ret_dir, struct diag *diag)
{
	const struct scratch_spec *spec = &s->scratch;
	int err = scratch_dir_of(spec, d, ret_dir, diag);

	if (err)
		return err;
	switch (spec->on) {
	case SCRATCH_LOOP:
		return on_loop(spec, d, u, ret_dir, diag);
	case SCRATCH_DEVICE:
		err = scratch_device_check(spec->where, force, diag);
		if (!err)
			err = scratch_device_holds(spec->where, spec->size_bytes, diag);
		return err ? err : make_filesystem(spec, spec->where, false, u, ret_dir, diag);
	case SCRATCH_DIRECTORY:
		return in_directory(spec, u, ret_dir, diag);
	case SCRATCH_NONE:
	default:
		return make_folder(u, "tree", ret_dir, diag);
	}
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Each call in both of its forms, side by side. io_uring got them one by one: open, close and write
 * in 5.6, unlink and rename in 5.11, mkdir, link and symlink in 5.15, attributes in 5.19, truncate
 * in 6.9, and readdir never; so what a ring has is asked, row by row, and never taken from a kernel
 * version.
 */
#include "calls.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/xattr.h>
#include <unistd.h>

#define XATTR_NAME "user.hangar"
#define XATTR_VALUE "the quick brown fox jumps over the lazy dog"
#define CREATE_FLAGS (O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC)
#define OPEN_FLAGS (O_WRONLY | O_CLOEXEC)
#define FOLDER_FLAGS (O_RDONLY | O_DIRECTORY | O_CLOEXEC)

/* Newer than liburing 2.3 */
#define OP_FTRUNCATE 55
#define OP_NONE (-1)

/* Nobody reads what is listed and stat'ed. */
static __thread char listed[32768];
static __thread struct statx stated;

static int make_create(const struct call *c)
{
	return openat(c->dirfd, c->path, CREATE_FLAGS, 0600);
}

static void queue_create(struct io_uring_sqe *e, struct call *c)
{
	io_uring_prep_openat(e, c->dirfd, c->path, CREATE_FLAGS, 0600);
}

static int make_open(const struct call *c)
{
	return openat(c->dirfd, c->path, OPEN_FLAGS);
}

static void queue_open(struct io_uring_sqe *e, struct call *c)
{
	io_uring_prep_openat(e, c->dirfd, c->path, OPEN_FLAGS, 0);
}

static int make_open_folder(const struct call *c)
{
	return openat(c->dirfd, c->path, FOLDER_FLAGS);
}

static void queue_open_folder(struct io_uring_sqe *e, struct call *c)
{
	io_uring_prep_openat(e, c->dirfd, c->path, FOLDER_FLAGS, 0);
}

static int make_close(const struct call *c)
{
	return close(c->fd);
}

static void queue_close(struct io_uring_sqe *e, struct call *c)
{
	io_uring_prep_close(e, c->fd);
}

static int make_write(const struct call *c)
{
	return (int)pwrite(c->fd, c->data, c->bytes, 0);
}

static void queue_write(struct io_uring_sqe *e, struct call *c)
{
	io_uring_prep_write(e, c->fd, c->data, (unsigned int)c->bytes, 0);
}

static int make_fsync(const struct call *c)
{
	return fsync(c->fd);
}

static void queue_fsync(struct io_uring_sqe *e, struct call *c)
{
	io_uring_prep_fsync(e, c->fd, 0);
}

static int make_truncate(const struct call *c)
{
	return ftruncate(c->fd, (off_t)c->bytes);
}

static void queue_truncate(struct io_uring_sqe *e, struct call *c)
{
	io_uring_prep_rw(OP_FTRUNCATE, e, c->fd, NULL, 0, c->bytes);
}

static int make_set_xattr(const struct call *c)
{
	return fsetxattr(c->fd, XATTR_NAME, XATTR_VALUE, sizeof(XATTR_VALUE), 0);
}

static void queue_set_xattr(struct io_uring_sqe *e, struct call *c)
{
	io_uring_prep_fsetxattr(e, c->fd, XATTR_NAME, XATTR_VALUE, 0, sizeof(XATTR_VALUE));
}

static int make_remove_xattr(const struct call *c)
{
	return fremovexattr(c->fd, XATTR_NAME);
}

static int make_list(const struct call *c)
{
	long n;

	do
		n = syscall(SYS_getdents64, c->fd, listed, sizeof(listed));
	while (n > 0);
	return (int)n;
}

static int make_stat(const struct call *c)
{
	struct stat st;

	return fstatat(c->dirfd, c->path, &st, AT_SYMLINK_NOFOLLOW);
}

static void queue_stat(struct io_uring_sqe *e, struct call *c)
{
	io_uring_prep_statx(e, c->dirfd, c->path, AT_SYMLINK_NOFOLLOW, STATX_BASIC_STATS, &stated);
}

static int make_unlink(const struct call *c)
{
	return unlinkat(c->dirfd, c->path, 0);
}

static void queue_unlink(struct io_uring_sqe *e, struct call *c)
{
	io_uring_prep_unlinkat(e, c->dirfd, c->path, 0);
}

static int make_rmdir(const struct call *c)
{
	return unlinkat(c->dirfd, c->path, AT_REMOVEDIR);
}

static void queue_rmdir(struct io_uring_sqe *e, struct call *c)
{
	io_uring_prep_unlinkat(e, c->dirfd, c->path, AT_REMOVEDIR);
}

static int make_mkdir(const struct call *c)
{
	return mkdirat(c->dirfd, c->path, 0700);
}

static void queue_mkdir(struct io_uring_sqe *e, struct call *c)
{
	io_uring_prep_mkdirat(e, c->dirfd, c->path, 0700);
}

static int make_rename(const struct call *c)
{
	return renameat(c->dirfd, c->path, c->dirfd, c->to);
}

static void queue_rename(struct io_uring_sqe *e, struct call *c)
{
	io_uring_prep_renameat(e, c->dirfd, c->path, c->dirfd, c->to, 0);
}

static int make_link(const struct call *c)
{
	return linkat(c->dirfd, c->path, c->dirfd, c->to, 0);
}

static void queue_link(struct io_uring_sqe *e, struct call *c)
{
	io_uring_prep_linkat(e, c->dirfd, c->path, c->dirfd, c->to, 0);
}

static int make_symlink(const struct call *c)
{
	return symlinkat(c->to, c->dirfd, c->path);
}

static void queue_symlink(struct io_uring_sqe *e, struct call *c)
{
	io_uring_prep_symlinkat(e, c->to, c->dirfd, c->path);
}

static const struct {
	const char *name;
	int (*make)(const struct call *);
	int opcode;
	void (*queue)(struct io_uring_sqe *, struct call *);
} rows[] = {
	[CALL_CREATE] = { "create", make_create, IORING_OP_OPENAT, queue_create },
	[CALL_OPEN] = { "open", make_open, IORING_OP_OPENAT, queue_open },
	[CALL_OPEN_FOLDER] = { "open a folder", make_open_folder, IORING_OP_OPENAT,
			       queue_open_folder },
	[CALL_CLOSE] = { "close", make_close, IORING_OP_CLOSE, queue_close },
	[CALL_WRITE] = { "write", make_write, IORING_OP_WRITE, queue_write },
	[CALL_FSYNC] = { "fsync", make_fsync, IORING_OP_FSYNC, queue_fsync },
	[CALL_TRUNCATE] = { "truncate", make_truncate, OP_FTRUNCATE, queue_truncate },
	[CALL_SET_XATTR] = { "setxattr", make_set_xattr, IORING_OP_FSETXATTR, queue_set_xattr },
	[CALL_REMOVE_XATTR] = { "removexattr", make_remove_xattr, OP_NONE, NULL },
	[CALL_LIST] = { "readdir", make_list, OP_NONE, NULL },
	[CALL_STAT] = { "stat", make_stat, IORING_OP_STATX, queue_stat },
	[CALL_UNLINK] = { "unlink", make_unlink, IORING_OP_UNLINKAT, queue_unlink },
	[CALL_RMDIR] = { "rmdir", make_rmdir, IORING_OP_UNLINKAT, queue_rmdir },
	[CALL_MKDIR] = { "mkdir", make_mkdir, IORING_OP_MKDIRAT, queue_mkdir },
	[CALL_RENAME] = { "rename", make_rename, IORING_OP_RENAMEAT, queue_rename },
	[CALL_LINK] = { "link", make_link, IORING_OP_LINKAT, queue_link },
	[CALL_SYMLINK] = { "symlink", make_symlink, IORING_OP_SYMLINKAT, queue_symlink },
};

const char *calls_name(enum call_kind kind)
{
	return rows[kind].name;
}

bool calls_on_ring(const struct ring *r, enum call_kind kind)
{
	return rows[kind].opcode != OP_NONE && ring_can(r, rows[kind].opcode);
}

int calls_result(enum call_kind kind, const struct call *c, int res)
{
	return kind == CALL_WRITE && res >= 0 && (uint64_t)res < c->bytes ? -ENOSPC : res;
}

int calls_make(enum call_kind kind, const struct call *c)
{
	int res = rows[kind].make(c);

	return res < 0 ? -errno : calls_result(kind, c, res);
}

bool calls_queue(struct ring *r, enum call_kind kind, struct call *c, uint64_t user_data)
{
	struct io_uring_sqe *sqe;

	if (!calls_on_ring(r, kind))
		return false;
	sqe = ring_entry(r);
	rows[kind].queue(sqe, c);
	sqe->user_data = user_data;
	return true;
}

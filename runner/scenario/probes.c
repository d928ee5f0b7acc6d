/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Is a system call there? Asked with arguments that it must refuse, so that nothing happens
 * whatever the answer. ENOSYS is 'no'; so is EPERM, which is how seccomp filters of container
 * runtimes say no. Numbers are given here because the build machine's headers may be older than the
 * kernel below.
 */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "scenario/host_files.h"

/* The same number on every architecture since 5.1; the older three come from the headers. */
#define NR_IO_URING_SETUP 425
#define NR_PIDFD_OPEN 434
#define NR_CLONE3 435
#define NR_CLOSE_RANGE 436
#define NR_OPENAT2 437

#define INTO_CGROUP 0x200000000ull /* CLONE_INTO_CGROUP */

/* struct clone_args as of 5.7, which added .cgroup (CLONE_ARGS_SIZE_VER2). */
struct clone3_args {
	uint64_t flags, pidfd, child_tid, parent_tid, exit_signal;
	uint64_t stack, stack_size, tls, set_tid, set_tid_size, cgroup;
};

/* Refused with @refusal means that the kernel read the arguments. */
static bool refuses(long result, int refusal)
{
	return result < 0 && errno == refusal;
}

/* A descriptor above INT_MAX is EINVAL before anything is cloned; kernels before 5.7 say E2BIG to
 * the longer structure. */
static bool has_clone3_cgroup(void)
{
	struct clone3_args args = { .flags = INTO_CGROUP, .cgroup = UINT64_MAX };

	return refuses(syscall(NR_CLONE3, &args, sizeof(args)), EINVAL);
}

static bool has_io_uring(void)
{
	return refuses(syscall(NR_IO_URING_SETUP, 1, NULL), EFAULT);
}

static bool has_memfd(void)
{
#ifdef SYS_memfd_create
	return refuses(syscall(SYS_memfd_create, "", ~0u), EINVAL);
#else
	return false;
#endif
}

static bool has_statx(void)
{
#ifdef SYS_statx
	return refuses(syscall(SYS_statx, AT_FDCWD, NULL, 0, 0, NULL), EFAULT);
#else
	return false;
#endif
}

static bool has_pidfd(void)
{
	return refuses(syscall(NR_PIDFD_OPEN, -1, 0), EINVAL);
}

static bool has_close_range(void)
{
	return refuses(syscall(NR_CLOSE_RANGE, 2u, 1u, 0u), EINVAL); /* last before first */
}

static bool has_openat2(void)
{
	return refuses(syscall(NR_OPENAT2, AT_FDCWD, "", NULL, 0), EINVAL);
}

void host_probe_syscalls(struct host *h)
{
	h->clone3_cgroup = has_clone3_cgroup();
	h->io_uring = has_io_uring();
	h->memfd = has_memfd();
	h->pidfd = has_pidfd();
	h->statx = has_statx();
	h->close_range = has_close_range();
	h->openat2 = has_openat2();
}

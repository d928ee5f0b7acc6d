/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A kernel of 3.10, played: a seccomp filter answers ENOSYS to every system call that hangar or its
 * stressors may use and that is younger, then the arguments are run under it. The filter is
 * inherited by all children.
 */
#include <errno.h>
#include <seccomp.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static const char *const younger[] = {
	"clone3",            /* 5.3 */
	"pidfd_open",        /* 5.3 */
	"pidfd_send_signal", /* 5.1 */
	"pidfd_getfd",       /* 5.6 */
	"memfd_create",      /* 3.17 */
	"getrandom",         /* 3.17 */
	"execveat",          /* 3.19 */
	"membarrier",        /* 4.3 */
	"mlock2",            /* 4.4 */
	"copy_file_range",   /* 4.5 */
	"preadv2",           /* 4.6 */
	"pwritev2",          /* 4.6 */
	"statx",             /* 4.11 */
	"io_uring_setup",    /* 5.1 */
	"io_uring_enter",    /* 5.1 */
	"io_uring_register", /* 5.1 */
	"close_range",       /* 5.9 */
	"openat2",           /* 5.6 */
	"faccessat2",        /* 5.8 */
	"epoll_pwait2",      /* 5.11 */
	"process_madvise",   /* 5.10 */
	"futex_waitv",       /* 5.16 */
	"renameat2",         /* 3.15 */
	"sched_setattr",     /* 3.14 */
	"open_tree",         /* 5.2 */
	"move_mount",        /* 5.2 */
	"fsopen",            /* 5.2 */
	"fsconfig",          /* 5.2 */
	"fsmount",           /* 5.2 */
	"mount_setattr",     /* 5.12 */
	"rseq",              /* 4.18 */
};

static int load(void)
{
	scmp_filter_ctx filter = seccomp_init(SCMP_ACT_ALLOW);
	int err = filter ? 0 : -ENOMEM;

	for (size_t i = 0; i < sizeof(younger) / sizeof(younger[0]) && !err; i++) {
		int call = seccomp_syscall_resolve_name(younger[i]);

		if (call != __NR_SCMP_ERROR) /* a name that even the library is too old for */
			err = seccomp_rule_add(filter, SCMP_ACT_ERRNO(ENOSYS), call, 0);
	}
	if (!err)
		err = seccomp_load(filter);
	seccomp_release(filter);
	return err;
}

int main(int argc, char **argv)
{
	int err;

	if (argc < 2) {
		fprintf(stderr, "Usage: enosys PROGRAM [ARGUMENT...]\n");
		return 128;
	}
	err = load();
	if (err < 0) {
		fprintf(stderr, "enosys: the filter cannot be loaded: %s\n", strerror(-err));
		return 77;
	}
	execvp(argv[1], argv + 1);
	fprintf(stderr, "enosys: %s: %s\n", argv[1], strerror(errno));
	return 127;
}

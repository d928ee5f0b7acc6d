/* SPDX-License-Identifier: GPL-2.0-or-later */
/* getdents64() on a descriptor that is held: the directory is read again from its begin each time.
 */
#include "watch/proc_list.h"

#include <stdint.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <unistd.h>

struct dirent64_head { /* struct linux_dirent64 */
	uint64_t ino;
	int64_t off;
	unsigned short reclen;
	unsigned char type;
	char name[];
};

void proc_list(int dir_fd, char *buf, size_t size, void (*fn)(void *ctx, pid_t number), void *ctx)
{
	long n;

	if (lseek(dir_fd, 0, SEEK_SET) < 0)
		return;
	while ((n = syscall(SYS_getdents64, dir_fd, buf, size)) > 0)
		for (long at = 0; at < n;) {
			struct dirent64_head *d = (struct dirent64_head *)(void *)(buf + at);

			if (d->name[0] >= '1' && d->name[0] <= '9')
				fn(ctx, (pid_t)strtol(d->name, NULL, 10));
			at += d->reclen;
		}
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The exit status carries an errno: all of them fit in it. */
#include "child.h"

#include <errno.h>
#include <sys/wait.h>
#include <unistd.h>

int child_reap(pid_t pid)
{
	int status;

	while (waitpid(pid, &status, 0) < 0)
		if (errno != EINTR)
			return -errno;
	return WIFEXITED(status) ? -WEXITSTATUS(status) : STRESSOR_PRESSURE;
}

int child_live(struct stressor_run *run, int (*life)(struct stressor_run *, void *), void *arg)
{
	pid_t pid = stressor_fork();

	if (pid < 0)
		return pid;
	if (pid == 0)
		_exit(-life(run, arg) & 0xff);
	return child_reap(pid);
}

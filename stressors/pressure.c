/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a storm brings and what is a fault of the program are told apart in one place. */
#include <errno.h>
#include <signal.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "stressor.h"

static const int pressure_errors[] = {
	ENOMEM, ENOSPC, EDQUOT, EAGAIN, EMFILE, ENFILE, EINTR,
};

bool stressor_is_pressure(int err)
{
	for (size_t i = 0; i < ARRAY_SIZE(pressure_errors); i++)
		if (pressure_errors[i] == err)
			return true;
	return false;
}

pid_t stressor_fork(void)
{
	pid_t parent = getpid();
	pid_t pid = fork();

	if (pid < 0)
		return -errno;
	if (pid > 0)
		return pid;
	signal(SIGTERM, SIG_DFL);
	signal(SIGINT, SIG_DFL);
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (getppid() != parent)
		_exit(0);
	return 0;
}

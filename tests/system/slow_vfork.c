/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A parent that waits in vfork() for a child that takes its time: D state (TASK_KILLABLE) on any
 * kernel, without a fault and without a module. The child ends when its standard input does. Prints
 * the parent's pid first.
 */
#include <stdio.h>
#include <sys/types.h>
#include <unistd.h>

int main(void)
{
	pid_t child;

	printf("%d\n", (int)getpid());
	fflush(stdout);
	child = vfork();
	if (child == 0) {
		char c;

		while (read(STDIN_FILENO, &c, 1) > 0)
			;
		_exit(0);
	}
	return child < 0;
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Switches groups of tracepoints on and off until SIGTERM: each time the kernel patches its own
 * code on one CPU while the others run through it. Prints how often.
 */
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <unistd.h>

#define EVENTS "/sys/kernel/tracing/events/"

static int put(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC), bad;

	bad = fd < 0 || write(fd, text, strlen(text)) < 0;
	if (fd >= 0)
		close(fd);
	if (bad)
		perror(path);
	return bad;
}

static volatile sig_atomic_t over;

static void end(int signal)
{
	over = 1;
}

int main(void)
{
	static const char *const groups[] = { EVENTS "sched/enable", EVENTS "irq/enable",
					      EVENTS "timer/enable" };
	unsigned long rounds = 0;

	signal(SIGTERM, end);

	mount("tracefs", "/sys/kernel/tracing", "tracefs", 0, NULL); /* or it is there */
	for (; !over; rounds++)
		for (size_t i = 0; i < sizeof(groups) / sizeof(groups[0]); i++)
			if (put(groups[i], "1") || put(groups[i], "0"))
				return 1;
	printf("patched %lu times\n", rounds);
	return 0;
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What `hangar doctor` says of this guest goes to the host as doctor.txt and doctor.json. */
#include "vm/guest/parts.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/cleanup.h"

#define DOCTOR "/bin/hangar"

static void ask(const char *option, const char *answer)
{
	pid_t pid = fork();
	int fd, status;

	if (pid < 0) {
		guest_say("no process for the doctor: %s", strerror(errno));
		return;
	}
	if (pid) {
		while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
			;
		return;
	}
	fd = open(answer, O_WRONLY | O_CREAT | O_TRUNC, 0644);
	if (fd >= 0)
		dup2(fd, STDOUT_FILENO);
	close_fd(fd);
	execl(DOCTOR, "hangar", "doctor", option, (char *)NULL);
	_exit(127);
}

void doctor_ask(void)
{
	ask(NULL, GUEST_TOLD_DIR "/doctor.txt");
	ask("--json", GUEST_TOLD_DIR "/doctor.json");
}

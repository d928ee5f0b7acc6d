/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * See machine.h. A QEMU that refuses an option greets on QMP all the same, for its monitor is made
 * before its machine. So it counts as started only when it has answered a first command: that it
 * does from its main loop.
 */
#include "vm/qemu/machine.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/clock.h"
#include "vm/qemu/spawn.h"

#define START_IN_US                                                                                \
	30000000u          /* 0.06 s here; memory of many GiB and a busy machine take seconds      \
			    */
#define END_IN_US 2000000u /* from the end of QMP to the end of the process */
#define LOOK_AGAIN_NS 5000000

/* Our end and QEMU's of each socket. */
struct ends {
	int ours[MACHINE_FD_END], qemus[MACHINE_FD_END];
};

static void close_all(int *fds)
{
	for (int i = 0; i < MACHINE_FD_END; i++)
		fds[i] = close_fd(fds[i]);
}

static void ends_clear(struct ends *e)
{
	close_all(e->ours);
	close_all(e->qemus);
}

static int ends_open(struct ends *e)
{
	for (int i = 0; i < MACHINE_FD_END; i++)
		e->ours[i] = e->qemus[i] = -1;
	for (int i = MACHINE_FD_QMP; i <= MACHINE_FD_FILES; i++) {
		int pair[2];

		if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair))
			return -errno;
		e->ours[i] = pair[0];
		e->qemus[i] = pair[1];
		if (fcntl(pair[0], F_SETFL, O_NONBLOCK))
			return -errno;
	}
	return 0;
}

static int spawn(char **argv, const struct machine_spec *s, const struct ends *e, int errors_fd,
		 pid_t *ret)
{
	int fds[MACHINE_FD_END] = { -1, -1, errors_fd };

	fds[MACHINE_FD_INITRD] = s->initrd_fd;
	fds[MACHINE_FD_CONSOLE] = s->console_fd;
	for (int i = MACHINE_FD_QMP; i <= MACHINE_FD_FILES; i++)
		fds[i] = e->qemus[i];
	return spawn_tied((const char *const *)argv, fds, MACHINE_FD_END, ret);
}

/* The last line that QEMU wrote since @from, "" when it said nothing. @errors_fd may be open for
 * writing only. */
static void last_words(int errors_fd, off_t from, char *buf, size_t size)
{
	_cleanup_close_ int fd = -1;
	char path[32], *line;
	off_t end;
	ssize_t n;

	*buf = '\0';
	snprintf(path, sizeof(path), "/proc/self/fd/%d", errors_fd);
	fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	end = fd < 0 ? -1 : lseek(fd, 0, SEEK_END);
	if (end < 0)
		return;
	if (end - from > (off_t)size - 1)
		from = end - (off_t)size + 1;
	n = pread(fd, buf, size - 1, from);
	while (n > 0 && strchr("\r\n ", buf[n - 1]))
		n--;
	buf[n > 0 ? n : 0] = '\0';
	line = strrchr(buf, '\n');
	if (line)
		memmove(buf, line + 1, strlen(line));
}

static bool ended_within(struct machine *m, uint64_t limit_us)
{
	uint64_t until = now_us() + limit_us;

	while (!machine_ended(m)) {
		if (now_us() >= until)
			return false;
		nanosleep(&(struct timespec){ .tv_nsec = LOOK_AGAIN_NS }, NULL);
	}
	return true;
}

/* Why QMP did not come up, in a sentence. */
static int explain_start(struct machine *m, int error, int errors_fd, off_t from, struct diag *d)
{
	char words[600], how[64];

	if (error == -EPIPE && ended_within(m, END_IN_US)) {
		last_words(errors_fd, from, words, sizeof(words));
		machine_how_ended(m, how, sizeof(how));
		return *words ? diag_set(d, -ECHILD, "QEMU did not start: %s", words)
			      : diag_set(d, -ECHILD, "QEMU did not start: it %s, without a word",
					 how);
	}
	if (error == -ETIMEDOUT)
		return diag_set(d, error, "QEMU did not answer within %u s of its start",
				START_IN_US / 1000000);
	return diag_set(d, error, "QEMU did not start: its QMP socket: %s", strerror(-error));
}

static int start(char **argv, const struct machine_spec *s, int errors_fd, struct machine *m,
		 struct qmp **ret_qmp, struct diag *d)
{
	_cleanup_(ends_clear) struct ends e;
	off_t from = lseek(errors_fd, 0, SEEK_END);
	int r = ends_open(&e);

	if (r)
		return diag_set(d, r, "sockets to QEMU: %s", strerror(-r));
	r = spawn(argv, s, &e, errors_fd, &m->pid);
	if (r)
		return diag_set(d, r, "%s: %s", argv[0], strerror(-r));
	close_all(e.qemus);
	m->qmp_fd = take_fd(&e.ours[MACHINE_FD_QMP]);
	m->journal_fd = take_fd(&e.ours[MACHINE_FD_JOURNAL]);
	m->files_fd = take_fd(&e.ours[MACHINE_FD_FILES]);
	r = qmp_open(m->qmp_fd, START_IN_US, ret_qmp);
	return r ? explain_start(m, r, errors_fd, from > 0 ? from : 0, d) : 0;
}

int machine_start(const struct machine_spec *s, struct machine *ret, struct qmp **ret_qmp,
		  struct diag *d)
{
	struct machine m = { .qmp_fd = -1, .journal_fd = -1, .files_fd = -1 };
	_cleanup_close_ int own_errors = -1;
	int errors_fd = s->errors_fd, r;
	unsigned int version[2];
	char path[4096], **argv;

	r = machine_probe(path, version, d);
	if (!r)
		r = machine_arguments(s, path, version, &argv, d);
	if (r)
		return r;
	if (errors_fd < 0)
		errors_fd = own_errors = memfd_create("qemu-errors", MFD_CLOEXEC);
	r = start(argv, s, errors_fd, &m, ret_qmp, d);
	machine_arguments_free(argv);
	if (r)
		machine_stop(&m, 0);
	else
		*ret = m;
	return r;
}

bool machine_ended(struct machine *m)
{
	pid_t pid;

	if (!m->pid)
		return true;
	pid = waitpid(m->pid, &m->exit_status, WNOHANG);
	if (pid == 0 || (pid < 0 && errno == EINTR))
		return false;
	m->pid = 0;
	return true;
}

void machine_stop(struct machine *m, uint64_t grace_us)
{
	if (m->pid && grace_us && !machine_ended(m)) {
		kill(m->pid, SIGTERM);
		ended_within(m, grace_us);
	}
	if (m->pid && !machine_ended(m)) {
		kill(m->pid, SIGKILL);
		while (waitpid(m->pid, &m->exit_status, 0) < 0 && errno == EINTR)
			;
		m->pid = 0;
	}
	m->qmp_fd = close_fd(m->qmp_fd);
	m->journal_fd = close_fd(m->journal_fd);
	m->files_fd = close_fd(m->files_fd);
}

const char *machine_how_ended(const struct machine *m, char *buf, size_t size)
{
	if (m->pid)
		snprintf(buf, size, "is running");
	else if (WIFSIGNALED(m->exit_status))
		snprintf(buf, size, "was killed by signal %d (%s)", WTERMSIG(m->exit_status),
			 strsignal(WTERMSIG(m->exit_status)));
	else
		snprintf(buf, size, "ended with exit code %d", WEXITSTATUS(m->exit_status));
	return buf;
}

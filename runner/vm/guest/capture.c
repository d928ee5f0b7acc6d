/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The crash kernel's first process: /proc/vmcore is the memory of the kernel that died, seen from a
 * machine of a hundred megabytes. makedumpfile filters it onto its standard output ("flattened"),
 * which goes to the host as it comes: nothing is stored here. If no byte moves for a minute the
 * machine goes off.
 */
#include "vm/guest/parts.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/clock.h"

#define FILTER "/bin/makedumpfile"
#define VMCORE "/proc/vmcore"
#define DMESG_NAME "vmcore-dmesg.txt"
#define OFFSET_BYTES 8
#define QUIET_MAX_S                                                                                \
	60 /* filtering 1 GiB takes 2 s under emulation; the longest silence is the scan before it \
	    */

static unsigned char payload[WIRE_PAYLOAD_MAX];

/* Its words, the last of them, for END. */
#define WORDS_FILE "/run/makedumpfile.err"

static pid_t start_filter(char *const *argv, int out)
{
	pid_t pid = fork();
	int words;

	if (pid)
		return pid;
	words = open(WORDS_FILE, O_WRONLY | O_CREAT | O_TRUNC, 0644);
	dup2(out, STDOUT_FILENO);
	if (words >= 0)
		dup2(words, STDERR_FILENO);
	execv(argv[0], argv);
	dprintf(STDERR_FILENO, "%s cannot be started: %s\n", argv[0], strerror(errno));
	_exit(127);
}

static void put_offset(unsigned char *to, uint64_t v)
{
	for (int i = 0; i < OFFSET_BYTES; i++)
		to[i] = (unsigned char)(v >> (8 * i));
}

/* All that comes from @in, as frames of the file @name. */
static int forward(int in, const char *name, struct line *l, uint64_t *ret_bytes)
{
	size_t head = strlen(name) + 1 + OFFSET_BYTES;
	uint64_t bytes = 0;

	memcpy(payload, name, head - OFFSET_BYTES);
	for (;;) {
		ssize_t n = read(in, payload + head, sizeof(payload) - head);
		int err;

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0) {
			*ret_bytes = bytes;
			return n < 0 ? -errno : 0;
		}
		alarm(QUIET_MAX_S);
		put_offset(payload + head - OFFSET_BYTES, bytes);
		err = line_send(l, WIRE_FILE, payload, (uint32_t)(head + (size_t)n));
		if (err)
			return err;
		bytes += (uint64_t)n;
	}
}

static void last_words(char *buf, size_t size)
{
	_cleanup_close_ int fd = open(WORDS_FILE, O_RDONLY | O_CLOEXEC);
	off_t end = fd < 0 ? 0 : lseek(fd, 0, SEEK_END);
	off_t from = end > (off_t)size - 1 ? end - (off_t)size + 1 : 0;
	ssize_t n = fd < 0 ? 0 : pread(fd, buf, size - 1, from);

	buf[n > 0 ? n : 0] = '\0';
	for (char *p = buf; *p; p++)
		if (*p == '\n' || *p == '\r')
			*p = ' ';
}

static int filter(char *const *argv, const char *name, struct line *l, uint64_t *ret_bytes,
		  struct diag *d)
{
	_cleanup_close_ int in = -1, out = -1;
	char words[300];
	int ends[2], status = 0, err;
	pid_t pid;

	if (pipe2(ends, O_CLOEXEC) < 0)
		return diag_set(d, -errno, "no pipe: %s", strerror(errno));
	in = ends[0];
	out = ends[1];
	fcntl(in, F_SETPIPE_SZ, 1 << 20); /* the filter goes on while a frame is under way */
	pid = start_filter(argv, out);
	if (pid < 0)
		return diag_set(d, -errno, "%s cannot be started: %s", argv[0], strerror(errno));
	out = close_fd(out);
	err = forward(in, name, l, ret_bytes);
	in = close_fd(in);
	while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
		;
	if (err)
		return diag_set(d, err, "%s cannot be sent: %s", name, strerror(-err));
	if (WIFEXITED(status) && WEXITSTATUS(status) == 0)
		return 0;
	last_words(words, sizeof(words));
	return diag_set(d, -EIO, "makedumpfile failed (%s %d): %s",
			WIFEXITED(status) ? "exit" : "signal",
			WIFEXITED(status) ? WEXITSTATUS(status) : WTERMSIG(status), words);
}

/* The log that makedumpfile wrote into @path: at most the ring of the dead kernel, some megabytes.
 */
static void send_log(const char *path, const char *name, struct line *l)
{
	_cleanup_close_ int fd = open(path, O_RDONLY | O_CLOEXEC);
	uint64_t bytes;

	if (fd >= 0)
		forward(fd, name, l, &bytes);
}

int guest_capture(const struct job *j, struct line *l, struct diag *d)
{
	static char program[] = FILTER, flat[] = "-F", lzo[] = "-l", level[] = "-d",
		    vmcore[] = VMCORE;
	static char dmesg[] = "--dump-dmesg", log[] = "/run/" DMESG_NAME;
	char number[16];
	char *const dump_args[] = { program, flat, lzo, level, number, vmcore, NULL };
	char *const log_args[] = { program, dmesg, vmcore, log, NULL };
	uint64_t bytes = 0, none, began, took;
	struct line nobody = { .fd = -1 };
	struct diag no_log = { 0 };
	int err;

	feeder_disarm(); /* it goes on counting for the kernel that died */
	alarm(QUIET_MAX_S);
	snprintf(number, sizeof(number), "%u", j->dump_level);
	began = now_us();
	err = filter(dump_args, "vmcore.flat", l, &bytes, d);
	if (err)
		return err;
	took = now_us() - began;
	if (filter(log_args, "", &nobody, &none, &no_log) == 0)
		send_log(log, DMESG_NAME, l);
	else
		guest_say("%s", no_log.message); /* the dump is whole: it holds the log, too */
	line_end_vmcore(l, bytes, took);
	return 0;
}

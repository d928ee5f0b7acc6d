/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * mkfs.ext4 and mkfs.xfs, with what they say kept for the error message. They live in /sbin, which
 * the PATH of a plain user or of cron lacks.
 */
#include "mkfs.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <limits.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>

#include "base/cleanup.h"

#define ARGS_MAX 64
#define OUTPUT_MAX 512 /* room for its words in struct diag */

static const char *const places[] = { "/usr/sbin", "/sbin", "/usr/local/sbin", "/usr/bin", "/bin" };

static const struct kind {
	const char *filesystem, *force;
	const char *package;
	const char *size_option; /* before the size; NULL: the size stands behind the device */
	const char *size_word;
} kinds[] = {
	{ "ext4", "-F", "e2fsprogs", NULL, "" },
	{ "xfs", "-f", "xfsprogs", "-d", "size=" },
};

static int find_program(const char *filesystem, char *buf, size_t size)
{
	for (size_t i = 0; i < ARRAY_SIZE(places); i++) {
		snprintf(buf, size, "%s/mkfs.%s", places[i], filesystem);
		if (!access(buf, X_OK))
			return 0;
	}
	return -ENOENT;
}

static bool names_label(char *const *args)
{
	for (; args && *args; args++)
		if (!strncmp(*args, "-L", 2))
			return true;
	return false;
}

/* A loop file has the size of the file system already. */
static bool sized(const struct scratch_spec *spec)
{
	return spec->on == SCRATCH_DEVICE && spec->size_bytes != UNSET;
}

static int make_argv(const struct scratch_spec *spec, const char *program, const struct kind *kind,
		     const char *target, const char *size, const char **argv)
{
	unsigned int n = 0;

	argv[n++] = program;
	argv[n++] = "-q";
	argv[n++] = kind->force;
	if (!names_label(spec->mkfs)) {
		argv[n++] = "-L";
		argv[n++] = SCRATCH_LABEL;
	}
	for (char **arg = spec->mkfs; arg && *arg; arg++) {
		if (n + 5 >= ARGS_MAX)
			return -E2BIG;
		argv[n++] = *arg;
	}
	if (sized(spec) && kind->size_option) {
		argv[n++] = kind->size_option;
		argv[n++] = size;
	}
	argv[n++] = target;
	if (sized(spec) && !kind->size_option)
		argv[n++] = size;
	argv[n] = NULL;
	return 0;
}

/* Keep the first OUTPUT_MAX - 1 bytes of what comes from @fd until its end: a page of usage follows
 * the reason. */
static void collect(int fd, char *out)
{
	char buf[256];
	size_t len = 0;
	ssize_t n;

	while ((n = read(fd, buf, sizeof(buf))) > 0 || (n < 0 && errno == EINTR)) {
		size_t add = n > 0 ? (size_t)n : 0;

		if (add > OUTPUT_MAX - 1 - len)
			add = OUTPUT_MAX - 1 - len;
		memcpy(out + len, buf, add);
		len += add;
	}
	out[len] = '\0';
}

/* The reason alone, on one line. */
static void shorten(char *out)
{
	char *usage = strstr(out, "\nUsage:");
	size_t len;

	if (usage)
		*usage = '\0';
	len = strlen(out);
	while (len && (out[len - 1] == '\n' || out[len - 1] == ' '))
		out[--len] = '\0';
	for (char *p = out; (p = strchr(p, '\n'));)
		*p = ';';
}

/* In the child: mkfs ends with its runner, or it would go on writing to a disk that somebody cleans
 * up. */
static void become(const char **argv, int out_fd) __attribute__((noreturn));

static void become(const char **argv, int out_fd)
{
	int null_fd = open("/dev/null", O_RDONLY | O_CLOEXEC);
	char **args;

	memcpy(&args, &argv, sizeof(args)); /* not written to, whatever its type says */
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (dup2(null_fd, 0) >= 0 && dup2(out_fd, 1) >= 0 && dup2(out_fd, 2) >= 0)
		execv(argv[0], args);
	_exit(127);
}

static int run(const char **argv, char *out, int *ret_status)
{
	int ends[2], err;
	pid_t pid;

	if (pipe2(ends, O_CLOEXEC) < 0)
		return -errno;
	pid = fork();
	if (!pid)
		become(argv, ends[1]);
	err = pid < 0 ? -errno : 0;
	close(ends[1]);
	if (!err) {
		collect(ends[0], out);
		while (waitpid(pid, ret_status, 0) < 0 && errno == EINTR)
			;
	}
	close(ends[0]);
	return err;
}

static const struct kind *find_kind(const char *filesystem)
{
	for (size_t i = 0; i < ARRAY_SIZE(kinds); i++)
		if (!strcmp(kinds[i].filesystem, filesystem))
			return &kinds[i];
	return NULL;
}

int mkfs_run(const struct scratch_spec *spec, const char *target, struct diag *d)
{
	const struct kind *kind = find_kind(spec->filesystem);
	char program[PATH_MAX], size[64], out[OUTPUT_MAX] = "";
	const char *argv[ARGS_MAX];
	int status = 0, err;

	if (!kind)
		return diag_set(d, -EINVAL, "hangar cannot make a file system of type %s",
				spec->filesystem);
	err = find_program(spec->filesystem, program, sizeof(program));
	if (err)
		return diag_set(d, err, "mkfs.%s is not installed: install %s", spec->filesystem,
				kind->package);
	snprintf(size, sizeof(size), "%s%" PRIu64 "k", kind->size_word, spec->size_bytes >> 10);
	err = make_argv(spec, program, kind, target, size, argv);
	if (!err)
		err = run(argv, out, &status);
	if (err)
		return diag_set(d, err, "cannot run %s: %s", program, strerror(-err));
	shorten(out);
	if (!WIFEXITED(status) || WEXITSTATUS(status))
		return diag_set(d, -EIO, "%s on %s failed: %s", program, target,
				out[0] ? out : "it said nothing");
	return 0;
}

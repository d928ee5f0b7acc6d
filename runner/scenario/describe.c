/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A stressor folder may hold anything: a script that never ends, a program of another version. So
 * the answer is bounded in time and size, the child is always reaped, and the shape is checked once
 * here so that nobody has to check it again.
 */
#include "scenario/describe.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <string.h>
#include <sys/wait.h>

#include "base/cleanup.h"
#include "base/clock.h"
#include "scenario/param.h"

extern char **environ;

static int spawn_into(const char *program, int out_fd, pid_t *ret_pid)
{
	char ask[] = "--describe", *name = strdup(program);
	char *argv[] = { name, ask, NULL };
	posix_spawn_file_actions_t actions;
	int err;

	if (!name)
		return -ENOMEM;
	err = posix_spawn_file_actions_init(&actions);
	if (!err) {
		posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0);
		posix_spawn_file_actions_adddup2(&actions, out_fd, 1);
		posix_spawn_file_actions_addopen(&actions, 2, "/dev/null", O_WRONLY, 0);
		err = posix_spawn(ret_pid, program, &actions, NULL, argv, environ);
		posix_spawn_file_actions_destroy(&actions);
	}
	free(name);
	return -err;
}

/* Read until the end of the output. Length, or -ETIMEDOUT, -EFBIG, -errno. */
static ssize_t read_answer(int fd, char *buf, size_t size, uint64_t until_us)
{
	size_t len = 0;

	while (len < size) {
		uint64_t now = now_us();
		struct pollfd p = { .fd = fd, .events = POLLIN };
		int ready = now < until_us ? poll(&p, 1, (int)((until_us - now) / 1000) + 1) : 0;
		ssize_t n;

		if (ready < 0 && errno != EINTR)
			return -errno;
		if (!ready)
			return -ETIMEDOUT;
		n = read(fd, buf + len, size - len);
		if (n < 0 && errno != EINTR)
			return -errno;
		if (!n)
			return (ssize_t)len;
		len += n > 0 ? (size_t)n : 0;
	}
	return -EFBIG;
}

static int wait_for(pid_t pid)
{
	int status;

	while (waitpid(pid, &status, 0) < 0)
		if (errno != EINTR)
			return -errno;
	return status;
}

static int refuse_answer(ssize_t err, struct diag *d)
{
	if (err == -ETIMEDOUT)
		return diag_set(d, -ETIMEDOUT, "did not answer --describe in time");
	if (err == -EFBIG)
		return diag_set(d, -EFBIG, "says more than %u bytes to --describe",
				DESCRIBE_BYTES_MAX);
	return diag_set(d, (int)err, "cannot be asked: %s", strerror((int)-err));
}

static int parse_answer(const char *text, size_t size, json_t **ret, struct diag *d)
{
	json_error_t error;
	json_t *j = json_loadb(text, size, JSON_REJECT_DUPLICATES, &error);
	int err;

	if (!j)
		return diag_set(d, -EPROTO, "answers --describe with no JSON: %s", error.text);
	err = describe_check(j, d);
	if (err < 0) {
		json_decref(j);
		return err;
	}
	*ret = j;
	return 0;
}

int describe_ask(const char *program, uint64_t timeout_us, json_t **ret, struct diag *d)
{
	_cleanup_free_ char *text = malloc(DESCRIBE_BYTES_MAX + 1);
	_cleanup_close_ int in = -1, out = -1;
	int fds[2], err, status;
	ssize_t size;
	pid_t pid;

	if (!text || pipe2(fds, O_CLOEXEC) < 0)
		return diag_set(d, -errno, "cannot be asked: %s", strerror(errno));
	in = fds[0];
	out = fds[1];
	err = spawn_into(program, out, &pid);
	if (err < 0)
		return diag_set(d, err, "cannot be started: %s", strerror(-err));
	out = close_fd(out);
	size = read_answer(in, text, DESCRIBE_BYTES_MAX + 1, now_us() + timeout_us);
	if (size < 0)
		kill(pid, SIGKILL);
	status = wait_for(pid);
	if (size < 0)
		return refuse_answer(size, d);
	if (status)
		return diag_set(d, -EPROTO, "does not understand --describe (status 0x%x)",
				(unsigned int)status);
	return parse_answer(text, (size_t)size, ret, d);
}

static int check_param(const json_t *p, struct diag *d)
{
	const char *name = json_string_value(json_object_get(p, "name"));
	const char *kind = json_string_value(json_object_get(p, "kind"));
	json_t *fallback = json_object_get(p, "default");

	if (!name || !*name)
		return diag_set(d, -EPROTO, "describes a parameter without a name");
	if (!kind || !param_kind_known(kind))
		return diag_set(d, -EPROTO, "describes --%s as of unknown kind \"%s\"", name,
				kind ? kind : "");
	if (fallback && !json_is_string(fallback) && !json_is_null(fallback))
		return diag_set(d, -EPROTO, "describes --%s with a default that is no text", name);
	return 0;
}

int describe_check(const json_t *j, struct diag *d)
{
	static const char *const texts[] = { "name", "about", "step", NULL };
	json_t *params = json_object_get(j, "params"), *param;
	size_t i;
	int err;

	for (const char *const *t = texts; *t; t++)
		if (!json_is_string(json_object_get(j, *t)))
			return diag_set(d, -EPROTO, "describes itself without \"%s\"", *t);
	if (!json_is_array(params))
		return diag_set(d, -EPROTO, "describes itself without \"params\"");
	json_array_foreach (params, i, param) {
		err = check_param(param, d);
		if (err < 0)
			return err;
	}
	return 0;
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What is asked of a group during the storm: usage, OOM kills, tasks; and killing it. All from
 * descriptors that were opened before, into small buffers of the stack. The one exception is v1's
 * `tasks`: its list is made at open and shared for a second after each read, so that a kept
 * descriptor read twice a second would show the same tasks for ever.
 */
#include "cgroup/cgroup_ops.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/textfile.h"

/* memory.events is under 200 bytes, oom_control under 100. */
#define EVENTS_MAX 512
/* Some 500 thread ids at a time. */
#define TASKS_CHUNK 4096

int cgroup_open_file(const char *dir, const char *file, int flags)
{
	char path[1024];

	snprintf(path, sizeof(path), "%s/%s", dir, file);
	return open(path, flags | O_CLOEXEC);
}

uint64_t cgroup_key_value(const char *text, const char *key)
{
	size_t len = strlen(key);

	for (const char *at = text; at && *at; at = strchr(at, '\n'), at += at != NULL)
		if (!strncmp(at, key, len) && at[len] == ' ')
			return strtoull(at + len + 1, NULL, 10);
	return UNSET;
}

uint64_t cgroup_usage(const struct cgroup_node *n)
{
	char text[32], *end;
	uint64_t bytes;

	if (n->usage_fd < 0 || textfile_read_fd(n->usage_fd, text, sizeof(text)) <= 0)
		return UNSET;
	bytes = strtoull(text, &end, 10);
	return end == text ? UNSET : bytes;
}

ssize_t cgroup_read_events(const struct cgroup_node *n, unsigned int part, char *buf, size_t size)
{
	int fd = part == 0 ? n->events_fd : -1;

	if (part < n->n_own_events)
		fd = n->own_events_fd[part];
	return fd < 0 ? -ENOENT : textfile_read_fd(fd, buf, size);
}

uint64_t cgroup_oom_kills(const struct cgroup_node *n)
{
	uint64_t sum = UNSET;
	char text[EVENTS_MAX];

	for (unsigned int part = 0; cgroup_read_events(n, part, text, sizeof(text)) > 0; part++) {
		uint64_t kills = cgroup_key_value(text, "oom_kill");

		if (kills != UNSET)
			sum = (sum == UNSET ? 0 : sum) + kills;
	}
	return sum;
}

ssize_t cgroup_read_tasks(const struct cgroup_node *n, char *buf, size_t size, size_t offset)
{
	_cleanup_close_ int fresh = -1;
	ssize_t len;

	if (n->tasks_fd < 0)
		return -ENOENT;
	if (n->tasks_dir_fd >= 0 && !offset)
		fresh = openat(n->tasks_dir_fd, "tasks", O_RDONLY | O_CLOEXEC);
	len = pread(fresh >= 0 ? fresh : n->tasks_fd, buf, size - 1, (off_t)offset);
	if (len < 0)
		return -errno;
	while (len && buf[len - 1] != '\n') /* the last line may be cut by the size of the buffer */
		len--;
	buf[len] = '\0';
	return len;
}

int cgroup_signal_each(const struct cgroup_node *node, int sig)
{
	char text[TASKS_CHUNK];
	size_t offset = 0;
	ssize_t len;
	int seen = 0;

	while ((len = cgroup_read_tasks(node, text, sizeof(text), offset)) > 0) {
		char *at = text, *end;

		offset += (size_t)len;
		for (long tid; (tid = strtol(at, &end, 10)), end != at; at = end) {
			seen++;
			/* kill() of any thread reaches the whole process. */
			if (sig && tid > 1 && tid != getpid())
				kill((pid_t)tid, sig);
		}
	}
	return len < 0 ? (int)len : seen;
}

int cgroup_task_count(const struct cgroup_node *n)
{
	return cgroup_signal_each(n, 0);
}

int cgroup_kill(const struct cgroup_node *n, int sig)
{
	return n->ops->kill(n, sig);
}

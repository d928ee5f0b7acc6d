/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The run's instance of tracefs, and its probes. The kernel removes an instance by rmdir() although
 * it is full of files, and refuses while one of them is open: the last reader may still be on its
 * way out. A probe goes only when no instance has it on.
 */
#include "undo_step.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "base/cleanup.h"
#include "base/clock.h"
#include "base/paths.h"
#include "base/textfile.h"

#define GONE_WITHIN_US 3000000u
#define LOOK_AGAIN_NS 20000000
#define PROBES_BYTES 65536 /* of kprobe_events, everybody's together */

static bool is_instance_of_ours(const char *path)
{
	const char *name = strrchr(path, '/');

	return name && !strncmp(name, "/hangar-", 8) && strstr(path, "/instances/hangar-");
}

static void write_below(const char *folder, const char *file, const char *text)
{
	char path[4096];

	if (!path_format(path, sizeof(path), "%s/%s", folder, file))
		textfile_write_at(AT_FDCWD, path, text);
}

int undo_trace_instance(const struct undo_step *s, const struct undo_say *say)
{
	const struct timespec pause = { 0, LOOK_AGAIN_NS };
	const uint64_t until = now_us() + GONE_WITHIN_US;

	if (!is_instance_of_ours(s->path))
		return -EPERM;
	if (access(s->path, F_OK) < 0)
		return errno == ENOENT || errno == ENOTDIR ? UNDO_NOTHING : -errno;
	write_below(s->path, "tracing_on", "0");
	write_below(s->path, "current_tracer", "nop");
	while (rmdir(s->path) < 0) {
		if (errno == ENOENT)
			break;
		if (errno != EBUSY || now_us() >= until)
			return -errno;
		nanosleep(&pause, NULL);
	}
	undo_tell(say, "removed the trace instance %s", s->path);
	return UNDO_DONE;
}

/* "p:hangar_12_34/compact_zone compact_zone gfp=..." -> remove it */
static int remove_probe(const char *path, const char *line, const char *group)
{
	_cleanup_close_ int fd = -1;
	const char *colon = strchr(line, ':');
	size_t length = colon ? strcspn(colon + 1, " \n") : 0;
	char text[256];

	if (!colon || strncmp(colon + 1, group, strlen(group)) || colon[1 + strlen(group)] != '/')
		return 0;
	if (path_format(text, sizeof(text), "-:%.*s\n", (int)length, colon + 1))
		return -ENAMETOOLONG;
	fd = open(path, O_WRONLY | O_APPEND | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	return write(fd, text, strlen(text)) < 0 ? -errno : 1;
}

int undo_trace_probes(const struct undo_step *s, const struct undo_say *say)
{
	_cleanup_free_ char *text = malloc(PROBES_BYTES);
	char *save = NULL;
	int removed = 0;
	ssize_t n;

	if (!s->value || strncmp(s->value, "hangar_", 7))
		return -EPERM;
	if (!text)
		return -ENOMEM;
	n = textfile_read_at(AT_FDCWD, s->path, text, PROBES_BYTES);
	if (n == -ENOENT || n == -ENOTDIR)
		return UNDO_NOTHING;
	if (n < 0)
		return (int)n;
	for (char *line = strtok_r(text, "\n", &save); line; line = strtok_r(NULL, "\n", &save)) {
		int one = remove_probe(s->path, line, s->value);

		if (one < 0)
			return one;
		removed += one;
	}
	if (removed)
		undo_tell(say, "removed %d probes of %s", removed, s->value);
	return removed ? UNDO_DONE : UNDO_NOTHING;
}

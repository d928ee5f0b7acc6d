/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Tracing by the files of tracefs alone, as Documentation/trace/ftrace.rst has it. */
#include "tracing/home.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "base/cleanup.h"
#include "base/paths.h"

static int write_file(const char *folder, const char *file, const char *text, int flags)
{
	_cleanup_close_ int fd = -1;
	char path[700];
	ssize_t n;

	if (path_format(path, sizeof(path), "%s/%s", folder, file))
		return -ENAMETOOLONG;
	fd = open(path, O_WRONLY | O_CLOEXEC | flags);
	if (fd < 0)
		return -errno;
	n = write(fd, text, strlen(text));
	return n == (ssize_t)strlen(text) ? 0 : n < 0 ? -errno : -EIO;
}

/* One that is there already bears this run's name: it is ours. */
static int make(struct trace_home *h)
{
	return h->name[0] && mkdir(h->path, 0755) < 0 && errno != EEXIST ? -errno : 0;
}

static int write_text(struct trace_home *h, const char *file, const char *text)
{
	return write_file(h->path, file, text, O_TRUNC);
}

static int enable(struct trace_home *h, const char *system, const char *event)
{
	char file[300];

	if (path_format(file, sizeof(file), "events/%s%s%s/enable", system, event ? "/" : "",
			event ? event : ""))
		return -ENAMETOOLONG;
	return write_file(h->path, file, "1", 0);
}

static int probe(struct trace_home *h, const char *event, const char *function,
		 const char *arguments, bool at_return)
{
	char line[512];

	if (path_format(line, sizeof(line), "%c:%s/%s %s %s\n", at_return ? 'r' : 'p', h->group,
			event, function, arguments ? arguments : ""))
		return -ENAMETOOLONG;
	return write_file(h->top, "kprobe_events", line, O_APPEND);
}

static int filter(struct trace_home *h, const char *function)
{
	return write_file(h->path, "set_ftrace_filter", function, O_APPEND);
}

static void close_home(struct trace_home *h)
{
}

const struct trace_ops trace_by_files = {
	"plain files", make, write_text, enable, probe, filter, close_home,
};

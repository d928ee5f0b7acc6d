/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The kernel mounts tracefs inside debugfs when somebody looks there, and did only that before 4.1.
 * Whoever traces by hand works at the top: a tracer that is not "nop", or events that are on, are
 * somebody's.
 */
#include "tracing/home.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/paths.h"
#include "base/textfile.h"

static const char *const tops[] = { "/sys/kernel/tracing", "/sys/kernel/debug/tracing" };

static bool has_file(const char *folder, const char *file)
{
	char path[600];

	return !path_format(path, sizeof(path), "%s/%s", folder, file) && !access(path, F_OK);
}

int trace_top_find(const char *root, char *buf, size_t size)
{
	for (size_t i = 0; i < ARRAY_SIZE(tops); i++)
		if (!path_format(buf, size, "%s%s", root, tops[i]) && has_file(buf, "trace_marker"))
			return 0;
	return -ENOENT;
}

bool trace_has_instances(const char *top)
{
	return has_file(top, "instances");
}

bool trace_has(const struct trace_home *h, const char *file)
{
	return has_file(h->path, file);
}

/* The first line of a file at the top; "" when there is none. */
static const char *first_line(const char *top, const char *file, char *buf, size_t size)
{
	char path[600];

	buf[0] = '\0';
	if (!path_format(path, sizeof(path), "%s/%s", top, file) &&
	    textfile_read_at(AT_FDCWD, path, buf, size) < 0)
		buf[0] = '\0';
	buf[strcspn(buf, "\n")] = '\0';
	return buf;
}

bool trace_is_busy(const char *top, char *buf, size_t size)
{
	char line[160];

	if (first_line(top, "current_tracer", line, sizeof(line))[0] && strcmp(line, "nop")) {
		snprintf(buf, size, "somebody's tracer \"%s\" is on", line);
		return true;
	}
	if (first_line(top, "set_event", line, sizeof(line))[0]) {
		snprintf(buf, size, "somebody traces the event %s", line);
		return true;
	}
	return false;
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The kinds of undo steps, and the small ones among them: files, folders and settings. */
#include "undo_step.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/textfile.h"
#include "setting_text.h"

static const struct {
	const char *kind;
	int (*undo)(const struct undo_step *s, const struct undo_say *say);
} kinds[] = {
	{ "sysctl", undo_sysctl },
	{ "cgroup", undo_cgroup },
	{ "subtree-control", undo_subtree_control },
	{ "mount", undo_mount },
	{ "loop", undo_loop },
	{ "file", undo_file },
	{ "directory", undo_directory },
	{ "tree", undo_tree },
	{ "trace-instance", undo_trace_instance },
	{ "trace-probes", undo_trace_probes },
	{ "processes", undo_processes },
};

void undo_tell(const struct undo_say *say, const char *fmt, ...)
{
	char line[1024];
	va_list ap;

	if (!say->line)
		return;
	va_start(ap, fmt);
	vsnprintf(line, sizeof(line), fmt, ap);
	va_end(ap);
	say->line(line);
}

int undo_step(const struct undo_step *s, const struct undo_say *say)
{
	for (size_t i = 0; i < ARRAY_SIZE(kinds); i++)
		if (!strcmp(kinds[i].kind, s->kind))
			return kinds[i].undo(s, say);
	return -EPROTO;
}

/* Always put back, also over a value that somebody else set meanwhile; but say so then. */
int undo_sysctl(const struct undo_step *s, const struct undo_say *say)
{
	char text[SETTING_MAX], now[SETTING_MAX];
	ssize_t n = textfile_read_at(AT_FDCWD, s->path, text, sizeof(text));
	int err;

	if (n == -ENOENT)
		return UNDO_NOTHING; /* the module that had it is gone */
	if (n < 0)
		return (int)n;
	if (!s->value)
		return -EPROTO;
	setting_text(text, now, sizeof(now));
	if (!strcmp(now, s->value))
		return UNDO_NOTHING;
	if (s->set && strcmp(now, s->set))
		undo_tell(say, "%s was changed to \"%s\" by somebody else meanwhile", s->path, now);
	err = setting_write(s->path, s->value);
	if (err)
		return err;
	undo_tell(say, "restored %s to \"%s\"", s->path, s->value);
	return UNDO_DONE;
}

int undo_file(const struct undo_step *s, const struct undo_say *say)
{
	if (unlink(s->path) < 0)
		return errno == ENOENT || errno == ENOTDIR ? UNDO_NOTHING : -errno;
	undo_tell(say, "removed the file %s", s->path);
	return UNDO_DONE;
}

int undo_directory(const struct undo_step *s, const struct undo_say *say)
{
	if (rmdir(s->path) < 0)
		return errno == ENOENT || errno == ENOTDIR ? UNDO_NOTHING : -errno;
	undo_tell(say, "removed the folder %s", s->path);
	return UNDO_DONE;
}

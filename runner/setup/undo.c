/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The log itself: append, sync, and read back in reverse. A power cut or SIGKILL can tear the last
 * line only, since each line is one write to an O_APPEND file; a torn line belongs to a change that
 * was never made, because the change waits for the sync.
 */
#include "undo.h"

#include <errno.h>
#include <fcntl.h>
#include <jansson.h>
#include <stdint.h>
#include <string.h>
#include <sys/stat.h>

#include "base/cleanup.h"
#include "undo_step.h"

struct undo {
	int fd;
	unsigned int lines; /* complete lines in the file */
};

/* The whole log as text of *ret_size bytes; read anew each time, it is some dozen lines. */
static int log_read(int fd, char **ret_text, size_t *ret_size)
{
	_cleanup_free_ char *text = NULL;
	struct stat st;
	ssize_t n;

	if (fstat(fd, &st) < 0)
		return -errno;
	text = calloc(1, (size_t)st.st_size + 1);
	if (!text)
		return -ENOMEM;
	n = pread(fd, text, (size_t)st.st_size, 0);
	if (n < 0)
		return -errno;
	*ret_size = (size_t)n;
	*ret_text = take_ptr(text);
	return 0;
}

static int log_write(struct undo *u, const char *text, size_t size)
{
	ssize_t n = write(u->fd, text, size);

	if (n < 0)
		return -errno;
	if ((size_t)n != size)
		return -ENOSPC;
	return fdatasync(u->fd) < 0 ? -errno : 0;
}

/* Count the lines; close a torn one with a newline of its own, so that the next is not glued to it.
 */
static int log_resume(struct undo *u)
{
	_cleanup_free_ char *text = NULL;
	size_t size;
	int err = log_read(u->fd, &text, &size);

	if (err)
		return err;
	for (size_t i = 0; i < size; i++)
		u->lines += text[i] == '\n';
	if (!size || text[size - 1] == '\n')
		return 0;
	err = log_write(u, "\n", 1);
	u->lines += !err;
	return err;
}

int undo_open(const struct rundir *d, struct undo **ret)
{
	struct undo *u = calloc(1, sizeof(*u));
	int err;

	if (!u)
		return -ENOMEM;
	u->fd = openat(d->fd, UNDO_FILE, O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
	err = u->fd < 0 ? -errno : log_resume(u);
	if (err) {
		undo_close(u);
		return err;
	}
	*ret = u;
	return 0;
}

struct undo *undo_close(struct undo *u)
{
	if (u)
		close_fd(u->fd);
	free(u);
	return NULL;
}

/* Takes @line over. */
static int append(struct undo *u, json_t *line)
{
	_cleanup_free_ char *text = line ? json_dumps(line, JSON_COMPACT) : NULL;
	size_t len;
	int err;

	json_decref(line);
	if (!text)
		return -ENOMEM;
	len = strlen(text);
	text[len] = '\n'; /* over the NUL: the buffer has just that much room */
	err = log_write(u, text, len + 1);
	u->lines += !err;
	return err;
}

int undo_add(struct undo *u, const char *kind, const char *path, const char *value)
{
	return append(u, json_pack("{s:s,s:s,s:s*}", "undo", kind, "path", path, "value", value));
}

int undo_add_setting(struct undo *u, const char *path, const char *old, const char *set)
{
	return append(u, json_pack("{s:s,s:s,s:s,s:s}", "undo", "sysctl", "path", path, "value",
				   old, "set", set));
}

struct entry {
	json_t *line; /* NULL: torn, or no step */
	bool done;
};

/* Fill @entries (as many as there are lines) from @text. */
static void parse(char *text, size_t size, struct entry *entries, unsigned int lines)
{
	char *at = text;

	for (unsigned int i = 0; i < lines; i++) {
		char *end = memchr(at, '\n', size - (size_t)(at - text));
		json_t *line = end ? json_loadb(at, (size_t)(end - at), 0, NULL) : NULL;
		json_int_t done = json_integer_value(json_object_get(line, "done"));

		if (done > 0 && done <= lines)
			entries[done - 1].done = true;
		if (json_string_value(json_object_get(line, "undo")))
			entries[i].line = line;
		else
			json_decref(line);
		if (!end)
			return;
		at = end + 1;
	}
}

static int undo_entry(struct undo *u, const struct entry *e, unsigned int number,
		      const struct undo_say *say)
{
	struct undo_step s = {
		.kind = json_string_value(json_object_get(e->line, "undo")),
		.path = json_string_value(json_object_get(e->line, "path")),
		.value = json_string_value(json_object_get(e->line, "value")),
		.set = json_string_value(json_object_get(e->line, "set")),
	};
	int result = s.path ? undo_step(&s, say) : -EPROTO;

	if (result < 0) {
		undo_tell(say, "could not undo %s %s: %s", s.kind, s.path ? s.path : "",
			  strerror(-result));
		return result;
	}
	/* A mark that cannot be written (disk full) only means undoing nothing again later. */
	append(u, json_pack("{s:i}", "done", (int)number));
	return 0;
}

int undo_all(struct undo *u, void (*say_line)(const char *line))
{
	const struct undo_say say = { say_line };
	_cleanup_free_ struct entry *entries = NULL;
	_cleanup_free_ char *text = NULL;
	unsigned int lines = u->lines;
	size_t size;
	int failed = 0;

	if (log_read(u->fd, &text, &size))
		return 1;
	entries = calloc(lines + 1, sizeof(*entries));
	if (!entries)
		return 1;
	parse(text, size, entries, lines);
	for (unsigned int i = lines; i-- > 0;) {
		if (entries[i].line && !entries[i].done)
			failed += undo_entry(u, &entries[i], i + 1, &say) < 0;
		json_decref(entries[i].line);
	}
	return failed;
}

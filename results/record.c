/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Reading a run directory. The kernel may have died in the middle of a line, so the end of the
 * journal proves nothing about the rest of it: all that parses counts, and the reader says what did
 * not.
 */
#include "record.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/textfile.h"
#include "journal.h"
#include "event.h"
#include "outside.h"
#include "record_fold.h"
#include "record_reading.h"
#include "rundir.h"

/* A manifest is 2 KiB; a kernel command line adds at most 4. */
#define MANIFEST_BYTES_MAX (1u << 20)

/*
 * The writer stops at JOURNAL_LINE_MAX; a later version may write more. What is longer is no line
 * of ours.
 */
#define LINE_BYTES_MAX (1u << 20)

static void cleanup_rundir(struct rundir *d)
{
	rundir_clear(d);
}

static json_t *parse_object(const char *text, size_t size, json_error_t *e)
{
	json_t *o = json_loadb(text, size, 0, e);

	/*
	 * A seed past 2^63 does not fit jansson's integers: the line is worth more than its last
	 * digits.
	 */
	if (!o)
		o = json_loadb(text, size, JSON_DECODE_INT_AS_REAL, e);
	if (o && !json_is_object(o)) {
		json_decref(o);
		snprintf(e->text, sizeof(e->text), "an object is wanted here");
		e->line = e->column = 1;
		return NULL;
	}
	return o;
}

static int check_layout(const json_t *manifest, struct diag *d)
{
	const json_t *layout = json_object_get(manifest, "layout");
	json_int_t version = json_integer_value(layout);

	if (!json_is_integer(layout) || version < 1)
		return diag_set(d, -EINVAL,
				"names no layout version: this is no manifest of hangar");
	if (version > RUNDIR_VERSION)
		return diag_set(d, -EPROTO,
				"layout version %" JSON_INTEGER_FORMAT
				" is newer than %d: a newer hangar is needed",
				version, RUNDIR_VERSION);
	return 0;
}

static int load_manifest(struct record *r, struct diag *d)
{
	_cleanup_free_ char *text = NULL;
	char path[sizeof(r->path) + sizeof("/" RUNDIR_MANIFEST)];
	json_error_t e;
	size_t size;
	int err;

	snprintf(path, sizeof(path), "%s/" RUNDIR_MANIFEST, r->path);
	snprintf(d->file, sizeof(d->file), "%.*s", (int)sizeof(d->file) - 1, path);
	err = textfile_load(path, MANIFEST_BYTES_MAX, &text, &size);
	if (err == -ENOENT)
		return diag_set(d, err,
				"is not there: no run directory, or the run ended before it began");
	if (err < 0)
		return diag_set(d, err, "%s", strerror(-err));
	r->manifest = parse_object(text, size, &e);
	if (!r->manifest)
		return diag_set_at(d, -EINVAL, (unsigned int)e.line, (unsigned int)e.column, "%s",
				   e.text);
	r->must_reproduce = json_is_true(json_object_get(r->manifest, "must_reproduce"));
	return check_layout(r->manifest, d);
}

/*
 * The next line, without its '\n', into @buf of LINE_BYTES_MAX. What does not fit is read past, and
 * its length told as LINE_BYTES_MAX. Returns false at the end of the file; *ret_ended: there was a
 * '\n'.
 */
static bool next_line(FILE *f, char *buf, size_t *ret_len, bool *ret_ended)
{
	size_t len = 0;
	int c;

	while ((c = getc_unlocked(f)) != EOF && c != '\n')
		if (len < LINE_BYTES_MAX)
			buf[len++] = (char)c;
	*ret_len = len;
	*ret_ended = c == '\n';
	return len || c == '\n';
}

static int take_line(struct record *r, const char *line, size_t len, bool *ret_good)
{
	json_error_t e;
	json_t *event = len < LINE_BYTES_MAX ? parse_object(line, len, &e) : NULL;
	int err;

	*ret_good = event;
	if (!event)
		return 0;
	err = record_fold_event(r, event);
	json_decref(event);
	return err;
}

int record_read_journal(struct record *r, FILE *journal)
{
	_cleanup_free_ char *buf = malloc(LINE_BYTES_MAX);
	unsigned int number = 0, bad = 0;
	bool good = true, ended = true;
	int err = buf ? 0 : -ENOMEM;
	size_t len;

	while (!err && next_line(journal, buf, &len, &ended)) {
		number++;
		/* Only now is it known that the bad line was not the last. */
		if (bad) {
			r->bad_lines++;
			if (!r->first_bad_line)
				r->first_bad_line = bad;
		}
		err = take_line(r, buf, len, &good);
		bad = good ? 0 : number;
	}
	r->torn = bad;
	if (!err && ferror(journal))
		err = -EIO;
	record_fold_totals(r);
	r->fold = record_fold_free(r->fold);
	return err;
}

static int load_journal(struct record *r, int dirfd, struct diag *d)
{
	_cleanup_fclose_ FILE *f = NULL;
	int err, fd = openat(dirfd, JOURNAL_FILE, O_RDONLY | O_CLOEXEC);

	/* The run ended between manifest and journal: a record without events. */
	if (fd < 0 && errno == ENOENT)
		return 0;
	snprintf(d->file, sizeof(d->file), "%.*s/" JOURNAL_FILE, 200, r->path);
	f = fd < 0 ? NULL : fdopen(fd, "r");
	if (!f) {
		err = -errno;
		close_fd(fd);
	} else {
		err = record_read_journal(r, f);
	}
	return err < 0 ? diag_set(d, err, "%s", strerror(-err)) : 0;
}

static int load_outside(struct record *r, int dirfd, struct diag *d)
{
	int err = record_outside_load(r, dirfd);

	if (err < 0) {
		snprintf(d->file, sizeof(d->file), "%.*s/" OUTSIDE_FILE, 200, r->path);
		return diag_set(d, err, "%s", strerror(-err));
	}
	return 0;
}

static int load(const char *path, struct record *r, struct diag *d)
{
	_cleanup_(cleanup_rundir) struct rundir dir;
	int err = rundir_open(&dir, path);

	if (err < 0) {
		snprintf(d->file, sizeof(d->file), "%.*s", (int)sizeof(d->file) - 1, path);
		return diag_set(d, err, "cannot be opened: %s", strerror(-err));
	}
	snprintf(r->path, sizeof(r->path), "%s", dir.path);
	r->live = rundir_is_live(&dir);
	r->events = json_array();
	if (!r->events)
		return -ENOMEM;
	err = load_manifest(r, d);
	if (!err)
		err = load_journal(r, dir.fd, d);
	if (!err)
		err = load_outside(r, dir.fd, d);
	if (!err)
		record_reading_load(r);
	return err;
}

int record_load(const char *path, struct record *ret, struct diag *d)
{
	struct diag nobody = { 0 };
	struct record r = { 0 };
	int err = load(path, &r, d ? d : &nobody);

	if (err < 0) {
		record_clear(&r);
		return err;
	}
	if (!r.finished)
		record_decide(&r);
	*ret = r;
	return 0;
}

void record_clear(struct record *r)
{
	json_decref(r->manifest);
	json_decref(r->events);
	json_decref(r->reading);
	json_decref(r->blocked);
	record_outside_clear(&r->outside);
	free(r->findings);
	free(r->works);
	record_fold_free(r->fold);
	*r = (struct record){ 0 };
}

const char *record_manifest_text(const struct record *r, const char *dotted)
{
	const json_t *o = r->manifest;
	const char *dot = strchr(dotted, '.');
	char key[32];

	if (dot) {
		snprintf(key, sizeof(key), "%.*s", (int)(dot - dotted), dotted);
		o = json_object_get(o, key);
		dotted = dot + 1;
	}
	return event_text(o, dotted);
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A journal in a test's folder, and its lines as a reader finds them. Include cmocka.h before. */
#ifndef HANGAR_TESTS_JOURNAL_LINES_H
#define HANGAR_TESTS_JOURNAL_LINES_H

#include <fcntl.h>
#include <jansson.h>
#include <stdio.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/clock.h"
#include "base/textfile.h"
#include "journal.h"
#include "tmpdir.h"

static inline struct journal *open_in(const char *path)
{
	_cleanup_close_ int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	struct journal *j = NULL;

	assert_int_equal(journal_open(fd, now_us(), &j), 0);
	return j;
}

static inline char *load(const char *folder)
{
	char path[256], *text = NULL;
	size_t size;

	snprintf(path, sizeof(path), "%s/" JOURNAL_FILE, folder);
	assert_int_equal(textfile_load(path, 0, &text, &size), 0);
	assert_int_equal(strlen(text), size);
	return text;
}

struct count {
	unsigned int whole, broken;
	bool torn;     /* the last line has no end */
	json_t *lines; /* array */
};

/* Every whole line parses and seq has no holes: what each test of a failing disk comes down to. */
static inline struct count check(const char *folder)
{
	_cleanup_free_ char *text = load(folder);
	struct count c = { .lines = json_array() };
	char *line = text, *end;

	for (; (end = strchr(line, '\n')); line = end + 1) {
		json_t *o = json_loadb(line, (size_t)(end - line), JSON_REJECT_DUPLICATES, NULL);

		if (!o) {
			c.broken++;
			continue;
		}
		assert_int_equal(json_integer_value(json_object_get(o, "seq")), ++c.whole);
		assert_true(json_is_real(json_object_get(o, "t")));
		assert_true(json_is_string(json_object_get(o, "event")));
		json_array_append_new(c.lines, o);
	}
	c.torn = *line != '\0';
	return c;
}

static inline void check_whole(const char *folder, unsigned int want)
{
	struct count c = check(folder);

	assert_int_equal(c.whole, want);
	assert_int_equal(c.broken, 0);
	assert_false(c.torn);
	json_decref(c.lines);
}

#endif

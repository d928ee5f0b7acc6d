/* SPDX-License-Identifier: GPL-2.0-or-later */
/* For the tests of runner/kmsg: a log from tests/data fed through a reader, its findings kept. */
#ifndef TESTS_KMSG_LOG_H
#define TESTS_KMSG_LOG_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "kmsg/kmsg.h"
#include "kmsg/line.h"

#define TOLD_MAX 64

struct told {
	struct finding list[TOLD_MAX];
	unsigned int count;
};

static inline void told_take(void *ctx, const struct finding *f)
{
	struct told *t = ctx;

	if (t->count < TOLD_MAX)
		t->list[t->count++] = *f;
}

static inline void told_feed(struct kmsg_reader *r, char *text)
{
	char *save = NULL;

	for (char *p = strtok_r(text, "\n", &save); p; p = strtok_r(NULL, "\n", &save)) {
		struct kmsg_record rec;

		kmsg_line_parse(p, &rec);
		kmsg_reader_feed(r, &rec, 5000000);
	}
}

/* Every finding that the lines of @text lead to. */
static inline void told_text(struct told *t, const char *text)
{
	struct kmsg_reader *r = kmsg_reader_new(told_take, t);
	char *copy = strdup(text);

	t->count = 0;
	told_feed(r, copy);
	kmsg_reader_flush(r, 6000000, 0);
	free(copy);
	kmsg_reader_free(r);
}

static inline char *test_data(const char *name)
{
	const char *dir = getenv("HANGAR_TEST_DATA");
	char path[4096], *text;
	size_t n;
	FILE *f;

	snprintf(path, sizeof(path), "%s/%s", dir ? dir : "tests/data", name);
	f = fopen(path, "r");
	if (!f)
		return NULL;
	text = calloc(1, 1 << 20);
	n = fread(text, 1, (1 << 20) - 1, f);
	text[n] = 0;
	fclose(f);
	return text;
}

static inline void told_file(struct told *t, const char *name)
{
	char *text = test_data(name);

	t->count = 0;
	if (text)
		told_text(t, text);
	free(text);
}

#endif

/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A machine that its plant kills does not come to the last line, so what was counted is told again
 * and again: the last "plant" event of a name is what counts.
 */
#include "run/plants.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/textfile.h"

#define TELL_EVERY_US 1000000u
#define FILE_BYTES 4096

static int open_file(const char *root, const char *name)
{
	char path[512];

	snprintf(path, sizeof(path), "%s/sys/kernel/debug/plant/%s", root, name);
	return open(path, O_RDONLY | O_CLOEXEC);
}

static struct plant *find(struct plants *p, const char *name, size_t length)
{
	struct plant *new = &p->list[p->count];

	for (unsigned int i = 0; i < p->count; i++)
		if (strlen(p->list[i].name) == length && !memcmp(p->list[i].name, name, length))
			return &p->list[i];
	if (p->count == PLANTS_MAX || !length || length >= sizeof(new->name))
		return NULL;
	*new = (struct plant){ .on = false };
	memcpy(new->name, name, length);
	p->count++;
	return new;
}

/* "thp-deferred:100,ext4-oom\n", as on the kernel's command line. */
static void read_enabled(struct plants *p)
{
	char text[FILE_BYTES];

	if (textfile_read_fd(p->enabled_fd, text, sizeof(text)) < 0)
		return;
	for (unsigned int i = 0; i < p->count; i++)
		p->list[i].on = false;
	for (const char *at = text; *at; at += strspn(at, ", \n")) {
		size_t length = strcspn(at, ":, \n");
		struct plant *plant = find(p, at, length);

		if (plant)
			plant->on = true;
		at += strcspn(at, ", \n");
	}
}

/* "ext4-oom 12\n" a line. */
static void read_hits(struct plants *p, bool first)
{
	char text[FILE_BYTES];

	if (textfile_read_fd(p->hits_fd, text, sizeof(text)) < 0)
		return;
	for (const char *at = text; *at; at += strcspn(at, "\n"), at += *at == '\n') {
		size_t length = strcspn(at, " \t\n");
		uint64_t total = strtoull(at + length, NULL, 10);
		struct plant *plant = at[length] == '\n' ? NULL : find(p, at, length);

		if (plant && first)
			plant->base = total;
		if (plant)
			plant->hits = total > plant->base ? total - plant->base : 0;
	}
}

static void tell(struct plants *p, struct plant *plant, const char *when)
{
	struct jline *line = journal_begin(p->journal, "plant");

	jline_str(line, "name", plant->name);
	jline_uint(line, "hits", plant->hits);
	jline_str(line, "when", when);
	if (!plant->journalled && plant->base)
		jline_uint(line, "hits_before", plant->base);
	journal_commit(p->journal);
	plant->told = plant->hits;
	plant->journalled = true;
}

void plants_open(struct plants *p, const char *root, struct journal *j)
{
	memset(p, 0, sizeof(*p));
	p->journal = j;
	p->enabled_fd = open_file(root, "enabled");
	p->hits_fd = open_file(root, "hits");
	if (p->hits_fd < 0)
		return;
	read_hits(p, true);
	read_enabled(p);
	for (unsigned int i = 0; i < p->count; i++)
		if (p->list[i].on)
			tell(p, &p->list[i], "before");
}

void plants_tick(struct plants *p, uint64_t now, bool at_once)
{
	if (!p->journal || p->hits_fd < 0 || (!at_once && now < p->told_us + TELL_EVERY_US))
		return;
	p->told_us = now;
	read_hits(p, false);
	for (unsigned int i = 0; i < p->count; i++)
		if (p->list[i].hits != p->list[i].told)
			tell(p, &p->list[i], "during");
}

void plants_close(struct plants *p)
{
	if (!p->journal)
		return;
	if (p->hits_fd >= 0) {
		read_hits(p, false);
		read_enabled(p);
	}
	for (unsigned int i = 0; i < p->count; i++)
		if (p->list[i].on || p->list[i].hits || p->list[i].journalled)
			tell(p, &p->list[i], "after");
	p->enabled_fd = close_fd(p->enabled_fd);
	p->hits_fd = close_fd(p->hits_fd);
	p->journal = NULL;
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The kernel prints its counters in the same order each time, so the next name is nearly always the
 * one that was expected. zoneinfo of a machine with many CPUs is long, hence it is read in pieces.
 */
#include "deltas/sample.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

int delta_counter_find(const struct delta_names *n, const char *name)
{
	for (unsigned int i = 0; i < n->counters; i++)
		if (!strcmp(n->counter[i], name))
			return (int)i;
	return -1;
}

static int counter_of(struct delta_parse *p, const char *name)
{
	struct delta_names *n = p->names;
	size_t length = strlen(name);
	int found;

	if (p->next < n->counters && !strcmp(n->counter[p->next], name))
		return (int)p->next;
	found = delta_counter_find(n, name);
	if (found >= 0 || !p->learn || !length || length >= sizeof(n->counter[0]) ||
	    n->counters == DELTA_COUNTERS_MAX)
		return found;
	memcpy(n->counter[n->counters], name, length + 1);
	return (int)n->counters++;
}

void delta_vmstat_line(void *parse, char *line)
{
	struct delta_parse *p = parse;
	char *value = strchr(line, ' ');
	int index;

	if (!value)
		return;
	*value++ = '\0';
	index = counter_of(p, line);
	if (index < 0)
		return;
	p->sample->counter[index] = strtoull(value, NULL, 10);
	p->next = (unsigned int)index + 1;
}

/* "Node 0, zone    DMA32  1 2": its index, and what stands behind the name in *ret_rest. */
static int zone_of(struct delta_parse *p, char *line, char **ret_rest)
{
	struct delta_names *n = p->names;
	char name[sizeof(n->zone[0])];
	char *zone, *node = line + 5;
	size_t digits, length;

	if (strncmp(line, "Node ", 5))
		return -1;
	digits = strspn(node, "0123456789");
	zone = strstr(node, "zone");
	if (!digits || !zone)
		return -1;
	zone += 4;
	zone += strspn(zone, " \t");
	length = strcspn(zone, " \t");
	*ret_rest = zone + length;
	if (!length || digits + length + 2 > sizeof(name))
		return -1;
	memcpy(name, node, digits);
	name[digits] = ' ';
	memcpy(name + digits + 1, zone, length);
	name[digits + 1 + length] = '\0';
	for (unsigned int i = 0; i < n->zones; i++)
		if (!strcmp(n->zone[i], name))
			return (int)i;
	if (!p->learn || n->zones == DELTA_ZONES_MAX)
		return -1;
	memcpy(n->zone[n->zones], name, sizeof(name));
	return (int)n->zones++;
}

void delta_buddyinfo_line(void *parse, char *line)
{
	struct delta_parse *p = parse;
	char *at, *end;
	int zone = zone_of(p, line, &at);

	for (unsigned int order = 0; zone >= 0 && order < DELTA_ORDERS_MAX; order++) {
		uint64_t blocks = strtoull(at, &end, 10);

		if (end == at)
			return;
		p->sample->zone[zone].blocks[order] = blocks;
		if (p->learn && order >= p->names->orders)
			p->names->orders = order + 1;
		at = end;
	}
}

/* The watermarks stand above "protection"; what follows has words of the same names. */
void delta_zoneinfo_line(void *parse, char *line)
{
	static const struct {
		const char *words;
		size_t offset;
	} rows[] = {
		{ "pages free ", offsetof(struct delta_zone, free) },
		{ "min ", offsetof(struct delta_zone, min) },
		{ "low ", offsetof(struct delta_zone, low) },
		{ "high ", offsetof(struct delta_zone, high) },
	};
	struct delta_parse *p = parse;
	char *rest;

	if (!strncmp(line, "Node ", 5)) {
		p->zone = zone_of(p, line, &rest);
		return;
	}
	line += strspn(line, " \t");
	if (!strncmp(line, "protection", 10))
		p->zone = -1;
	for (size_t i = 0; p->zone >= 0 && i < sizeof(rows) / sizeof(rows[0]); i++) {
		size_t length = strlen(rows[i].words);
		char *zone = (char *)&p->sample->zone[p->zone];

		if (!strncmp(line, rows[i].words, length))
			*(uint64_t *)(void *)(zone + rows[i].offset) =
				strtoull(line + length, NULL, 10);
	}
}

/* Hand over each whole line of @buf[0..have); returns how much is left over at its begin. */
static size_t hand_over(char *buf, size_t have, void (*line)(void *ctx, char *line), void *ctx)
{
	char *at = buf, *end;

	while ((end = memchr(at, '\n', have - (size_t)(at - buf)))) {
		*end = '\0';
		line(ctx, at);
		at = end + 1;
	}
	have -= (size_t)(at - buf);
	memmove(buf, at, have);
	return have;
}

int delta_lines(int fd, char *buf, size_t size, void (*line)(void *ctx, char *line), void *ctx)
{
	bool skipping = false; /* the rest of a line that is too long */
	size_t have = 0;
	ssize_t n;

	if (lseek(fd, 0, SEEK_SET) < 0)
		return -errno;
	while ((n = read(fd, buf + have, size - have)) > 0) {
		char *newline = skipping ? memchr(buf, '\n', (size_t)n) : NULL;

		have += (size_t)n;
		if (skipping && !newline) {
			have = 0;
			continue;
		}
		if (skipping) {
			have -= (size_t)(newline + 1 - buf);
			memmove(buf, newline + 1, have);
		}
		have = hand_over(buf, have, line, ctx);
		skipping = have == size;
		have = skipping ? 0 : have;
	}
	return n < 0 ? -errno : 0;
}

/* "pgscan_direct*" is what direct reclaim scanned, not how often it was held back. */
static bool is_part(const char *rest)
{
	return strcmp(rest, "_throttle");
}

bool delta_of(const struct delta_names *n, const struct delta_sample *before,
	      const struct delta_sample *after, const char *name, int64_t *ret)
{
	size_t length = strlen(name);
	bool star = length && name[length - 1] == '*', any = false;

	*ret = 0;
	length -= star;
	for (unsigned int i = 0; i < n->counters; i++) {
		const char *rest = n->counter[i] + length;

		if (strncmp(n->counter[i], name, length) || (*rest && (!star || !is_part(rest))))
			continue;
		any = true;
		*ret += (int64_t)(after->counter[i] - before->counter[i]);
	}
	return any;
}

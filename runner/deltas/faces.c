/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The same difference twice: as text with all that moved, and as members of a journal line, the
 * most telling first, since a line has an end. */
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "deltas/deltas_parts.h"

#define LISTED_BYTES 512

struct text {
	char *buf;
	size_t size, have;
};

static void put(struct text *t, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

static void put(struct text *t, const char *fmt, ...)
{
	va_list ap;
	int n;

	va_start(ap, fmt);
	n = vsnprintf(t->buf + t->have, t->size - t->have, fmt, ap);
	va_end(ap);
	if (n > 0)
		t->have += (size_t)n < t->size - t->have ? (size_t)n : t->size - t->have - 1;
}

/* A zone may be there and have no page at all. */
static bool is_empty(const struct asked *a, unsigned int z)
{
	static const struct delta_zone nothing;

	return !memcmp(&a->before.zone[z], &nothing, sizeof(nothing)) &&
	       !memcmp(&a->after.zone[z], &nothing, sizeof(nothing));
}

static double seconds(const struct deltas *d, uint64_t at_us)
{
	return at_us > d->epoch_us ? (double)(at_us - d->epoch_us) / 1e6 : 0;
}

static int64_t moved(const struct asked *a, unsigned int i)
{
	return (int64_t)(a->after.counter[i] - a->before.counter[i]);
}

/* "allocstall*" is told as "allocstall". Returns how many there are. */
static unsigned int list_still(const struct deltas *d, const struct asked *a, const char *between,
			       char *buf, size_t size)
{
	struct text t = { buf, size, 0 };
	unsigned int n = 0;
	int64_t by;

	buf[0] = '\0';
	for (const char *const *name = delta_watched; *name; name++)
		if (delta_of(&d->names, &a->before, &a->after, *name, &by) && !by)
			put(&t, "%s%.*s", n++ ? between : "", (int)strcspn(*name, "*"), *name);
	return n;
}

static void put_counters(const struct deltas *d, const struct asked *a, struct text *t)
{
	char still[LISTED_BYTES];

	put(t, "counters that moved (before, after, by):\n");
	for (unsigned int i = 0; i < d->names.counters; i++)
		if (moved(a, i))
			put(t, "  %-32s %14" PRIu64 " %14" PRIu64 " %+14" PRId64 "\n",
			    d->names.counter[i], a->before.counter[i], a->after.counter[i],
			    moved(a, i));
	if (list_still(d, a, " ", still, sizeof(still)))
		put(t, "counters that did not: %s\n", still);
}

static void put_blocks(const struct deltas *d, const struct delta_zone *z, struct text *t)
{
	for (unsigned int order = 0; order < d->names.orders; order++)
		put(t, " %6" PRIu64, z->blocks[order]);
	put(t, "\n");
}

static void put_zones(const struct deltas *d, const struct asked *a, struct text *t)
{
	if (d->names.zones)
		put(t, "free blocks by order, from 0:\n");
	for (unsigned int z = 0; z < d->names.zones; z++) {
		if (is_empty(a, z))
			continue;
		put(t, "  zone %-12s before", d->names.zone[z]);
		put_blocks(d, &a->before.zone[z], t);
		put(t, "  %17s after ", "");
		put_blocks(d, &a->after.zone[z], t);
	}
	if (d->names.zones)
		put(t, "pages free and the watermarks min, low, high:\n");
	for (unsigned int z = 0; z < d->names.zones; z++) {
		if (is_empty(a, z))
			continue;
		put(t,
		    "  zone %-12s before %" PRIu64 ", after %" PRIu64 "; %" PRIu64 " %" PRIu64
		    " %" PRIu64 "\n",
		    d->names.zone[z], a->before.zone[z].free, a->after.zone[z].free,
		    a->after.zone[z].min, a->after.zone[z].low, a->after.zone[z].high);
	}
}

size_t deltas_text(const struct deltas *d, const struct asked *a, char *buf, size_t size)
{
	struct text t = { buf, size, 0 };

	put(&t, "==> finding #%u %s%s%s at %.3f s: from %.3f s to %.3f s <==\n", a->finding,
	    finding_kind_name(a->kind), a->comm[0] ? " of " : "", a->comm,
	    seconds(d, a->noticed_us), seconds(d, a->before.at_us), seconds(d, a->after.at_us));
	put(&t, "%s\n%s", a->text, a->sentences);
	put_counters(d, a, &t);
	put_zones(d, a, &t);
	put(&t, "\n");
	return t.have;
}

/* Levels go up and down by themselves; these few are worth a line beside what is counted. */
static bool is_told(const char *name)
{
	static const char *const levels[] = { "nr_free_pages", "nr_dirty",     "nr_writeback",
					      "nr_dirtied",    "nr_written",   "nr_isolated_anon",
					      "nr_anon_pages", "nr_file_pages" };

	if (strncmp(name, "nr_", 3))
		return true;
	for (size_t i = 0; i < sizeof(levels) / sizeof(levels[0]); i++)
		if (!strcmp(name, levels[i]))
			return true;
	return false;
}

static void blocks_text(const struct deltas *d, const struct delta_zone *z, char *buf, size_t size)
{
	struct text t = { buf, size, 0 };

	for (unsigned int order = 0; order < d->names.orders; order++)
		put(&t, "%s%" PRIu64, order ? " " : "", z->blocks[order]);
}

static void put_zone(const struct deltas *d, const struct delta_zone *before,
		     const struct delta_zone *after, struct jline *line)
{
	char blocks[256];

	jline_uint(line, "free_before", before->free);
	jline_uint(line, "free", after->free);
	jline_uint(line, "min", after->min);
	jline_uint(line, "low", after->low);
	jline_uint(line, "high", after->high);
	blocks_text(d, before, blocks, sizeof(blocks));
	jline_str(line, "blocks_before", blocks);
	blocks_text(d, after, blocks, sizeof(blocks));
	jline_str(line, "blocks", blocks);
}

void deltas_members(const struct deltas *d, const struct asked *a, struct jline *line)
{
	char still[LISTED_BYTES];

	jline_uint(line, "finding", a->finding);
	jline_double(line, "from", seconds(d, a->before.at_us));
	jline_double(line, "to", seconds(d, a->after.at_us));
	jline_str(line, "file", "evidence/deltas.txt");
	jline_lines(line, "sentences", a->sentences);
	list_still(d, a, "\n", still, sizeof(still));
	jline_lines(line, "still", still);
	jline_open(line, "zones");
	for (unsigned int z = 0; z < d->names.zones; z++) {
		if (is_empty(a, z))
			continue;
		jline_open(line, d->names.zone[z]);
		put_zone(d, &a->before.zone[z], &a->after.zone[z], line);
		jline_close(line);
	}
	jline_close(line);
	jline_open(line, "moved");
	for (unsigned int i = 0; i < d->names.counters; i++)
		if (moved(a, i) && is_told(d->names.counter[i]))
			jline_int(line, d->names.counter[i], moved(a, i));
	jline_close(line);
}

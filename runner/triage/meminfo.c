/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * One pass over words. "Normal free:1kB" opens a zone, "Normal: 1*4kB" its free lists, and whatever
 * is not known is passed over, so a line of somebody else in between does no harm.
 */
#include "triage/meminfo.h"

#include <errno.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"

#define NUMBER_MAX (INT64_C(1) << 50) /* no machine has as many kB: arithmetic cannot overflow */
#define WORD_MAX 64

enum place { NOWHERE, IN_ZONE, IN_RESERVE, IN_LISTS };

struct reader {
	struct meminfo *m;
	enum place place;
	struct meminfo_zone *zone;
	int node;
	bool wants_node;       /* the word before was "Node" */
	char before[WORD_MAX]; /* the word before */
};

static const struct field {
	const char *key;
	size_t at;
} fields[] = {
	{ "min:", offsetof(struct meminfo_zone, min) },
	{ "low:", offsetof(struct meminfo_zone, low) },
	{ "high:", offsetof(struct meminfo_zone, high) },
	{ "boost:", offsetof(struct meminfo_zone, boost) },
	{ "reserved_highatomic:", offsetof(struct meminfo_zone, reserved_highatomic) },
	{ "free_highatomic:", offsetof(struct meminfo_zone, free_highatomic) },
	{ "free_cma:", offsetof(struct meminfo_zone, free_cma) },
	{ "present:", offsetof(struct meminfo_zone, present) },
	{ "managed:", offsetof(struct meminfo_zone, managed) },
};

static const char *const zone_names[] = {
	"DMA", "DMA32", "Normal", "HighMem", "Movable", "Device"
};

/* Digits at @p, clamped; NULL when there are none. */
static const char *number(const char *p, int64_t *ret)
{
	const char *begin = p;

	*ret = 0;
	for (; *p >= '0' && *p <= '9'; p++)
		if (*ret < NUMBER_MAX)
			*ret = *ret * 10 + (*p - '0');
	if (*ret > NUMBER_MAX)
		*ret = NUMBER_MAX;
	return p > begin ? p : NULL;
}

static const char *zone_name(const char *word, size_t n)
{
	for (size_t i = 0; i < ARRAY_SIZE(zone_names); i++)
		if (strlen(zone_names[i]) == n && !memcmp(zone_names[i], word, n))
			return zone_names[i];
	return NULL;
}

static void clear_zone(struct meminfo_zone *z)
{
	*z = (struct meminfo_zone){ .free = MEMINFO_UNKNOWN,
				    .min = MEMINFO_UNKNOWN,
				    .low = MEMINFO_UNKNOWN,
				    .high = MEMINFO_UNKNOWN,
				    .boost = MEMINFO_UNKNOWN,
				    .reserved_highatomic = MEMINFO_UNKNOWN,
				    .free_highatomic = MEMINFO_UNKNOWN,
				    .free_cma = MEMINFO_UNKNOWN,
				    .present = MEMINFO_UNKNOWN,
				    .managed = MEMINFO_UNKNOWN,
				    .sum = MEMINFO_UNKNOWN };
}

/* The zone of that name and node, a new one if need be; NULL: too many. */
static struct meminfo_zone *zone_of(struct meminfo *m, int node, const char *name)
{
	struct meminfo_zone *z;

	for (unsigned int i = 0; i < m->count; i++)
		if (m->zones[i].node == node && !strcmp(m->zones[i].name, name))
			return &m->zones[i];
	if (m->count == MEMINFO_ZONES) {
		m->cut = true;
		return NULL;
	}
	z = &m->zones[m->count++];
	clear_zone(z);
	z->node = node;
	snprintf(z->name, sizeof(z->name), "%s", name);
	return z;
}

static bool take_field(struct meminfo_zone *z, const char *word)
{
	for (size_t i = 0; i < ARRAY_SIZE(fields); i++) {
		size_t n = strlen(fields[i].key);
		int64_t value;
		const char *end;

		if (strncmp(word, fields[i].key, n))
			continue;
		end = number(word + n, &value);
		if (end && (*end == 'k' || *end == 'K'))
			memcpy((char *)z + fields[i].at, &value, sizeof(value));
		return true;
	}
	return false;
}

/* "123*4kB": a column of the free lists. The first one's size is that of a page. */
static bool take_column(struct reader *r, const char *word)
{
	struct meminfo_zone *z = r->zone;
	int64_t blocks, kb;
	const char *star = number(word, &blocks);
	/* Web pages take the star for emphasis and print an underscore. */
	const char *end = star && (*star == '*' || *star == '_') ? number(star + 1, &kb) : NULL;

	if (!end || strncmp(end, "kB", 2) || !kb || z->orders == MEMINFO_ORDERS)
		return false;
	if (!z->orders && (kb == 4 || kb == 8 || kb == 16 || kb == 64 || kb == 256))
		r->m->page_kb = (unsigned int)kb;
	if (kb != (int64_t)r->m->page_kb << z->orders) /* a column is missing: the rest is moot */
		return false;
	/* No zone has as many: the number was made up. */
	z->blocks[z->orders] = blocks > NUMBER_MAX >> (z->orders + 1) ? 0 : blocks;
	z->orders++;
	return true;
}

static bool take_types(struct meminfo_zone *z, const char *word)
{
	static const char letters[] = "UEMRHCI";
	uint8_t types = 0;

	if (*word != '(' || !z->orders)
		return false;
	for (word++; *word && *word != ')'; word++) {
		const char *at = strchr(letters, *word);

		if (!at)
			return false;
		types |= (uint8_t)(1u << (at - letters));
	}
	z->types[z->orders - 1] = types;
	z->has_types = z->has_types || types;
	return *word == ')';
}

/* "Normal" before this word, or within it, opens a zone or its lists. */
static bool opens(struct reader *r, const char *word)
{
	size_t n = strlen(word);
	const char *name = zone_name(r->before, strlen(r->before));
	int64_t value;

	if (name && !strncmp(word, "free:", 5) && number(word + 5, &value)) {
		r->zone = zone_of(r->m, r->node, name);
		r->place = r->zone ? IN_ZONE : NOWHERE;
		if (r->zone && !r->zone->has_zone) {
			r->zone->free = value;
			r->zone->has_zone = true;
		}
		return true;
	}
	name = n > 1 && word[n - 1] == ':' ? zone_name(word, n - 1) : NULL;
	if (!name)
		return false;
	r->zone = zone_of(r->m, r->node, name);
	r->place = r->zone && !r->zone->orders ? IN_LISTS : NOWHERE;
	return true;
}

static void take_node(struct reader *r, const char *word)
{
	int64_t node;
	const char *end = number(word, &node);

	r->wants_node = false;
	if (!end || (*end && *end != ':'))
		return;
	r->node = node < 4096 ? (int)node : -1;
	r->place = NOWHERE;
}

static void in_place(struct reader *r, const char *word)
{
	int64_t value;
	const char *end;

	switch (r->place) {
	case IN_ZONE:
		take_field(r->zone, word);
		break;
	case IN_RESERVE:
		end = number(word, &value);
		if (!end || *end)
			r->place = NOWHERE;
		else if (r->zone->reserves < MEMINFO_RESERVES)
			r->zone->reserve[r->zone->reserves++] = value;
		break;
	case IN_LISTS:
		end = number(word, &value);
		if (r->before[0] == '=' && end && !strncmp(end, "kB", 2)) {
			r->zone->sum = value;
			r->place = NOWHERE;
		} else if (*word != '=' && !take_column(r, word) && !take_types(r->zone, word)) {
			r->place = NOWHERE;
		}
		break;
	case NOWHERE:
		break;
	}
}

static void word(struct reader *r, const char *w)
{
	if (r->wants_node) {
		take_node(r, w);
	} else if (!strcmp(w, "Node")) {
		r->wants_node = true;
	} else if (!strcmp(w, "lowmem_reserve[]:") || !strcmp(w, "protections[]:")) {
		r->place =
			r->zone && r->zone->has_zone && !r->zone->reserves ? IN_RESERVE : NOWHERE;
	} else if (!opens(r, w)) {
		in_place(r, w);
	}
	snprintf(r->before, sizeof(r->before), "%s", w);
}

/* "#012" is how syslog writes a line break. */
static size_t blank(const char *p)
{
	if (*p == ' ' || *p == '\t' || *p == '\r')
		return 1;
	return strncmp(p, "#012", 4) ? 0 : 4;
}

static void line(struct reader *r, const char *p)
{
	char one[WORD_MAX];

	while (*p) {
		size_t n = 0;

		while (*p && blank(p))
			p += blank(p);
		while (*p && !blank(p)) {
			if (n + 1 < sizeof(one))
				one[n++] = *p;
			p++;
		}
		one[n] = 0;
		if (n)
			word(r, one);
	}
}

int meminfo_parse(struct meminfo *m, const struct report_text *t)
{
	struct reader r = { .m = m, .node = -1 };

	*m = (struct meminfo){ .page_kb = 4, .cut = t->cut };
	for (unsigned int i = 0; i < t->count; i++)
		line(&r, t->lines[i]);
	return m->count ? 0 : -ENODATA;
}

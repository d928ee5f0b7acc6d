/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A page that is charged is mapped by somebody, in the page cache, or the kernel's. A charge that
 * is none of these, in a group where nobody lives, belongs to nobody: its page has kept a reference
 * that no one will drop, or its counter was not taken back.
 */
#include "watch/leak_judge.h"

#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"

/* Mapped memory that statistics may still show when the last process has gone: they lag by up to
 * 64 pages for each CPU. */
#define MAPPED_BY_NOBODY (1u << 20)

static const struct {
	const char *key;
	size_t to;
	bool of_kernel;
} owners[] = {
	{ "total_rss", offsetof(struct leak_owners, anon), false },
	{ "total_cache", offsetof(struct leak_owners, file), false },
	{ "anon", offsetof(struct leak_owners, anon), false },
	{ "file", offsetof(struct leak_owners, file), false },
	{ "kernel", offsetof(struct leak_owners, kernel), true },
	{ "sock", offsetof(struct leak_owners, kernel), false },
	{ "hugetlb", offsetof(struct leak_owners, file), false },
};

/* The value behind "KEY " at the start of @line. */
static bool value_of(const char *line, const char *key, uint64_t *ret)
{
	size_t n = strlen(key);
	char *end;

	if (strncmp(line, key, n) || line[n] != ' ')
		return false;
	*ret = strtoull(line + n + 1, &end, 10);
	return end != line + n + 1;
}

static void take_line(const char *line, struct leak_owners *ret)
{
	uint64_t v;

	for (size_t i = 0; i < ARRAY_SIZE(owners); i++)
		if (value_of(line, owners[i].key, &v)) {
			*(uint64_t *)((char *)ret + owners[i].to) += v;
			ret->complete |= owners[i].of_kernel;
		}
}

void leak_owners_parse(const char *stat, struct leak_owners *ret)
{
	memset(ret, 0, sizeof(*ret));
	for (const char *p = stat; *p; p += strcspn(p, "\n"), p += *p == '\n')
		take_line(p, ret);
}

void leak_owners_v1(struct leak_owners *o, uint64_t kmem_bytes)
{
	o->kernel += kmem_bytes;
	o->complete = true;
}

uint64_t leak_excess(uint64_t charged, const struct leak_owners *o)
{
	uint64_t owned = o->anon + o->file + o->kernel;

	return o->complete && o->anon < MAPPED_BY_NOBODY && charged > owned ? charged - owned : 0;
}

static bool meminfo_kib(const char *text, const char *key, uint64_t *ret)
{
	const char *at = strstr(text, key);
	char *end;

	if (!at)
		return false;
	at += strlen(key);
	*ret = strtoull(at, &end, 10);
	return end != at;
}

uint64_t leak_swap_used(const char *meminfo)
{
	uint64_t total, left;

	if (!meminfo_kib(meminfo, "SwapTotal:", &total) ||
	    !meminfo_kib(meminfo, "SwapFree:", &left) || left > total)
		return UINT64_MAX;
	return (total - left) * 1024;
}

bool leak_step(struct leak_run *r, uint64_t excess, uint64_t over, uint64_t for_us, uint64_t now)
{
	if (excess < over) {
		r->since_us = 0;
		return false;
	}
	if (!r->since_us) {
		r->since_us = now;
		r->least = excess;
	}
	r->least = excess < r->least ? excess : r->least;
	if (r->told || now - r->since_us < for_us)
		return false;
	r->told = true;
	return true;
}

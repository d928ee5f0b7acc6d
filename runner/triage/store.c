/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Lines lie in one arena in order of arrival. When either limit is met, the first and the last
 * quarter stay: the begin of a report tells what it is, its end how it ended, and the middle of one
 * that is this long is a table.
 */
#include "triage/store.h"

#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"

struct entry {
	uint64_t seq, number;
	uint32_t at, size; /* in the arena, with NUL */
	char caller[16];
};

struct store {
	unsigned int count;
	uint32_t used;
	uint64_t cut_seq; /* lines in front of this one are missing; 0: none */
	struct entry list[STORE_LINES];
	char arena[STORE_BYTES];
};

struct store *store_new(void)
{
	return calloc(1, sizeof(struct store));
}

struct store *store_free(struct store *s)
{
	free(s);
	return NULL;
}

/* Take out entries [from, to). */
static void drop(struct store *s, unsigned int from, unsigned int to)
{
	uint32_t at = from < s->count ? s->list[from].at : s->used;
	uint32_t behind = to < s->count ? s->list[to].at : s->used;

	memmove(s->arena + at, s->arena + behind, s->used - behind);
	memmove(s->list + from, s->list + to, (s->count - to) * sizeof(s->list[0]));
	s->used -= behind - at;
	s->count -= to - from;
	for (unsigned int i = from; i < s->count; i++)
		s->list[i].at -= behind - at;
}

static void make_room(struct store *s)
{
	s->cut_seq = s->list[s->count - s->count / 4].seq;
	drop(s, s->count / 4, s->count - s->count / 4);
}

static void add_one(struct store *s, const struct entry *like, const char *text, size_t n)
{
	struct entry *e;

	if (n >= STORE_LINE_BYTES)
		n = STORE_LINE_BYTES - 1;
	while (s->count == STORE_LINES || s->used + n + 1 > STORE_BYTES)
		make_room(s);
	e = &s->list[s->count++];
	*e = *like;
	e->at = s->used;
	e->size = (uint32_t)n + 1;
	memcpy(s->arena + s->used, text, n);
	s->arena[s->used + n] = 0;
	s->used += e->size;
}

void store_add(struct store *s, uint64_t seq, uint64_t number, const char *caller, const char *text)
{
	struct entry like = { .seq = seq, .number = number };

	memccpy(like.caller, caller, 0, sizeof(like.caller) - 1);
	for (;;) {
		size_t n = (size_t)(strchrnul(text, '\n') - text);
		size_t kept = n;

		while (kept && (text[kept - 1] == ' ' || text[kept - 1] == '\r'))
			kept--;
		add_one(s, &like, text, kept);
		if (!text[n])
			break;
		text += n + 1;
	}
}

void store_trim(struct store *s, uint64_t seq)
{
	unsigned int n = 0;

	if (!s->count || s->list[0].seq >= seq)
		return;
	if (s->list[s->count - 1].seq < seq) {
		s->count = s->used = 0;
	} else {
		while (s->list[n].seq < seq)
			n++;
		drop(s, 0, n);
	}
	if (s->cut_seq < seq)
		s->cut_seq = 0;
}

uint64_t store_number(const struct store *s, uint64_t seq)
{
	unsigned int low = 0, high = s->count;

	while (low < high) {
		unsigned int middle = (low + high) / 2;

		if (s->list[middle].seq < seq)
			low = middle + 1;
		else
			high = middle;
	}
	return low < s->count && s->list[low].seq == seq ? s->list[low].number : 0;
}

static bool wanted(const struct entry *e, uint64_t first, uint64_t last, const char *caller)
{
	return e->seq >= first && e->seq <= last && !strcmp(e->caller, caller);
}

static bool in_the_middle(unsigned int i, unsigned int all, unsigned int max)
{
	return all > max && i >= max / 4 * 3 && i < all - max / 4;
}

static void copy(const struct store *s, const struct entry *e, unsigned int i, const char **lines,
		 uint64_t *numbers, char **to)
{
	memcpy(*to, s->arena + e->at, e->size);
	lines[i] = *to;
	numbers[i] = e->number;
	*to += e->size;
}

size_t store_take(const struct store *s, uint64_t first, uint64_t last, const char *caller,
		  unsigned int lines_max, struct report_text *ret)
{
	unsigned int all = 0, seen = 0, kept = 0;
	size_t size = 0;
	uint64_t *numbers;
	char *block, *to;

	*ret = (struct report_text){ .cut = s->cut_seq > first && s->cut_seq <= last };
	for (unsigned int i = 0; i < s->count; i++)
		all += wanted(&s->list[i], first, last, caller);
	for (unsigned int i = 0; i < s->count; i++)
		if (wanted(&s->list[i], first, last, caller) &&
		    !in_the_middle(seen++, all, lines_max)) {
			size += s->list[i].size + sizeof(char *) + sizeof(uint64_t);
			kept++;
		}
	block = kept ? malloc(size) : NULL;
	if (!block)
		return 0;
	numbers = (uint64_t *)(void *)block;
	ret->numbers = numbers;
	ret->lines = (const char *const *)(void *)(numbers + kept);
	to = (char *)(numbers + kept) + kept * sizeof(char *);
	seen = 0;
	for (unsigned int i = 0; i < s->count; i++)
		if (wanted(&s->list[i], first, last, caller) &&
		    !in_the_middle(seen++, all, lines_max))
			copy(s, &s->list[i], ret->count++, (const char **)(void *)(numbers + kept),
			     numbers, &to);
	ret->cut = ret->cut || kept < all;
	return size;
}

void report_text_clear(struct report_text *t)
{
	union {
		const uint64_t *in;
		void *out;
	} block = { t->numbers };

	free(block.out); /* one block begins with the numbers */
	*t = (struct report_text){ .count = 0 };
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Each literal is noticed by four of its bytes (windows.h). Of any four bytes that lie side by side
 * one pair begins at a multiple of three: so every third byte is looked at, with its neighbour, in
 * a table of one bit a pair. What that lets through is looked up by all four bytes, and then
 * compared as a whole. With AVX2 the first step looks at 32 positions at once (scan_avx2.c).
 */
#include "triage/scan.h"

#include <stdlib.h>
#include <string.h>

#include "triage/scan_table.h"

static void add_window(struct scan *s, unsigned int literal)
{
	const char *p = s->literals.list[literal] + s->offset[literal];
	uint32_t window = window_at(p);
	unsigned int slot = scan_slot(window);

	for (unsigned int i = 0; i + 1 < WINDOW_BYTES; i++) {
		unsigned int pair = scan_pair(p + i);

		s->pairs[pair / 64] |= 1ull << (pair % 64);
	}
	while (s->first[slot] && s->window[slot] != window)
		slot = (slot + 1) % SCAN_SLOTS;
	s->window[slot] = window;
	s->next[literal] = s->first[slot];
	s->first[slot] = (uint16_t)(literal + 1);
}

static struct scan *make(void)
{
	struct scan *s = aligned_alloc(64, (sizeof(*s) + 63) / 64 * 64);

	if (!s)
		return NULL;
	memset(s, 0, sizeof(*s));
	literals_make(&s->literals);
	if (windows_choose(&s->literals, s->offset) < 0) {
		free(s);
		return NULL;
	}
	for (unsigned int i = 0; i < s->literals.count; i++) {
		s->length[i] = (uint8_t)strlen(s->literals.list[i]);
		add_window(s, i);
	}
	s->wide = scan_avx2_prepare(s);
	return s;
}

const struct scan *scan_get(void)
{
	static struct scan *made;

	if (!made)
		made = make();
	return made;
}

bool scan_verify(const struct scan *s, const char *begin, const char *end, const char *at)
{
	uint32_t window = window_at(at);
	unsigned int slot = scan_slot(window);

	while (s->first[slot] && s->window[slot] != window)
		slot = (slot + 1) % SCAN_SLOTS;
	for (unsigned int i = s->first[slot]; i; i = s->next[i - 1]) {
		const char *from = at - s->offset[i - 1];

		if (from >= begin && from + s->length[i - 1] <= end &&
		    !memcmp(from, s->literals.list[i - 1], s->length[i - 1]))
			return true;
	}
	return false;
}

/* A pair of a window lies at @at: the window begins there or up to two bytes before. */
static const char *around(const struct scan *s, const char *begin, const char *end, const char *at)
{
	for (const char *p = at - begin >= 2 ? at - 2 : begin; p <= at && p + WINDOW_BYTES <= end;
	     p++)
		if (scan_verify(s, begin, end, p))
			return p;
	return NULL;
}

const char *scan_narrow(const struct scan *s, const char *begin, const char *p, const char *end)
{
	for (; p + 1 < end; p += 3) {
		unsigned int pair = scan_pair(p);

		if (s->pairs[pair / 64] >> (pair % 64) & 1) {
			const char *hit = around(s, begin, end, p);

			if (hit)
				return hit;
		}
	}
	return end;
}

const char *scan_next(const struct scan *s, const char *p, const char *end)
{
	return s->wide ? scan_avx2(s, p, end) : scan_narrow(s, p, p, end);
}

/* Sixteen bytes at once; the compiler has instructions for it on every machine that matters. */
typedef uint8_t bytes16 __attribute__((vector_size(16)));

uint64_t scan_count_lines(const char *p, const char *end)
{
	uint64_t n = 0;

	while (end - p >= 16) {
		bytes16 sum = { 0 };

		for (unsigned int i = 0; i < 255 && end - p >= 16; i++, p += 16) {
			bytes16 text;

			memcpy(&text, p, sizeof(text));
			sum -= (bytes16)(text == '\n');
		}
		for (unsigned int i = 0; i < 16; i++)
			n += sum[i];
	}
	for (; p < end; p++)
		n += *p == '\n';
	return n;
}

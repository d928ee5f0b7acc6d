/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Among " blocked for more than " the four bytes "re t" are in every third line and "blo" in few.
 * "BUG:" notices thirty literals at once. What counts is how often the window would be noticed in
 * vain, divided among the literals that it serves.
 */
#include "triage/windows.h"

#include <string.h>

#include "base/cleanup.h"

/* From ' ' to '~', measured over the logs in tests/data; a file of "[12.345678] usb 1-1: ..." is
 * alike. */
static const unsigned char share[] = {
	133, 1,  1,  1,  1,  1,  1,  1,  3,  3,  1,  4,  10, 8,  16, 6, 89, 36, 23,
	19,  21, 17, 20, 15, 19, 13, 18, 2,  2,  4,  3,  1,  1,  4,  5, 5,  2,  2,
	1,   1,  1,  4,  1,  1,  1,  3,  2,  2,  5,  1,  4,  4,  2,  2, 1,  1,  1,
	1,   1,  17, 1,  17, 1,  15, 1,  29, 9,  20, 17, 44, 32, 9,  6, 24, 1,  8,
	18,  12, 18, 22, 13, 1,  24, 22, 25, 10, 4,  4,  14, 5,  1,  1, 1,  1,  1,
};

unsigned int windows_frequency(unsigned char c)
{
	return c >= ' ' && c - ' ' < (int)sizeof(share) ? share[c - ' '] : 1;
}

/* In every boot's chatter, whatever their letters promise. */
static const char *const chatter[] = {
	"ing ",       " dev",  "fault ",   "VFS: ",     "preempt", "check ",
	"count",      " err",  "ting ",    "FS: ",      "tion ",   "ount ",
	" for ",      "able ", "request ", "lock",      "error ",  " CPU",
	"page ",      "VFS:",  "EXT4-fs",  "LOCK",      "device ", "memory ",
	"interrupt ", "node ", "process ", " with ",    " from ",  "kernel: ",
	"register",   "file ", "state ",   "detected ", "block ",  "on CPU",
};

#define CHATTER_COST 100 /* a word against the chance of its letters */

static double cost(const char *p)
{
	double product = 1;

	for (unsigned int i = 0; i < WINDOW_BYTES; i++)
		product *= windows_frequency((unsigned char)p[i]);
	for (size_t i = 0; i < ARRAY_SIZE(chatter); i++)
		if (memmem(chatter[i], strlen(chatter[i]), p, WINDOW_BYTES))
			return product * CHATTER_COST;
	return product;
}

/* How many literals hold a window. */
struct served {
	uint32_t window;
	uint16_t literals; /* 0: a free slot */
	uint16_t last;     /* literal counted, so that each counts once */
};

#define SERVED_SLOTS (1u << 16) /* LITERALS_MAX of LITERAL_BYTES at most fill it */

static struct served *served_at(struct served *table, uint32_t window)
{
	unsigned int slot = window * 2654435761u >> 16; /* Knuth's multiplier */

	while (table[slot].literals && table[slot].window != window)
		slot = (slot + 1) % SERVED_SLOTS;
	return &table[slot];
}

static void count(struct served *table, const struct literals *l)
{
	for (unsigned int i = 0; i < l->count; i++) {
		size_t length = strlen(l->list[i]);

		for (size_t k = 0; k + WINDOW_BYTES <= length; k++) {
			uint32_t window = window_at(l->list[i] + k);
			struct served *s = served_at(table, window);

			if (s->literals && s->last == i)
				continue;
			s->window = window;
			s->last = (uint16_t)i;
			s->literals++;
		}
	}
}

static uint8_t best(struct served *table, const char *literal)
{
	size_t length = strlen(literal);
	double least = 0;
	uint8_t at = 0;

	for (size_t i = 0; i + WINDOW_BYTES <= length; i++) {
		double n = served_at(table, window_at(literal + i))->literals;
		double one = cost(literal + i);
		double c = one * one / (n * n * n); /* by trial: between the two extremes */

		if (!i || c < least) {
			least = c;
			at = (uint8_t)i;
		}
	}
	return at;
}

int windows_choose(const struct literals *l, uint8_t *ret_offset)
{
	_cleanup_free_ struct served *table = calloc(SERVED_SLOTS, sizeof(*table));

	if (!table)
		return -ENOMEM;
	count(table, l);
	for (unsigned int i = 0; i < l->count; i++)
		ret_offset[i] = best(table, l->list[i]);
	return 0;
}

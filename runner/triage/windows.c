/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Among " blocked for more than " the four bytes "re t" are in every third line and "blo" in few.
 * "BUG:" notices thirty literals at once. What counts is how often the window would be noticed in
 * vain, divided among the literals that it serves.
 */
#include "triage/windows.h"

#include <string.h>

#include "base/cleanup.h"

/* Measured over the logs in tests/data and six distributions' boots. */
unsigned int windows_frequency(unsigned char c)
{
	static const char *const often[] = {
		" 0", "e1", "ts2", "acinor3", "dl456789", "mpu:=fb", "-._xhgv[]kw/", "AECSPDTI,()",
	};
	static const unsigned char share[] = { 60, 40, 34, 28, 17, 12, 8, 4 };

	for (unsigned int i = 0; i < sizeof(share); i++)
		if (c && strchr(often[i], c))
			return share[i];
	return 1;
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

static unsigned int served(const struct literals *l, const char *window)
{
	unsigned int n = 0;

	for (unsigned int i = 0; i < l->count; i++)
		n += memmem(l->list[i], strlen(l->list[i]), window, WINDOW_BYTES) != NULL;
	return n;
}

static uint8_t best(const struct literals *l, const char *literal)
{
	size_t length = strlen(literal);
	double least = 0;
	uint8_t at = 0;

	for (size_t i = 0; i + WINDOW_BYTES <= length; i++) {
		double n = served(l, literal + i), one = cost(literal + i);
		double c = one * one / (n * n * n); /* by trial: between the two extremes */

		if (!i || c < least) {
			least = c;
			at = (uint8_t)i;
		}
	}
	return at;
}

void windows_choose(const struct literals *l, uint8_t *ret_offset)
{
	for (unsigned int i = 0; i < l->count; i++)
		ret_offset[i] = best(l, l->list[i]);
}

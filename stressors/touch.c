/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A page fault costs a quarter of a microsecond and more, so choosing the next page must cost next
 * to nothing: all three orders are one walk "index += step" through the pages, and differ in the
 * step and in what happens at the end of the memory. A step without a common divisor with the
 * number of pages visits every page once.
 */
#include "touch.h"

#include <string.h>
#include <unistd.h>

const char *const touch_orders[] = { "sequential", "random", "stride", NULL };
const char *const touch_accesses[] = { "write", "read", NULL };
const char *const touch_fills[] = { "byte", "page", NULL };

size_t touch_page_bytes(void)
{
	static size_t bytes;

	if (!bytes)
		bytes = (size_t)sysconf(_SC_PAGESIZE);
	return bytes;
}

static size_t common_divisor(size_t a, size_t b)
{
	while (b) {
		size_t rest = a % b;

		a = b;
		b = rest;
	}
	return a;
}

struct walk {
	size_t at, step, pages;
	size_t lane; /* stride: the first page of the next round */
};

static struct walk walk_begin(struct stressor_run *run, const struct touch *t, size_t pages)
{
	struct walk w = { .step = 1, .pages = pages, .lane = pages };

	if (t->order == TOUCH_STRIDE) {
		w.step = t->stride_bytes / touch_page_bytes();
		w.lane = 1;
	} else if (t->order == TOUCH_RANDOM) {
		w.at = stressor_below(run, pages);
		w.step = 1 + stressor_below(run, pages);
		while (common_divisor(w.step, pages) != 1)
			w.step++;
		w.step %= pages;
	}
	return w;
}

static inline void walk_next(struct walk *w)
{
	w->at += w->step;
	if (w->at >= w->pages)
		w->at = w->lane < w->pages ? w->lane++ : w->at - w->pages;
}

static void write_bytes(struct walk *w, char *at, size_t page)
{
	for (size_t i = 0; i < w->pages; i++, walk_next(w))
		*(volatile char *)(at + w->at * page) = (char)(i + 1);
}

static void read_bytes(struct walk *w, const char *at, size_t page)
{
	for (size_t i = 0; i < w->pages; i++, walk_next(w))
		(void)*(const volatile char *)(at + w->at * page);
}

static void write_whole(struct walk *w, char *at, size_t page)
{
	for (size_t i = 0; i < w->pages; i++, walk_next(w))
		memset(at + w->at * page, (int)(i + 1), page);
}

static void read_whole(struct walk *w, const char *at, size_t page)
{
	for (size_t i = 0; i < w->pages; i++, walk_next(w))
		for (size_t line = 0; line < page; line += 64)
			(void)*(const volatile char *)(at + w->at * page + line);
}

void touch_pages(struct stressor_run *run, const struct touch *t, char *at, size_t bytes)
{
	size_t page = touch_page_bytes();
	struct walk w;

	if (bytes < page)
		return;
	w = walk_begin(run, t, bytes / page);
	if (t->access)
		(t->fill ? read_whole : read_bytes)(&w, at, page);
	else
		(t->fill ? write_whole : write_bytes)(&w, at, page);
	run->bytes += bytes;
}

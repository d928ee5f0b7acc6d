/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Touching memory page by page: which page next, read or write, one byte or all of them. */
#ifndef HANGAR_TOUCH_H
#define HANGAR_TOUCH_H

#include "stressor.h"

enum touch_order { TOUCH_SEQUENTIAL, TOUCH_RANDOM, TOUCH_STRIDE };

/* PARAM_CHOICE values, so they are as wide as a parameter. */
struct touch {
	uint64_t order;  /* enum touch_order, an index of touch_orders */
	uint64_t access; /* an index of touch_accesses: 0 write, 1 read */
	uint64_t fill;   /* an index of touch_fills: 0 one byte a page, 1 the whole page */
	uint64_t stride_bytes;
};

extern const char *const touch_orders[];
extern const char *const touch_accesses[];
extern const char *const touch_fills[];

size_t touch_page_bytes(void);

/* Touch each page of @at once. @bytes is a multiple of the page size; 0 is allowed. */
void touch_pages(struct stressor_run *run, const struct touch *t, char *at, size_t bytes);

#endif

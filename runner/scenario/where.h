/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Where in the text a JSON value stands. jansson keeps no places, so the text is walked again: only
 * once an error is known, and only on text that jansson has already found valid.
 */
#ifndef HANGAR_WHERE_H
#define HANGAR_WHERE_H

#include <stdbool.h>
#include <stddef.h>

struct where_step {      /* one step down from the top value */
	const char *key; /* member of an object, as decoded; NULL: element @index of an array */
	size_t index;
};

enum where_what { WHERE_KEY, WHERE_VALUE };

/**
 * where_find - line and column (from 1, the column in bytes) of the member or value that @steps
 * lead to
 * @what: WHERE_KEY: the opening quote of the last step's key (an array element has none: its value)
 * Returns false, and leaves the results alone, when the steps lead nowhere.
 */
bool where_find(const char *text, size_t size, const struct where_step *steps, size_t n_steps,
		enum where_what what, unsigned int *ret_line, unsigned int *ret_column);

/* Line and column of byte @offset. */
void where_offset(const char *text, size_t offset, unsigned int *ret_line,
		  unsigned int *ret_column);

#endif

/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What pstore kept of a log that died: files (or parts of one) that begin with "Panic#1 Part3". The
 * kernel counts parts from the end of its log backwards, so Part1 is the last.
 */
#ifndef HANGAR_TRIAGE_PSTORE_H
#define HANGAR_TRIAGE_PSTORE_H

#include <stdbool.h>
#include <stddef.h>

#define PSTORE_BYTES (8u << 20) /* no machine has a persistent store of this size */

struct pstore_name {
	char event[24]; /* "Panic#1" */
	unsigned int part;
};

/* Is the first line of @text (@size bytes) such a header? */
bool pstore_header(const char *text, size_t size, struct pstore_name *ret);

/* The same of a file; false also when it cannot be read. */
bool pstore_peek(const char *path, struct pstore_name *ret);

/* Files of pstore come last, those of one event side by side, oldest part first; all others keep
 * their order. */
void pstore_sort(char **paths, unsigned int count);

/* The parts within @text (@size bytes, and one more that can be written), oldest first: a new
 * buffer of @size bytes; NULL: no memory. */
char *pstore_join(char *text, size_t size);

#endif

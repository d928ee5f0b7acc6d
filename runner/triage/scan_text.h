/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Small readers of kernel text for the explainers: numbers that saturate instead of wrapping,
 * values by key, words into buffers. None allocates; each accepts any bytes.
 */
#ifndef HANGAR_SCAN_TEXT_H
#define HANGAR_SCAN_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

bool scan_starts(const char *text, const char *with);

/* Digits at @text (blanks before them are skipped); UINT64_MAX when there are too many. Returns
 * what follows, NULL when there is none. */
const char *scan_u64(const char *text, uint64_t *ret);
/* As scan_u64() in base 16, "0x" optional. */
const char *scan_hex(const char *text, uint64_t *ret);
/* As scan_u64() for what fits into an int, with a sign; NULL when it does not fit. */
const char *scan_int(const char *text, int *ret);

/* The number behind the first @key ("anon-rss:"); false: no key, no number. */
bool scan_key_u64(const char *text, const char *key, uint64_t *ret);
bool scan_key_int(const char *text, const char *key, int *ret);

/* Copy @len bytes, cut to @size. */
void scan_copy(char *to, size_t size, const char *from, size_t len);
/* What stands between the first @begin and the next @end ("": the end of the line); false: no such
 * text. */
bool scan_between(const char *text, const char *begin, const char *end, char *to, size_t size);

#endif

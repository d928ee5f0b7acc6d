/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Numbers with units, as a scenario and a command line write them. A bare number where a unit is
 * due is an error (0 alone is allowed: zero of anything is zero).
 *   bytes:    "4096B" "64K" "100M" "2G" "1T"   (powers of 1024; KiB, MiB, ... also read)
 *   duration: "250us" "10ms" "30s" "5m" "2h" "1d"
 */
#ifndef HANGAR_UNITS_H
#define HANGAR_UNITS_H

#include <stddef.h>
#include <stdint.h>

/*
 * Returns 0; -EINVAL (no number, or rest not understood), -ENODATA (the unit is missing), -ERANGE
 * (negative, past UINT64_MAX, or a fraction of the smallest unit). "1.5G" is computed in whole
 * numbers and rounded down to a byte or microsecond.
 */
int units_parse_bytes(const char *text, uint64_t *ret_bytes);
int units_parse_duration(const char *text, uint64_t *ret_us);
/* A plain count: digits only; -EINVAL, -ERANGE. */
int units_parse_count(const char *text, uint64_t *ret_count);

/* Shortest exact form ("100M", "1500ms"), which parses back to the same number. Return @buf. */
const char *units_format_bytes(uint64_t bytes, char *buf, size_t size);
const char *units_format_duration(uint64_t us, char *buf, size_t size);

/* One sentence for each error of the parsers above: "a unit is missing: write 64M, 4096B or 2G". */
const char *units_explain_bytes(int err);
const char *units_explain_duration(int err);

#endif

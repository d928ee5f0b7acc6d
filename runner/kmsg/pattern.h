/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The small pattern language of the recogniser table: literal text with named fields.
 *   {comm} {group} {what}  text up to what follows in the pattern (the rest of the line when
 *                          nothing follows)
 *   {pid} {cpu} {seconds}  a decimal number
 *   {function}             a kernel symbol, with or without +0x1/0x2
 *   {n} {x} {*}            a decimal number, a hexadecimal number, any text: not kept
 *   {end}                  nothing may follow
 * A pattern is anchored at the begin of the text and, without {end}, open at its end. Text fields
 * take as little as lets the rest match, so "{comm}:{pid} blocked" splits "a:b:12 blocked" at the
 * last colon. The time is bounded by length of text times length of pattern.
 */
#ifndef HANGAR_KMSG_PATTERN_H
#define HANGAR_KMSG_PATTERN_H

#include <stdbool.h>

struct kmsg_fields {
	int pid; /* 0: none */
	int cpu; /* -1: none */
	double seconds;
	char comm[32];
	char function[96]; /* name alone */
	char group[128];
	char what[128];
};

/* Does @text begin as @pattern says? Fills @f, which may hold parts of a failed match otherwise. */
bool pattern_match(const char *pattern, const char *text, struct kmsg_fields *f);

/* Length of the symbol at @p: letters, digits, '_', '.', '$'; 0: none begins here. */
unsigned int pattern_symbol(const char *p);

#endif

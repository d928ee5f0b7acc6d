/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The bytes around the faulting instruction. x86 prints bytes and marks the first of the
 * instruction as <f3>; arm and arm64 print words, the instruction in brackets; risc-v prints
 * half-words.
 */
#include <ctype.h>
#include <string.h>

#include "triage/oops_read.h"
#include "triage/scan_text.h"

/* Words are shown as numbers; in memory all of these architectures are little-endian. */
static bool add_word(struct oops *o, uint64_t value, size_t bytes)
{
	if (o->code_bytes + bytes > OOPS_CODE_MAX)
		return false;
	for (size_t i = 0; i < bytes; i++)
		o->code[o->code_bytes++] = (unsigned char)(value >> (8 * i));
	return true;
}

void oops_code_take(struct oops *o, const char *text)
{
	while (*text) {
		bool marked = *text == '<' || *text == '(';
		uint64_t value;
		const char *end = scan_hex(text + marked, &value);
		size_t digits = end ? (size_t)(end - text) - marked : 0;

		if (!end || isalnum((unsigned char)*end) ||
		    (digits != 2 && digits != 4 && digits != 8))
			return; /* "Bad RIP value." */
		if (marked && o->code_fault < 0)
			o->code_fault = (int)o->code_bytes;
		if (!add_word(o, value, digits / 2))
			return;
		text = end + strspn(end, ">) ");
	}
}

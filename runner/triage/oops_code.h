/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The bytes at the fault as instructions, by libcapstone where it was there at build time. Says
 * which memory operand faulted, which registers made its address, and whether the instructions are
 * those of a list deletion.
 */
#ifndef HANGAR_OOPS_CODE_H
#define HANGAR_OOPS_CODE_H

#include "triage/oops_read.h"

#define CODE_LINES_MAX 24

struct code_line {
	char text[80]; /* "mov %rdi,0x8(%r8)" */
	bool fault;
};

struct oops_code {
	struct code_line lines[CODE_LINES_MAX];
	unsigned int count;
	bool done;          /* false: no library, no bytes, or bytes that are no code */
	bool trap;          /* ud2, brk: the kernel stopped itself */
	bool has_operand;   /* the faulting instruction has a memory operand: */
	bool writes, known; /* ... that it writes; all of its registers are in the dump */
	char base[8], index[8];
	int64_t displacement;
	uint64_t address; /* ... and so it is here */
	/* next->prev = prev; prev->next = next: __list_del() */
	bool list_del;
	char next_reg[8], prev_reg[8], entry_reg[8]; /* entry: "" when not seen */
	int64_t entry_offset;
};

void oops_code_read(const struct oops *o, struct oops_code *ret);

bool oops_code_can(void); /* is there a disassembler in this build? */

#endif

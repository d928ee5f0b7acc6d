/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The facts of an oops: registers, code bytes, the address and the error code of the fault. Of the
 * kernel's own dump only: the registers of the system call's user follow further down and are left
 * alone. Pure, of fixed size.
 */
#ifndef HANGAR_OOPS_READ_H
#define HANGAR_OOPS_READ_H

#include "triage/triage.h"

#define OOPS_REGS_MAX 48
#define OOPS_CODE_MAX 128

enum oops_arch { ARCH_UNKNOWN, ARCH_X86_64, ARCH_I386, ARCH_ARM64, ARCH_ARM, ARCH_RISCV };

struct oops_reg {
	char name[8]; /* "rax", "x29", as disassemblers write it */
	uint64_t value;
};

struct oops {
	enum oops_arch arch;
	struct oops_reg regs[OOPS_REGS_MAX];
	unsigned int reg_count;
	unsigned char code[OOPS_CODE_MAX];
	unsigned int code_bytes;
	int code_fault; /* where in code the faulting instruction begins; -1: not marked */
	bool has_address, has_error, has_esr, null_said;
	uint64_t address;            /* that the fault was about */
	uint64_t error;              /* x86: the CPU's error code */
	uint64_t esr;                /* arm64: ESR_EL1 */
	bool page_fault, protection; /* a page fault; a general protection fault */
	char where[128];             /* "deferred_split_scan+0x107/0x250 [mod]" */
	char bug[160];               /* "mm/slub.c:4001" of "kernel BUG at mm/slub.c:4001!" */
	char list[256];              /* the line of list_debug, "" */
	char modules[256];           /* those with a mark: "nvidia(POE)", ... */
	unsigned int die_count;      /* "[#2]": the second one since boot; 0: not said */
};

void oops_read(const struct triage_case *c, struct oops *ret);

/* The value of a register by its name; false: not in the dump. */
bool oops_reg(const struct oops *o, const char *name, uint64_t *ret);

const char *oops_arch_name(enum oops_arch arch);

/* oops_regs.c: take the registers out of one line; returns how many were new. */
unsigned int oops_regs_take(struct oops *o, const char *line);

/* oops_code_read.c: "Code: 48 89 <f3> aa ..." and "Code: f9400695 (91016021)". */
void oops_code_take(struct oops *o, const char *text);

#endif

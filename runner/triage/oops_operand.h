/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The memory operand of an instruction, whatever the architecture. Only with libcapstone. */
#ifndef HANGAR_OOPS_OPERAND_H
#define HANGAR_OOPS_OPERAND_H

#include "triage/late_capstone.h"
#include "triage/oops_read.h"

struct operand { /* base + index * scale + displacement */
	char base[8], index[8];
	int64_t scale, displacement;
	bool writes;
};

/* false: it touches no memory, or per-CPU memory, whose base no register shows. */
bool operand_of(csh handle, enum oops_arch arch, const cs_insn *in, struct operand *ret);

/* The name of a register; "" for none. */
void operand_reg(csh handle, unsigned int reg, char *to, size_t size);

#endif

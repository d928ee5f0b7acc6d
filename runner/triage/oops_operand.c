/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Not every mnemonic with brackets touches memory: lea and nop do not. */
#include "triage/oops_operand.h"

#include <stdio.h>
#include <string.h>

void operand_reg(csh handle, unsigned int reg, char *to, size_t size)
{
	const char *name = reg ? cs_reg_name(handle, reg) : NULL;

	snprintf(to, size, "%s", name ? name : "");
}

static bool x86_operand(csh handle, const cs_insn *in, struct operand *ret)
{
	const cs_x86 *x = &in->detail->x86;

	if (!strcmp(in->mnemonic, "lea") || !strncmp(in->mnemonic, "leaq", 4) ||
	    !strncmp(in->mnemonic, "leal", 4) || !strncmp(in->mnemonic, "nop", 3))
		return false;
	for (unsigned int i = 0; i < x->op_count && i < 8; i++) {
		const cs_x86_op *op = &x->operands[i];

		if (op->type != X86_OP_MEM || op->mem.segment == X86_REG_GS ||
		    op->mem.segment == X86_REG_FS)
			continue;
		operand_reg(handle, op->mem.base, ret->base, sizeof(ret->base));
		operand_reg(handle, op->mem.index, ret->index, sizeof(ret->index));
		ret->scale = op->mem.scale;
		ret->displacement = op->mem.disp;
		ret->writes = op->access & CS_AC_WRITE && strncmp(in->mnemonic, "test", 4) &&
			      strncmp(in->mnemonic, "cmp", 3);
		return true;
	}
	return false;
}

static bool arm64_operand(csh handle, const cs_insn *in, struct operand *ret)
{
	const cs_arm64 *a = &in->detail->arm64;

	for (unsigned int i = 0; i < a->op_count && i < 8; i++)
		if (a->operands[i].type == ARM64_OP_MEM) {
			operand_reg(handle, a->operands[i].mem.base, ret->base, sizeof(ret->base));
			operand_reg(handle, a->operands[i].mem.index, ret->index,
				    sizeof(ret->index));
			ret->scale = 1;
			ret->displacement = a->operands[i].mem.disp;
			ret->writes = !strncmp(in->mnemonic, "st", 2);
			return true;
		}
	return false;
}

static bool arm_operand(csh handle, const cs_insn *in, struct operand *ret)
{
	const cs_arm *a = &in->detail->arm;

	for (unsigned int i = 0; i < a->op_count && i < 8; i++)
		if (a->operands[i].type == ARM_OP_MEM) {
			operand_reg(handle, a->operands[i].mem.base, ret->base, sizeof(ret->base));
			operand_reg(handle, a->operands[i].mem.index, ret->index,
				    sizeof(ret->index));
			ret->scale = a->operands[i].mem.scale;
			ret->displacement = a->operands[i].mem.disp;
			ret->writes = !strncmp(in->mnemonic, "st", 2);
			return true;
		}
	return false;
}

bool operand_of(csh handle, enum oops_arch arch, const cs_insn *in, struct operand *ret)
{
	memset(ret, 0, sizeof(*ret));
	if (!in->detail)
		return false;
	if (arch == ARCH_ARM64)
		return arm64_operand(handle, in, ret);
	return arch == ARCH_ARM ? arm_operand(handle, in, ret) : x86_operand(handle, in, ret);
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * x86 instructions cannot be read backwards: the first byte of the dump may be in the middle of
 * one. So decoding begins at the first byte from which it arrives exactly at the marked one.
 */
#include "triage/oops_code.h"

#include <stdio.h>
#include <string.h>

#ifdef HAVE_CAPSTONE

#include "triage/oops_operand.h"
#include "triage/scan_text.h"

#define BEFORE_MAX 12 /* instructions shown in front of the faulting one */
#define AFTER_MAX 6
#define X86_LONGEST 15

bool oops_code_can(void)
{
	return late_capstone();
}

static bool open_for(enum oops_arch arch, csh *ret)
{
	cs_arch a = CS_ARCH_X86;
	cs_mode mode = CS_MODE_64;

	if (arch == ARCH_I386)
		mode = CS_MODE_32;
	else if (arch == ARCH_ARM64)
		a = CS_ARCH_ARM64, mode = CS_MODE_LITTLE_ENDIAN;
	else if (arch == ARCH_ARM)
		a = CS_ARCH_ARM, mode = CS_MODE_ARM;
	else if (arch != ARCH_X86_64)
		return false;
	if (!late_capstone())
		return false;
	if (cs_open(a, mode, ret) != CS_ERR_OK)
		return false;
	cs_option(*ret, CS_OPT_DETAIL, CS_OPT_ON);
	if (a == CS_ARCH_X86)
		cs_option(*ret, CS_OPT_SYNTAX, CS_OPT_SYNTAX_ATT);
	return true;
}

/* Addresses are offsets in the function, as far as it is known where in it the fault is: so jumps
 * show where they lead. */
static uint64_t start_of(const struct oops *o)
{
	const char *plus = strstr(o->where, "+0x");
	uint64_t offset = (uint64_t)o->code_fault;

	if (plus)
		scan_hex(plus + 1, &offset);
	return offset - (uint64_t)o->code_fault;
}

/* Instructions from @from on; NULL: none. *ret_fault: which of them is at the mark. */
static cs_insn *decode_from(csh handle, const struct oops *o, unsigned int from, size_t *ret_count,
			    size_t *ret_fault)
{
	cs_insn *insn = NULL;

	*ret_count = cs_disasm(handle, o->code + from, o->code_bytes - from, start_of(o) + from, 0,
			       &insn);
	for (size_t i = 0; i < *ret_count; i++)
		if (insn[i].address == start_of(o) + (uint64_t)o->code_fault) {
			*ret_fault = i;
			return insn;
		}
	if (insn)
		cs_free(insn, *ret_count);
	return NULL;
}

static cs_insn *decode(csh handle, const struct oops *o, size_t *ret_count, size_t *ret_fault)
{
	unsigned int step = o->arch == ARCH_ARM64 || o->arch == ARCH_ARM ? 4 : 1;

	for (unsigned int from = 0; from <= (unsigned int)o->code_fault; from += step) {
		cs_insn *insn;

		if (from > X86_LONGEST)
			from = (unsigned int)o->code_fault;
		insn = decode_from(handle, o, from, ret_count, ret_fault);
		if (insn)
			return insn;
	}
	return NULL;
}

static void show(struct oops_code *ret, const cs_insn *insn, size_t count, size_t fault)
{
	size_t from = fault > BEFORE_MAX ? fault - BEFORE_MAX : 0;

	for (size_t i = from; i < count && i <= fault + AFTER_MAX; i++) {
		struct code_line *l = &ret->lines[ret->count];

		if (ret->count == CODE_LINES_MAX)
			return;
		ret->count++;
		l->fault = i == fault;
		snprintf(l->text, sizeof(l->text), insn[i].op_str[0] ? "%.20s %.56s" : "%.20s",
			 insn[i].mnemonic, insn[i].op_str);
	}
}

static void compute(const struct oops *o, const struct operand *m, struct oops_code *ret)
{
	uint64_t base = 0, index = 0;

	ret->has_operand = true;
	ret->writes = m->writes;
	ret->displacement = m->displacement;
	snprintf(ret->base, sizeof(ret->base), "%s", m->base);
	snprintf(ret->index, sizeof(ret->index), "%s", m->index);
	if (!strcmp(m->base, "rip") || (m->base[0] && !oops_reg(o, m->base, &base)) ||
	    (m->index[0] && !oops_reg(o, m->index, &index)))
		return;
	ret->known = m->base[0] || m->index[0];
	ret->address = base + index * (uint64_t)m->scale + (uint64_t)m->displacement;
	if (o->arch == ARCH_I386 || o->arch == ARCH_ARM)
		ret->address &= UINT32_MAX;
}

/* "mov %src,disp(%base)" */
static bool store_of(csh handle, const struct oops *o, const cs_insn *in, struct operand *m,
		     char *src, size_t size)
{
	const cs_x86 *x;

	if (!operand_of(handle, o->arch, in, m) || !m->writes || m->index[0])
		return false;
	x = &in->detail->x86;
	if (strncmp(in->mnemonic, "mov", 3) || x->op_count != 2)
		return false;
	for (unsigned int i = 0; i < 2; i++)
		if (x->operands[i].type == X86_OP_REG) {
			operand_reg(handle, x->operands[i].reg, src, size);
			return true;
		}
	return false;
}

/* Where next and prev were loaded from: two loads of neighbouring words from one base. */
static void find_entry(csh handle, const struct oops *o, const cs_insn *insn, size_t until,
		       int64_t word, struct oops_code *ret)
{
	struct operand next = { .base = "" }, prev = { .base = "" };

	for (size_t i = until > BEFORE_MAX ? until - BEFORE_MAX : 0; i < until; i++) {
		const cs_x86 *x = &insn[i].detail->x86;
		struct operand m;
		char to[8] = "";

		if (strncmp(insn[i].mnemonic, "mov", 3) || x->op_count != 2 ||
		    !operand_of(handle, o->arch, &insn[i], &m) || m.writes)
			continue;
		for (unsigned int k = 0; k < 2; k++)
			if (x->operands[k].type == X86_OP_REG)
				operand_reg(handle, x->operands[k].reg, to, sizeof(to));
		if (!strcmp(to, ret->next_reg))
			next = m;
		else if (!strcmp(to, ret->prev_reg))
			prev = m;
	}
	if (next.base[0] && !strcmp(next.base, prev.base) &&
	    prev.displacement - next.displacement == word) {
		snprintf(ret->entry_reg, sizeof(ret->entry_reg), "%s", next.base);
		ret->entry_offset = next.displacement;
	}
}

/* Is insn[i], insn[i + 1] "next->prev = prev; prev->next = next"? */
static bool list_del_at(csh handle, const struct oops *o, const cs_insn *insn, size_t i,
			struct oops_code *ret)
{
	int64_t word = o->arch == ARCH_I386 ? 4 : 8;
	struct operand a, b;
	char sa[8], sb[8];

	if (!store_of(handle, o, &insn[i], &a, sa, sizeof(sa)) ||
	    !store_of(handle, o, &insn[i + 1], &b, sb, sizeof(sb)))
		return false;
	if (strcmp(a.base, sb) || strcmp(b.base, sa) || a.displacement + b.displacement != word ||
	    (a.displacement && b.displacement))
		return false;
	ret->list_del = true;
	snprintf(ret->next_reg, sizeof(ret->next_reg), "%s", a.displacement ? a.base : b.base);
	snprintf(ret->prev_reg, sizeof(ret->prev_reg), "%s", a.displacement ? b.base : a.base);
	find_entry(handle, o, insn, i, word, ret);
	return true;
}

void oops_code_read(const struct oops *o, struct oops_code *ret)
{
	struct operand m;
	size_t count = 0, fault = 0;
	cs_insn *insn;
	csh handle;

	memset(ret, 0, sizeof(*ret));
	if (o->code_fault < 0 || (unsigned int)o->code_fault >= o->code_bytes ||
	    !open_for(o->arch, &handle))
		return;
	insn = decode(handle, o, &count, &fault);
	if (insn) {
		ret->done = true;
		show(ret, insn, count, fault);
		ret->trap = !strncmp(insn[fault].mnemonic, "ud2", 3) ||
			    !strcmp(insn[fault].mnemonic, "brk");
		if (operand_of(handle, o->arch, &insn[fault], &m))
			compute(o, &m, ret);
		if (o->arch == ARCH_X86_64 || o->arch == ARCH_I386)
			(void)((fault + 1 < count && list_del_at(handle, o, insn, fault, ret)) ||
			       (fault && list_del_at(handle, o, insn, fault - 1, ret)));
		cs_free(insn, count);
	}
	cs_close(&handle);
}

#else

bool oops_code_can(void)
{
	return false;
}

void oops_code_read(const struct oops *o, struct oops_code *ret)
{
	(void)o;
	memset(ret, 0, sizeof(*ret));
}

#endif

/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Registers are printed as "NAME: HEX" several to a line, in each architecture's spelling. The
 * first value of a register counts: the end of the report repeats some.
 */
#include <ctype.h>
#include <string.h>
#include <strings.h>

#include "base/cleanup.h"
#include "triage/oops_read.h"
#include "triage/scan_text.h"

static const struct {
	const char *name, *shown; /* as printed; as disassemblers name it */
	enum oops_arch arch;
} known[] = {
	{ "RIP", "rip", ARCH_X86_64 }, { "RAX", "rax", ARCH_X86_64 },
	{ "RBX", "rbx", ARCH_X86_64 }, { "RCX", "rcx", ARCH_X86_64 },
	{ "RDX", "rdx", ARCH_X86_64 }, { "RSI", "rsi", ARCH_X86_64 },
	{ "RDI", "rdi", ARCH_X86_64 }, { "RBP", "rbp", ARCH_X86_64 },
	{ "RSP", "rsp", ARCH_X86_64 }, { "R08", "r8", ARCH_X86_64 },
	{ "R09", "r9", ARCH_X86_64 },  { "R10", "r10", ARCH_X86_64 },
	{ "R11", "r11", ARCH_X86_64 }, { "R12", "r12", ARCH_X86_64 },
	{ "R13", "r13", ARCH_X86_64 }, { "R14", "r14", ARCH_X86_64 },
	{ "R15", "r15", ARCH_X86_64 }, { "CR2", "cr2", ARCH_UNKNOWN },
	{ "EAX", "eax", ARCH_I386 },   { "EBX", "ebx", ARCH_I386 },
	{ "ECX", "ecx", ARCH_I386 },   { "EDX", "edx", ARCH_I386 },
	{ "ESI", "esi", ARCH_I386 },   { "EDI", "edi", ARCH_I386 },
	{ "EBP", "ebp", ARCH_I386 },   { "ESP", "esp", ARCH_I386 },
	{ "epc", "epc", ARCH_RISCV },  { "ra", "ra", ARCH_RISCV },
	{ "gp", "gp", ARCH_RISCV },    { "tp", "tp", ARCH_RISCV },
	{ "pc", "pc", ARCH_UNKNOWN },  { "lr", "lr", ARCH_UNKNOWN },
	{ "sp", "sp", ARCH_UNKNOWN },  { "fp", "fp", ARCH_ARM },
	{ "ip", "ip", ARCH_ARM },
};

/* x0 to x30, r0 to r12, t0, s0, a0 */
static bool numbered(const char *name, size_t len, enum oops_arch *arch)
{
	static const struct {
		char letter;
		int most;
		enum oops_arch arch;
	} rows[] = {
		{ 'x', 30, ARCH_ARM64 }, { 'r', 12, ARCH_ARM },  { 't', 6, ARCH_RISCV },
		{ 's', 11, ARCH_RISCV }, { 'a', 7, ARCH_RISCV },
	};
	int n = 0;

	if (len < 2 || len > 3)
		return false;
	for (size_t i = 1; i < len; i++) {
		if (!isdigit((unsigned char)name[i]))
			return false;
		n = n * 10 + name[i] - '0';
	}
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		if (rows[i].letter == name[0] && n <= rows[i].most) {
			*arch = rows[i].arch;
			return true;
		}
	return false;
}

static bool name_register(const char *name, size_t len, char *shown, size_t size,
			  enum oops_arch *arch)
{
	for (size_t i = 0; i < ARRAY_SIZE(known); i++)
		if (strlen(known[i].name) == len && !strncmp(known[i].name, name, len)) {
			scan_copy(shown, size, known[i].shown, strlen(known[i].shown));
			*arch = known[i].arch;
			return true;
		}
	if (!numbered(name, len, arch))
		return false;
	scan_copy(shown, size, name, len);
	return true;
}

static bool add(struct oops *o, const char *name, uint64_t value, enum oops_arch arch)
{
	uint64_t before;

	if (o->reg_count == OOPS_REGS_MAX || oops_reg(o, name, &before))
		return false;
	scan_copy(o->regs[o->reg_count].name, sizeof(o->regs[0].name), name, strlen(name));
	o->regs[o->reg_count++].value = value;
	if (arch != ARCH_UNKNOWN && o->arch == ARCH_UNKNOWN)
		o->arch = arch;
	return true;
}

/* ": ffff88003e3d4800", " : [<c019d604>]", ": 0018:ffffb109c3b87d08"; NULL: no value. */
static const char *take_value(const char *p, uint64_t *ret)
{
	const char *end;

	p += strspn(p, " ");
	if (*p++ != ':')
		return NULL;
	p += strspn(p, " ");
	p += strspn(p, "[<");
	end = scan_hex(p, ret);
	if (end && end - p == 4 && *end == ':') {
		p = end + 1 + strspn(end + 1, "[<");
		end = scan_hex(p, ret);
	}
	return end && end - p >= 8 && !isalnum((unsigned char)*end) ? end : NULL;
}

unsigned int oops_regs_take(struct oops *o, const char *line)
{
	unsigned int taken = 0;
	const char *p = line;

	while (*p) {
		size_t len = 0;
		enum oops_arch arch;
		uint64_t value;
		const char *end;
		char shown[8];

		while (*p && !isalnum((unsigned char)*p))
			p++;
		while (isalnum((unsigned char)p[len]))
			len++;
		if (name_register(p, len, shown, sizeof(shown), &arch)) {
			end = take_value(p + len, &value);
			if (end) {
				taken += add(o, shown, value, arch);
				p = end;
				continue;
			}
		}
		p += len;
	}
	return taken;
}

bool oops_reg(const struct oops *o, const char *name, uint64_t *ret)
{
	for (unsigned int i = 0; i < o->reg_count; i++)
		if (!strcasecmp(o->regs[i].name, name)) {
			*ret = o->regs[i].value;
			return true;
		}
	return false;
}

const char *oops_arch_name(enum oops_arch arch)
{
	static const char *const names[] = { "unknown", "x86_64", "i386", "arm64", "arm", "riscv" };

	return (size_t)arch < ARRAY_SIZE(names) ? names[arch] : "?";
}

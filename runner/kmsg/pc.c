/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The instruction pointer names the function that faulted, warned or spins, and it alone is beyond
 * doubt: the trace below it was found by an unwinder. Each architecture has its own word for it.
 */
#include "kmsg/pc.h"

#include <string.h>

#include "base/cleanup.h"

static const char *const marks[] = {
	"RIP: ",       "EIP: ",     "IP: ",       "EIP is at ", "RIP is at ", /* x86 */
	"pc : ",       "PC is at ", "pc is at ",                              /* arm, alpha */
	"NIP [",                                                              /* powerpc */
	"Krnl PSW : ",                                                        /* s390 */
	"epc : ",      "epc   : ",  "epc     : ",                             /* riscv, mips */
	"era   : ",    "era: ",     "   era: ",                               /* loongarch */
	"ip is at ",   "IAOQ[0]: ", "TPC: <", /* ia64, parisc, sparc */
	"RIP:",                               /* blanks that were lost on the way */
};

/* "0010:", "0704d00180000000 00000000009e59e4 ", "c000000000ac0ce8] " */
static const char *skip_numbers(const char *p)
{
	for (;;) {
		size_t n = strspn(p, "0123456789abcdef");

		if (n == 4 && p[4] == ':')
			p += 5;
		else if (n >= 8 && (p[n] == ' ' || p[n] == ']'))
			p += n + 1;
		else
			return p;
		p += strspn(p, " ");
	}
}

/* powerpc, where an interrupt came: "--- interrupt: 901 at arch_local_irq_restore+0x54/0x74" */
static const char *interrupted(const char *text)
{
	const char *at = strstr(text, " at ");

	if (strncmp(text, "--- interrupt: ", 15) && strncmp(text, "--- Exception: ", 15))
		return NULL;
	return at ? at + 4 : NULL;
}

enum pc_line pc_parse(const char *text, struct frame *ret)
{
	const char *at = interrupted(text);

	if (at)
		return frame_parse(at, ret) ? PC_KNOWN : PC_NOWHERE;
	for (size_t i = 0; i < ARRAY_SIZE(marks); i++) {
		size_t n = strlen(marks[i]);

		if (strncmp(text, marks[i], n))
			continue;
		text = skip_numbers(text + n);
		return frame_parse(text, ret) && ret->trusted ? PC_KNOWN : PC_NOWHERE;
	}
	return PC_NONE;
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Bits by the manuals of Intel and of Arm; taint by Documentation/admin-guide/tainted-kernels. */
#include "triage/oops_fault.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "base/cleanup.h"

void oops_page_fault_words(uint64_t error, char *buf, size_t size)
{
	bool fetch = error & 16, write = error & 2;

	snprintf(buf, size, "%s, by %s, %s%s%s%s",
		 fetch   ? "an instruction fetch"
		 : write ? "a write"
			 : "a read",
		 error & 4 ? "user space" : "the kernel",
		 fetch   ? "from "
		 : write ? "to "
			 : "from ",
		 error & 1 ? "a page that is present but forbids it" : "a page that is not present",
		 error & 8 ? "; reserved bits are set in the page table" : "",
		 error & 32 ? "; protection keys forbid it" : "");
}

void oops_selector_words(uint64_t error, char *buf, size_t size)
{
	buf[0] = '\0';
	if (error)
		snprintf(buf, size, "selector index %llu of the %s%s",
			 (unsigned long long)(error >> 3 & 0x1fff),
			 error & 2   ? "IDT"
			 : error & 4 ? "LDT"
				     : "GDT",
			 error & 1 ? ", by an external event" : "");
}

static const struct {
	unsigned int class;
	const char *words;
	bool data;
} classes[] = {
	{ 0x00, "unknown reason", false },
	{ 0x0e, "illegal execution state", false },
	{ 0x1c, "pointer authentication failed", false },
	{ 0x20, "instruction abort from user space", false },
	{ 0x21, "instruction abort in the kernel", false },
	{ 0x22, "program counter not aligned", false },
	{ 0x24, "data abort from user space", true },
	{ 0x25, "data abort in the kernel", true },
	{ 0x26, "stack pointer not aligned", false },
	{ 0x2f, "SError", false },
	{ 0x3c, "BRK instruction (BUG or WARN)", false },
};

static const struct {
	unsigned int from, to;
	const char *words;
} statuses[] = {
	{ 0x00, 0x03, "address size fault" },
	{ 0x04, 0x07, "translation fault (nothing mapped)" },
	{ 0x08, 0x0b, "access flag fault" },
	{ 0x0c, 0x0f, "permission fault" },
	{ 0x10, 0x10, "external abort" },
	{ 0x11, 0x11, "tag check fault" },
	{ 0x14, 0x17, "external abort on a page table walk" },
	{ 0x21, 0x21, "alignment fault" },
	{ 0x30, 0x30, "TLB conflict" },
};

void oops_esr_words(uint64_t esr, char *buf, size_t size)
{
	unsigned int class = (unsigned int)(esr >> 26 & 0x3f), status = (unsigned int)(esr & 0x3f);
	const char *class_words = "exception class";
	bool data = false;
	size_t used;

	for (size_t i = 0; i < ARRAY_SIZE(classes); i++)
		if (classes[i].class == class) {
			class_words = classes[i].words;
			data = classes[i].data;
		}
	snprintf(buf, size, "%s (class 0x%02x)%s", class_words, class,
		 data ? esr & 64 ? ", a write" : ", a read" : "");
	used = strlen(buf);
	for (size_t i = 0; (data || class == 0x21) && i < ARRAY_SIZE(statuses); i++)
		if (status >= statuses[i].from && status <= statuses[i].to)
			snprintf(buf + used, size - used,
				 statuses[i].to > statuses[i].from ? "; %s, level %u" : "; %s",
				 statuses[i].words, status & 3);
}

static const struct {
	char letter;
	const char *words;
} taints[] = {
	{ 'P', "a proprietary module" },
	{ 'F', "a module loaded by force" },
	{ 'S', "a CPU or SMP out of specification" },
	{ 'R', "a module unloaded by force" },
	{ 'M', "a machine check happened" },
	{ 'B', "a bad page was met before" },
	{ 'U', "user space asked for it" },
	{ 'D', "the kernel died before: there was an earlier oops" },
	{ 'A', "an ACPI table was overridden" },
	{ 'W', "a warning came before" },
	{ 'C', "a staging driver" },
	{ 'I', "a firmware bug was worked around" },
	{ 'O', "a module from out of the tree" },
	{ 'E', "an unsigned module" },
	{ 'L', "a soft lockup came before" },
	{ 'K', "a live patch" },
	{ 'X', "the distributor's own mark" },
	{ 'T', "randomised structures, or a technology preview (RHEL)" },
	{ 'N', "a test of the kernel ran (KUnit)" },
	{ 'H', "hardware that the distributor does not support (RHEL)" },
	{ 'J', "firmware was changed by user space (fwctl)" },
};

/* "G        W  OE  ------------": letters until a word of others. */
static size_t letters(const char *taint)
{
	size_t n = strspn(taint, "ABCDEFGHIJKLMNOPQRSTUVWXYZ -");

	while (n && isalnum((unsigned char)taint[n]) && taint[n - 1] != ' ')
		n--; /* a word that goes on: "Not", "Tainted" */
	return n;
}

bool oops_taint_has(const char *taint, char letter)
{
	return memchr(taint, letter, letters(taint)) != NULL;
}

void oops_taint_words(const char *taint, char *buf, size_t size)
{
	size_t used = 0;

	buf[0] = '\0';
	for (size_t i = 0; i < ARRAY_SIZE(taints) && used < size; i++) {
		int n;

		if (!oops_taint_has(taint, taints[i].letter))
			continue;
		n = snprintf(buf + used, size - used, "%s%c (%s)", used ? ", " : "",
			     taints[i].letter, taints[i].words);
		used += n > 0 ? (size_t)n : 0;
	}
}

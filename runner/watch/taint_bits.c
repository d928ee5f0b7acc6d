/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Letters are an interface of the kernel since 2.6; distributions added their own above bit 26. */
#include "watch/taint_bits.h"

#include <stdio.h>

#include "base/cleanup.h"

static const struct {
	unsigned int bit;
	char letter;
	const char *about;
} bits[] = {
	{ 0, 'P', "a proprietary module" },
	{ 1, 'F', "a module loaded by force" },
	{ 2, 'S', "a CPU out of its specification" },
	{ 3, 'R', "a module unloaded by force" },
	{ 4, 'M', "a machine check" },
	{ 5, 'B', "a bad page" },
	{ 6, 'U', "asked for by user space" },
	{ 7, 'D', "died: an oops or BUG" },
	{ 8, 'A', "ACPI table overridden" },
	{ 9, 'W', "warned" },
	{ 10, 'C', "a staging driver" },
	{ 11, 'I', "a firmware bug worked around" },
	{ 12, 'O', "a module from outside the tree" },
	{ 13, 'E', "an unsigned module" },
	{ 14, 'L', "a soft lockup" },
	{ 15, 'K', "live-patched" },
	{ 16, 'X', "auxiliary, by the distribution" },
	{ 17, 'T', "structure layout randomised" },
	{ 18, 'N', "an in-kernel test ran" },
	{ 19, 'J', "a mutating debug operation (fwctl)" },
	{ 27, 'Z', "RHEL 6" },
	{ 28, 'H', "RHEL: unsupported hardware" },
	{ 29, 'T', "RHEL: technology preview" },
};

static void append(char *buf, size_t size, size_t *used, const char *fmt, char letter,
		   unsigned int bit, const char *about)
{
	int n;

	if (*used >= size)
		return;
	if (letter)
		n = snprintf(buf + *used, size - *used, "%s%c%s%s%s", *fmt && *used ? fmt : "",
			     letter, about ? " (" : "", about ? about : "", about ? ")" : "");
	else
		n = snprintf(buf + *used, size - *used, "%s#%u", *fmt && *used ? fmt : "", bit);
	*used += n > 0 ? (size_t)n : 0;
}

static const char *print(uint64_t mask, char *buf, size_t size, const char *between, int with_about)
{
	size_t used = 0;

	buf[0] = 0;
	for (unsigned int bit = 0; bit < 64; bit++) {
		size_t i = 0;

		if (!(mask >> bit & 1))
			continue;
		while (i < ARRAY_SIZE(bits) && bits[i].bit != bit)
			i++;
		append(buf, size, &used, between, i < ARRAY_SIZE(bits) ? bits[i].letter : 0, bit,
		       with_about && i < ARRAY_SIZE(bits) ? bits[i].about : NULL);
	}
	return buf;
}

const char *taint_explain(uint64_t mask, char *buf, size_t size)
{
	return print(mask, buf, size, ", ", 1);
}

const char *taint_letters(uint64_t mask, char *buf, size_t size)
{
	return print(mask, buf, size, "", 0);
}

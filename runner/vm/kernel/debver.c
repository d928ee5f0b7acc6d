/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The two alternating parts of a version: what is no digit, then a number. Epochs do not occur in
 * kernels. */
#include "vm/kernel/debver.h"

#include <ctype.h>
#include <string.h>

/* '~' comes before the end, the end before letters, letters before the rest. */
static int order(char c)
{
	if (c == '~')
		return -1;
	if (c == '\0' || isdigit((unsigned char)c))
		return 0;
	return isalpha((unsigned char)c) ? (unsigned char)c : (unsigned char)c + 256;
}

static int compare_digits(const char **a, const char **b)
{
	size_t length_a, length_b;
	int r;

	*a += strspn(*a, "0");
	*b += strspn(*b, "0");
	length_a = strspn(*a, "0123456789");
	length_b = strspn(*b, "0123456789");
	r = length_a != length_b ? (length_a < length_b ? -1 : 1) : strncmp(*a, *b, length_a);
	*a += length_a;
	*b += length_b;
	return r;
}

int debver_compare(const char *a, const char *b)
{
	int r;

	while (*a || *b) {
		while ((*a && !isdigit((unsigned char)*a)) || (*b && !isdigit((unsigned char)*b))) {
			r = order(*a) - order(*b);
			if (r)
				return r;
			a++;
			b++;
		}
		r = compare_digits(&a, &b);
		if (r)
			return r;
	}
	return 0;
}

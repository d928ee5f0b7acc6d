/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A log may hold anything, torn or forged: no number wraps, no copy overruns. */
#include "triage/scan_text.h"

#include <limits.h>
#include <string.h>

bool scan_starts(const char *text, const char *with)
{
	return !strncmp(text, with, strlen(with));
}

const char *scan_u64(const char *text, uint64_t *ret)
{
	uint64_t value = 0;

	text += strspn(text, " \t");
	if (*text < '0' || *text > '9')
		return NULL;
	for (; *text >= '0' && *text <= '9'; text++) {
		uint64_t digit = (uint64_t)(*text - '0');

		value = value > (UINT64_MAX - digit) / 10 ? UINT64_MAX : value * 10 + digit;
	}
	*ret = value;
	return text;
}

static int digit_of(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c |= 0x20;
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

const char *scan_hex(const char *text, uint64_t *ret)
{
	uint64_t value = 0;

	text += strspn(text, " \t");
	if (text[0] == '0' && (text[1] | 0x20) == 'x' && digit_of(text[2]) >= 0)
		text += 2;
	if (digit_of(*text) < 0)
		return NULL;
	for (; digit_of(*text) >= 0; text++)
		value = value >> 60 ? UINT64_MAX : value << 4 | (uint64_t)digit_of(*text);
	*ret = value;
	return text;
}

const char *scan_int(const char *text, int *ret)
{
	bool minus;
	uint64_t value;

	text += strspn(text, " \t");
	minus = *text == '-';
	if (minus && (text[1] < '0' || text[1] > '9'))
		return NULL;
	text = scan_u64(text + minus, &value);
	if (!text || value > INT_MAX)
		return NULL;
	*ret = minus ? -(int)value : (int)value;
	return text;
}

bool scan_key_u64(const char *text, const char *key, uint64_t *ret)
{
	const char *p = strstr(text, key);

	return p && scan_u64(p + strlen(key), ret);
}

bool scan_key_int(const char *text, const char *key, int *ret)
{
	const char *p = strstr(text, key);

	return p && scan_int(p + strlen(key), ret);
}

void scan_copy(char *to, size_t size, const char *from, size_t len)
{
	if (len >= size)
		len = size - 1;
	memcpy(to, from, len);
	to[len] = '\0';
}

bool scan_between(const char *text, const char *begin, const char *end, char *to, size_t size)
{
	const char *p = strstr(text, begin), *stop;

	if (!p)
		return false;
	p += strlen(begin);
	stop = *end ? strstr(p, end) : p + strlen(p);
	if (!stop)
		return false;
	scan_copy(to, size, p, (size_t)(stop - p));
	return true;
}

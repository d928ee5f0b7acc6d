/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Numbers with units. Nothing is guessed: "64" of bytes or of seconds is refused, because a
 * scenario that reads 64 as bytes where its author meant megabytes tests nothing and says nothing.
 * The arithmetic is whole numbers throughout, so that what was written is what is set, and what is
 * printed parses back.
 */
#include "base/units.h"

#include <ctype.h>
#include <errno.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

struct unit {
	const char *name;
	uint64_t factor;
	bool spelling_only; /* read, but not written by the formatters */
};

/*
 * Largest first: the formatters take the first that divides. No k, m, g: "m" would read as minutes
 * or milli.
 */
static const struct unit byte_units[] = {
	{ "T", 1ull << 40 }, { "TiB", 1ull << 40, true },
	{ "G", 1ull << 30 }, { "GiB", 1ull << 30, true },
	{ "M", 1ull << 20 }, { "MiB", 1ull << 20, true },
	{ "K", 1ull << 10 }, { "KiB", 1ull << 10, true },
	{ "B", 1 },          { NULL },
};

static const struct unit duration_units[] = {
	{ "d", 86400000000ull },
	{ "h", 3600000000ull },
	{ "m", 60000000ull },
	{ "s", 1000000ull },
	{ "ms", 1000 },
	{ "us", 1 },
	{ NULL },
};

/* Whole digits at *@text into *@ret_value; moves *@text behind them. */
static int read_digits(const char **text, uint64_t *ret_value)
{
	uint64_t value = 0;
	const char *p = *text;

	if (*p == '-' && isdigit((unsigned char)p[1]))
		return -ERANGE;
	if (!isdigit((unsigned char)*p))
		return -EINVAL;
	for (; isdigit((unsigned char)*p); p++)
		if (__builtin_mul_overflow(value, 10u, &value) ||
		    __builtin_add_overflow(value, (uint64_t)(*p - '0'), &value))
			return -ERANGE;
	*text = p;
	*ret_value = value;
	return 0;
}

/*
 * @factor times 0.DIGITS, rounded down. From the last digit on, each step divides by ten; rounding
 * down at every step gives the same as rounding down once. @factor x 9 is far from 2^64 in both
 * tables.
 */
static uint64_t read_fraction(const char *digits, size_t count, uint64_t factor)
{
	uint64_t part = 0;

	while (count-- > 0)
		part = ((uint64_t)(digits[count] - '0') * factor + part) / 10;
	return part;
}

static const struct unit *unit_find(const struct unit *units, const char *name)
{
	for (; units->name; units++)
		if (!strcmp(units->name, name))
			return units;
	return NULL;
}

static int parse(const char *text, const struct unit *units, uint64_t *ret)
{
	const struct unit *unit;
	const char *fraction = "";
	size_t digits = 0;
	uint64_t value;
	int r;

	r = read_digits(&text, &value);
	if (r < 0)
		return r;
	if (*text == '.') {
		fraction = text + 1;
		digits = strspn(fraction, "0123456789");
		if (!digits)
			return -EINVAL;
		text = fraction + digits;
	}
	if (!*text) {
		if (value || strspn(fraction, "0") != digits)
			return -ENODATA;
		*ret = 0;
		return 0;
	}
	unit = unit_find(units, text);
	if (!unit)
		return -EINVAL;
	if (__builtin_mul_overflow(value, unit->factor, &value) ||
	    __builtin_add_overflow(value, read_fraction(fraction, digits, unit->factor), &value))
		return -ERANGE;
	/* "0.4B" is no nothing: refuse rather than round an amount away. */
	if (!value && strspn(fraction, "0") != digits)
		return -ERANGE;
	*ret = value;
	return 0;
}

static const char *format(uint64_t value, const struct unit *unit, char *buf, size_t size)
{
	if (!value) {
		snprintf(buf, size, "0");
		return buf;
	}
	while (unit->spelling_only || value % unit->factor)
		unit++;
	snprintf(buf, size, "%" PRIu64 "%s", value / unit->factor, unit->name);
	return buf;
}

int units_parse_bytes(const char *text, uint64_t *ret_bytes)
{
	return parse(text, byte_units, ret_bytes);
}

int units_parse_duration(const char *text, uint64_t *ret_us)
{
	return parse(text, duration_units, ret_us);
}

int units_parse_count(const char *text, uint64_t *ret_count)
{
	uint64_t value;
	int r;

	r = read_digits(&text, &value);
	if (r < 0)
		return r;
	if (*text)
		return -EINVAL;
	*ret_count = value;
	return 0;
}

const char *units_format_bytes(uint64_t bytes, char *buf, size_t size)
{
	return format(bytes, byte_units, buf, size);
}

const char *units_format_duration(uint64_t us, char *buf, size_t size)
{
	return format(us, duration_units, buf, size);
}

const char *units_explain_bytes(int err)
{
	switch (err) {
	case 0:
		return "is a number of bytes";
	case -ENODATA:
		return "a unit is missing: write 4096B, 64M or 2G";
	case -ERANGE:
		return "is out of range: an amount of bytes is 0, or from 1B up to 16777215T";
	default:
		return "is no amount of bytes: write a number and B, K, M, G or T (powers of "
		       "1024), as in 64M";
	}
}

const char *units_explain_duration(int err)
{
	switch (err) {
	case 0:
		return "is a duration";
	case -ENODATA:
		return "a unit is missing: write 250us, 10ms, 30s, 5m, 2h or 1d";
	case -ERANGE:
		return "is out of range: a duration is 0, or from 1us up to 213503982d";
	default:
		return "is no duration: write a number and us, ms, s, m, h or d, as in 30s";
	}
}

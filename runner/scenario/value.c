/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * One value by its row: from JSON to the field. Amounts are text with a unit and never bare
 * numbers, since the reader of a scenario must not have to know whether 100 are bytes or pages.
 */
#include <ctype.h>
#include <errno.h>
#include <inttypes.h>
#include <string.h>

#include "base/units.h"
#include "scenario/reader.h"
#include "scenario/scenario.h"

static void *field(void *base, size_t offset)
{
	return (char *)base + offset;
}

static uint64_t most(const struct key *k)
{
	if (k->max)
		return k->max;
	return k->type == KEY_COUNT ? UINT32_MAX : INT64_MAX;
}

int percent_parse(const char *text, unsigned int scale, uint64_t *ret)
{
	uint64_t value = 0, unit = scale;
	bool fraction = false;

	if (*text == '-' && isdigit((unsigned char)text[1]))
		return -ERANGE;
	if (!isdigit((unsigned char)*text))
		return -EINVAL;
	for (; isdigit((unsigned char)*text) || (*text == '.' && !fraction); text++) {
		if (*text == '.') {
			fraction = true;
			if (!isdigit((unsigned char)text[1]))
				return -EINVAL;
		} else if (fraction) {
			unit /= 10;
			if (!unit && *text != '0')
				return -EINVAL; /* finer than can be kept */
			value += unit * (uint64_t)(*text - '0');
		} else if (value > UINT32_MAX) {
			return -ERANGE;
		} else {
			value = value * 10 + (uint64_t)(*text - '0') * scale;
		}
	}
	if (!*text)
		return value ? -ENODATA : -EINVAL;
	if (strcmp(text, "%"))
		return -EINVAL;
	*ret = value;
	return 0;
}

static const char *format_amount(const struct key *k, uint64_t value, char *buf, size_t size)
{
	if (k->type == KEY_BYTES)
		return units_format_bytes(value, buf, size);
	if (k->type == KEY_DURATION)
		return units_format_duration(value, buf, size);
	snprintf(buf, size, "%" PRIu64 "%s", value, k->type == KEY_PERCENT ? "%" : "");
	return buf;
}

static int check_range(struct reader *r, const struct key *k, uint64_t value)
{
	char is[32], low[32], high[32];

	if (value >= k->min && value <= most(k))
		return 0;
	return reader_refuse(r, "is %s; allowed: %s to %s", format_amount(k, value, is, sizeof(is)),
			     format_amount(k, k->min, low, sizeof(low)),
			     format_amount(k, most(k), high, sizeof(high)));
}

static const char *explain_percent(int err)
{
	return err == -ERANGE    ? "is out of range"
	       : err == -ENODATA ? "a percent sign is missing: write 150%"
				 : "is no percentage: write a whole number and %, as in 150%";
}

int parse_amount(const struct key *k, const char *text, uint64_t *ret, const char **ret_why)
{
	int err;

	switch (k->type) {
	case KEY_BYTES:
		err = units_parse_bytes(text, ret);
		*ret_why = units_explain_bytes(err);
		return err;
	case KEY_DURATION:
		err = units_parse_duration(text, ret);
		*ret_why = units_explain_duration(err);
		return err;
	default:
		err = percent_parse(text, 1, ret);
		*ret_why = explain_percent(err);
		return err;
	}
}

static int read_amount(struct reader *r, const struct key *k, json_t *value, uint64_t *to)
{
	const char *text = json_string_value(value), *why;
	char word[64];
	uint64_t amount;
	int err;

	if (json_is_number(value)) {
		parse_amount(k, "1", &amount, &why);
		return reader_refuse(r, "is a bare number; %s, in quotes", why);
	}
	if (!text)
		return reader_refuse(r, "must be text with a unit, not %s", json_kind(value));
	err = parse_amount(k, text, &amount, &why);
	if (err < 0)
		return reader_refuse(r, "is %s%s%s", quoted(text, word, sizeof(word)),
				     strncmp(why, "is ", 3) ? ": " : ", which ", why);
	err = check_range(r, k, amount);
	if (!err)
		*to = amount;
	return err;
}

static int read_number(struct reader *r, const struct key *k, json_t *value, void *to)
{
	json_int_t number = json_integer_value(value);
	int err;

	if (!json_is_integer(value))
		return reader_refuse(r, "must be a whole number%s, not %s",
				     json_is_string(value) ? " without quotes" : "",
				     json_is_real(value) ? "a fraction" : json_kind(value));
	if (number < 0)
		return reader_refuse(r, "is %" JSON_INTEGER_FORMAT "; it must not be negative",
				     number);
	err = check_range(r, k, (uint64_t)number);
	if (err < 0)
		return err;
	if (k->type == KEY_COUNT)
		*(unsigned int *)to = (unsigned int)number;
	else
		*(uint64_t *)to = (uint64_t)number;
	return 0;
}

static int read_bool(struct reader *r, const struct key *k, json_t *value, void *to)
{
	if (!json_is_boolean(value))
		return reader_refuse(r, "must be true or false, not %s", json_kind(value));
	if (k->type == KEY_SWITCH)
		*(uint64_t *)to = json_is_true(value);
	else
		*(bool *)to = json_is_true(value);
	return 0;
}

static int read_objects(struct reader *r, const struct key *k, json_t *value, void *base)
{
	size_t n = json_array_size(value);

	if (!json_is_array(value))
		return reader_refuse(r, "must be an array of objects, not %s", json_kind(value));
	if (n < k->min || n > k->max)
		return reader_refuse(r, "has %zu elements; allowed: %" PRIu64 " to %" PRIu64, n,
				     k->min, k->max);
	return objects_read(r, k->object, value, field(base, k->offset), field(base, k->other));
}

int value_read(struct reader *r, const struct key *k, json_t *value, void *base)
{
	void *to = field(base, k->offset);

	switch (k->type) {
	case KEY_TEXT:
	case KEY_NAME:
		return read_text(r, k, value, to);
	case KEY_WORD:
	case KEY_CHOICE:
	case KEY_EITHER:
		return read_word(r, k, value, to);
	case KEY_BYTES:
	case KEY_DURATION:
	case KEY_PERCENT:
		return read_amount(r, k, value, to);
	case KEY_COUNT:
	case KEY_NUMBER:
		return read_number(r, k, value, to);
	case KEY_BOOL:
	case KEY_SWITCH:
		return read_bool(r, k, value, to);
	case KEY_TEXTS:
	case KEY_WORDS:
		return read_texts(r, k, value, to);
	case KEY_OBJECT:
		return object_read(r, k->object, value, to);
	case KEY_OBJECTS:
		return read_objects(r, k, value, base);
	case KEY_OWN:
		break;
	}
	return k->read(r, k, value, base);
}

int read_ignored(struct reader *r, const struct key *k, json_t *value, void *base)
{
	return json_is_string(value) ? 0
				     : reader_refuse(r, "must be text, not %s", json_kind(value));
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A journal may come from another machine, another version, or another hand: nothing is taken for
 * granted.
 */
#include "event.h"

#include <math.h>
#include <string.h>

#include "base/utf8.h"

uint64_t event_number(const json_t *event, const char *key)
{
	json_int_t value = json_integer_value(json_object_get(event, key));

	return value > 0 ? (uint64_t)value : 0;
}

double event_seconds(const json_t *event, const char *key)
{
	double value = json_number_value(json_object_get(event, key));

	return isfinite(value) && value > 0 ? value : 0;
}

const char *event_text(const json_t *event, const char *key)
{
	const char *text = json_string_value(json_object_get(event, key));

	return text ? text : "";
}

static void copy_cut(char *buf, size_t size, const char *text)
{
	size_t len = strlen(text);

	if (len >= size) {
		len = size - 1;
		while (len > 0 && !utf8_length(text + len))
			len--;
	}
	memcpy(buf, text, len);
	buf[len] = '\0';
}

void event_copy(const json_t *event, const char *key, char *buf, size_t size)
{
	copy_cut(buf, size, event_text(event, key));
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What most options take. A refusal says what would have been right. */
#include <errno.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "base/cli.h"
#include "base/units.h"

static void *place(const struct cli_option *o, void *options)
{
	return (char *)options + o->at;
}

CLI_TAKER(cli_flag)
{
	*(bool *)place(o, options) = true;
	return 0;
}

CLI_TAKER(cli_set)
{
	*(int *)place(o, options) = (int)o->min;
	return 0;
}

CLI_TAKER(cli_text)
{
	*(const char **)place(o, options) = value ? value : "";
	return 0;
}

/* The place of @value among the words, or -EINVAL, told. */
static int find_word(const struct cli *c, const struct cli_option *o, const char *value)
{
	char all[128] = "one of ";

	for (int i = 0; o->words[i]; i++) {
		if (!strcmp(o->words[i], value))
			return i;
		snprintf(all + strlen(all), sizeof(all) - strlen(all), "%s%s", i ? ", " : "",
			 o->words[i]);
	}
	return cli_refuse_value(c, o, value, all);
}

CLI_TAKER(cli_one_of)
{
	int found = find_word(c, o, value);

	if (found >= 0)
		*(const char **)place(o, options) = value;
	return found < 0 ? found : 0;
}

CLI_TAKER(cli_choice)
{
	int found = find_word(c, o, value);

	if (found >= 0)
		*(int *)place(o, options) = (int)o->min + found;
	return found < 0 ? found : 0;
}

/* Within ->min and ->max, and within @most, what the type can hold. */
static int take_number(const struct cli *c, const struct cli_option *o, const char *value,
		       uint64_t most, uint64_t *ret)
{
	char why[96];

	if (o->max)
		most = o->max;
	if (units_parse_count(value, ret) < 0)
		return cli_refuse_value(c, o, value, "a plain number is wanted");
	if (*ret >= o->min && *ret <= most)
		return 0;
	snprintf(why, sizeof(why), "%" PRIu64 " to %" PRIu64 " are possible", o->min, most);
	return cli_refuse_value(c, o, value, why);
}

CLI_TAKER(cli_count)
{
	uint64_t n = 0;
	int err = take_number(c, o, value, UINT32_MAX, &n);

	if (!err)
		*(unsigned int *)place(o, options) = (unsigned int)n;
	return err;
}

CLI_TAKER(cli_number)
{
	uint64_t n = 0;
	int err = take_number(c, o, value, UINT64_MAX, &n);

	if (!err)
		*(uint64_t *)place(o, options) = n;
	return err;
}

CLI_TAKER(cli_bytes)
{
	uint64_t bytes = 0;
	char least[32], why[64];
	int err = units_parse_bytes(value, &bytes);

	if (err < 0)
		return cli_refuse_value(c, o, value, units_explain_bytes(err));
	if (bytes < o->min) {
		snprintf(why, sizeof(why), "%s at the least",
			 units_format_bytes(o->min, least, sizeof(least)));
		return cli_refuse_value(c, o, value, why);
	}
	*(uint64_t *)place(o, options) = bytes;
	return 0;
}

CLI_TAKER(cli_time)
{
	uint64_t us = 0;
	int err = units_parse_duration(value, &us);

	if (err < 0)
		return cli_refuse_value(c, o, value, units_explain_duration(err));
	if (!us)
		return cli_refuse_value(c, o, value, "must be longer than nothing");
	*(uint64_t *)place(o, options) = us;
	return 0;
}

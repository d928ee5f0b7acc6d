/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Parameters are checked before the run and not only by the stressor: a hundred copies that all
 * exit with "bad usage" are a broken night.
 */
#include "scenario/param.h"

#include <inttypes.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/units.h"
#include "scenario/suggest.h"

#define CHOICES_MAX 64

struct param_kind {
	const char *name;
	/* Text to a number in base units; NULL: not a number. */
	int (*parse)(const char *text, uint64_t *ret);
	const char *(*format)(uint64_t value, char *buf, size_t size);
	const char *like; /* what is due */
};

static int parse_percent(const char *text, uint64_t *ret)
{
	size_t digits = strspn(text, "0123456789");
	char number[8];

	if (!digits || digits > 3 || strcmp(text + digits, "%"))
		return strcmp(text, "0") ? -EINVAL : units_parse_count(text, ret);
	snprintf(number, sizeof(number), "%.*s", (int)digits, text);
	return units_parse_count(number, ret);
}

static int parse_bool(const char *text, uint64_t *ret)
{
	*ret = !strcmp(text, "true");
	return *ret || !strcmp(text, "false") ? 0 : -EINVAL;
}

static const char *format_count(uint64_t value, char *buf, size_t size)
{
	snprintf(buf, size, "%" PRIu64, value);
	return buf;
}

static const char *format_percent(uint64_t value, char *buf, size_t size)
{
	snprintf(buf, size, "%" PRIu64 "%%", value);
	return buf;
}

static const struct param_kind kinds[] = {
	{ "bytes", units_parse_bytes, units_format_bytes, "a size with a unit like \"64M\"" },
	{ "duration", units_parse_duration, units_format_duration,
	  "a time with a unit like \"10ms\"" },
	{ "count", units_parse_count, format_count, "a whole number" },
	{ "percent", parse_percent, format_percent, "a share like \"50%\"" },
	{ "bool", parse_bool, NULL, "true or false" },
	{ "choice" },
	{ "mix" },
	{ "text" },
	{ "path" },
};

static const struct param_kind *kind_find(const char *name)
{
	for (size_t i = 0; i < ARRAY_SIZE(kinds); i++)
		if (!strcmp(kinds[i].name, name))
			return &kinds[i];
	return NULL;
}

bool param_kind_known(const char *kind)
{
	return kind_find(kind) != NULL;
}

static const char *text_of(const json_t *describe, const char *key)
{
	const char *text = json_string_value(json_object_get(describe, key));

	return text ? text : "";
}

static int check_number(const json_t *describe, const struct param_kind *k, const char *text,
			struct diag *d)
{
	uint64_t min = (uint64_t)json_integer_value(json_object_get(describe, "min"));
	uint64_t max = (uint64_t)json_integer_value(json_object_get(describe, "max"));
	const char *name = text_of(describe, "name");
	char low[32], high[32];
	uint64_t value;
	int err;

	err = k->parse(text, &value);
	if (err < 0)
		return diag_set(d, err, "\"%s\" is \"%.48s\"; it must be %s", name, text, k->like);
	if (!k->format || (!min && !max) || (value >= min && value <= max))
		return 0;
	return diag_set(d, -ERANGE, "\"%s\" is \"%.48s\"; allowed: %s to %s", name, text,
			k->format(min, low, sizeof(low)), k->format(max, high, sizeof(high)));
}

static void choices_of(const json_t *describe, const char **ret)
{
	json_t *choices = json_object_get(describe, "choices"), *choice;
	size_t i, n = 0;

	json_array_foreach (choices, i, choice)
		if (json_is_string(choice) && n < CHOICES_MAX)
			ret[n++] = json_string_value(choice);
	ret[n] = NULL;
}

static int check_choice(const json_t *describe, const char *word, struct diag *d)
{
	const char *choices[CHOICES_MAX + 1], *near;
	const char *name = text_of(describe, "name");
	char list[320];

	choices_of(describe, choices);
	for (const char **c = choices; *c; c++)
		if (!strcmp(*c, word))
			return 0;
	near = suggest_nearest(word, choices);
	suggest_list(choices, CHOICES_MAX, list, sizeof(list));
	if (near)
		return diag_set(d, -EINVAL, "\"%s\" is \"%.48s\"; did you mean \"%s\"? (%s)", name,
				word, near, list);
	return diag_set(d, -EINVAL, "\"%s\" is \"%.48s\"; %s", name, word, list);
}

/* One "unlink:3" or "unlink" of a mix; adds the weight to *@total. */
static int check_share(const json_t *describe, char *part, uint64_t *total, struct diag *d)
{
	char *colon = strchr(part, ':');
	uint64_t weight = 1;
	int err;

	if (colon)
		*colon = '\0';
	err = check_choice(describe, part, d);
	if (err < 0)
		return err;
	if (colon && units_parse_count(colon + 1, &weight) < 0)
		return diag_set(d, -EINVAL,
				"\"%s\" weighs \"%s\" with \"%.32s\"; a weight is a "
				"whole number",
				text_of(describe, "name"), part, colon + 1);
	if (weight > 1000000)
		return diag_set(d, -ERANGE,
				"\"%s\" weighs \"%s\" with %" PRIu64
				"; a weight is at most 1000000",
				text_of(describe, "name"), part, weight);
	*total += weight;
	return 0;
}

static int check_mix(const json_t *describe, const char *text, struct diag *d)
{
	_cleanup_free_ char *copy = strdup(text);
	char *rest = copy, *part;
	uint64_t total = 0;
	int err;

	if (!copy)
		return diag_set(d, -ENOMEM, "no memory to check a parameter");
	while ((part = strsep(&rest, ","))) {
		err = check_share(describe, part, &total, d);
		if (err < 0)
			return err;
	}
	if (!total)
		return diag_set(d, -EINVAL, "\"%s\" is \"%.48s\"; one weight must be above 0",
				text_of(describe, "name"), text);
	return 0;
}

int param_check(const json_t *describe, const char *text, struct diag *d)
{
	const char *kind = text_of(describe, "kind");
	const struct param_kind *k = kind_find(kind);

	if (k && k->parse)
		return check_number(describe, k, text, d);
	if (!strcmp(kind, "choice"))
		return check_choice(describe, text, d);
	if (!strcmp(kind, "mix"))
		return check_mix(describe, text, d);
	if (!*text)
		return diag_set(d, -EINVAL, "\"%s\" is empty; it must be a path",
				text_of(describe, "name"));
	return 0;
}

static const char *join_choices(const json_t *describe, const char *title, char *buf, size_t size)
{
	const char *choices[CHOICES_MAX + 1];
	size_t len;

	choices_of(describe, choices);
	len = (size_t)snprintf(buf, size, "%s", title);
	for (const char **c = choices; *c && len < size; c++)
		len += (size_t)snprintf(buf + len, size - len, "%s%s", c == choices ? "" : ", ",
					*c);
	return buf;
}

const char *param_range(const json_t *describe, char *buf, size_t size)
{
	const struct param_kind *k = kind_find(text_of(describe, "kind"));
	uint64_t min = (uint64_t)json_integer_value(json_object_get(describe, "min"));
	uint64_t max = (uint64_t)json_integer_value(json_object_get(describe, "max"));
	char low[32], high[32];

	buf[0] = '\0';
	if (!strcmp(text_of(describe, "kind"), "choice"))
		return join_choices(describe, "one of ", buf, size);
	if (!strcmp(text_of(describe, "kind"), "mix"))
		return join_choices(describe, "weights over ", buf, size);
	if (k && k->format && (min || max))
		snprintf(buf, size, "%s to %s", k->format(min, low, sizeof(low)),
			 k->format(max, high, sizeof(high)));
	return buf;
}

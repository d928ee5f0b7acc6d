/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Parameter text to values. Every kind is one reader in a table; a reader knows the notation, the
 * range check behind it is common. A refusal names the parameter, repeats the text and says what is
 * allowed, since it may come out of a scenario's log hours later.
 */
#include "params.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/units.h"

/* A weight is a share of the draws: beyond a million to one an operation would never be seen. */
#define WEIGHT_MAX 1000000u

static int refuse(const struct param *p, const char *text, int err, const char *why,
		  struct diag *diag)
{
	return diag_set(diag, err, "--%s=%s: %s", p->name, text, why);
}

static int read_bytes(const struct param *p, const char *text, uint64_t *ret, struct diag *diag)
{
	int err = units_parse_bytes(text, ret);

	return err ? refuse(p, text, err, units_explain_bytes(err), diag) : 0;
}

static int read_duration(const struct param *p, const char *text, uint64_t *ret, struct diag *diag)
{
	int err = units_parse_duration(text, ret);

	return err ? refuse(p, text, err, units_explain_duration(err), diag) : 0;
}

static int read_count(const struct param *p, const char *text, uint64_t *ret, struct diag *diag)
{
	int err = units_parse_count(text, ret);

	return err ? refuse(p, text, err, "a whole number is due, such as 8", diag) : 0;
}

static int read_percent(const struct param *p, const char *text, uint64_t *ret, struct diag *diag)
{
	size_t len = strlen(text);
	char digits[4] = "";

	if (strcmp(text, "0") == 0) {
		*ret = 0;
		return 0;
	}
	if (len >= 2 && len <= 4 && text[len - 1] == '%')
		memcpy(digits, text, len - 1);
	if (!digits[0] || units_parse_count(digits, ret) || *ret > 100)
		return refuse(p, text, -EINVAL, "a share is due, from 0% to 100%", diag);
	return 0;
}

static int read_bool(const struct param *p, const char *text, uint64_t *ret, struct diag *diag)
{
	*ret = strcmp(text, "true") == 0;
	if (!*ret && strcmp(text, "false") != 0)
		return refuse(p, text, -EINVAL, "true or false is due", diag);
	return 0;
}

static int find_choice(const struct param *p, const char *text, size_t len)
{
	for (int i = 0; p->choices[i]; i++)
		if (strlen(p->choices[i]) == len && memcmp(p->choices[i], text, len) == 0)
			return i;
	return -ENOENT;
}

static int refuse_choice(const struct param *p, const char *text, const char *part, size_t len,
			 struct diag *diag)
{
	char all[512] = "";

	for (int i = 0; p->choices[i]; i++) {
		strncat(all, i ? ", " : "", sizeof(all) - strlen(all) - 1);
		strncat(all, p->choices[i], sizeof(all) - strlen(all) - 1);
	}
	return diag_set(diag, -EINVAL, "--%s=%s: '%.*s' is none of: %s", p->name, text, (int)len,
			part, all);
}

static int read_choice(const struct param *p, const char *text, uint64_t *ret, struct diag *diag)
{
	int index = find_choice(p, text, strlen(text));

	if (index < 0)
		return refuse_choice(p, text, text, strlen(text), diag);
	*ret = (uint64_t)index;
	return 0;
}

/* One "name:weight" of a mix, @len bytes; a name alone weighs 1. */
static int read_weight(const struct param *p, const char *text, const char *part, size_t len,
		       uint64_t *weights, struct diag *diag)
{
	const char *colon = memchr(part, ':', len);
	size_t name_len = colon ? (size_t)(colon - part) : len;
	int index = find_choice(p, part, name_len);
	char number[16] = "1";

	if (index < 0)
		return refuse_choice(p, text, part, name_len, diag);
	if (colon && len - name_len - 1 < sizeof(number)) {
		memset(number, 0, sizeof(number));
		memcpy(number, colon + 1, len - name_len - 1);
	} else if (colon) {
		return refuse(p, text, -ERANGE, "a weight is at most 1000000", diag);
	}
	if (units_parse_count(number, &weights[index]))
		return refuse(p, text, -EINVAL, "a weight is a whole number, as in create:4", diag);
	if (weights[index] > WEIGHT_MAX)
		return refuse(p, text, -ERANGE, "a weight is at most 1000000", diag);
	return 0;
}

static int read_mix(const struct param *p, const char *text, struct diag *diag)
{
	uint64_t weights[STRESSOR_MIX_MAX] = { 0 };
	uint64_t total = 0;
	const char *part = text;
	size_t len;
	int err;

	for (;; part += len + 1) {
		len = strcspn(part, ",");
		err = read_weight(p, text, part, len, weights, diag);
		if (err)
			return err;
		if (!part[len])
			break;
	}
	for (size_t i = 0; i < STRESSOR_MIX_MAX; i++)
		total += weights[i];
	if (total == 0)
		return refuse(p, text, -EINVAL, "at least one weight must be above 0", diag);
	memcpy(p->to, weights, sizeof(weights));
	return 0;
}

typedef int param_reader(const struct param *, const char *, uint64_t *, struct diag *);

static const struct {
	const char *name;
	param_reader *read; /* NULL: not one number */
	const char *(*format)(uint64_t, char *, size_t);
} kinds[] = {
	[PARAM_BYTES] = { "bytes", read_bytes, units_format_bytes },
	[PARAM_DURATION] = { "duration", read_duration, units_format_duration },
	[PARAM_COUNT] = { "count", read_count, NULL },
	[PARAM_PERCENT] = { "percent", read_percent, NULL },
	[PARAM_BOOL] = { "bool", read_bool, NULL },
	[PARAM_CHOICE] = { "choice", read_choice, NULL },
	[PARAM_MIX] = { "mix", NULL, NULL },
	[PARAM_TEXT] = { "text", NULL, NULL },
	[PARAM_PATH] = { "path", NULL, NULL },
};

static const char *format_value(const struct param *p, uint64_t value, char *buf, size_t size)
{
	if (kinds[p->kind].format)
		return kinds[p->kind].format(value, buf, size);
	snprintf(buf, size, "%llu%s", (unsigned long long)value,
		 p->kind == PARAM_PERCENT ? "%" : "");
	return buf;
}

static int check_range(const struct param *p, const char *text, uint64_t value, struct diag *diag)
{
	char min[32], max[32];

	if ((!p->min && !p->max) || (value >= p->min && value <= p->max))
		return 0;
	return diag_set(diag, -ERANGE, "--%s=%s: out of range, allowed is %s to %s", p->name, text,
			format_value(p, p->min, min, sizeof(min)),
			format_value(p, p->max, max, sizeof(max)));
}

int param_set(const struct param *p, const char *text, struct diag *diag)
{
	uint64_t value;
	int err;

	if (p->kind == PARAM_MIX)
		return read_mix(p, text, diag);
	if (!kinds[p->kind].read) {
		if (strlen(text) > 3000)
			return diag_set(diag, -ERANGE, "--%s: the %s is too long", p->name,
					kinds[p->kind].name);
		*(const char **)p->to = text;
		return 0;
	}
	err = kinds[p->kind].read(p, text, &value, diag);
	if (!err)
		err = check_range(p, text, value, diag);
	if (err)
		return err;
	*(uint64_t *)p->to = value;
	return 0;
}

int params_set_defaults(const struct param *params, struct diag *diag)
{
	for (const struct param *p = params; p->name; p++) {
		int err = p->fallback ? param_set(p, p->fallback, diag) : 0;

		if (err)
			return err;
	}
	return 0;
}

const struct param *params_find(const struct param *params, const char *name, size_t len)
{
	for (const struct param *p = params; p->name; p++)
		if (strlen(p->name) == len && memcmp(p->name, name, len) == 0)
			return p;
	return NULL;
}

const char *param_kind_name(enum param_kind kind)
{
	return kinds[kind].name;
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Conditions that end a phase: one kind an object, nested by "all" and "any". */
#include <string.h>

#include "base/cleanup.h"
#include "base/units.h"
#include "scenario/reader.h"
#include "scenario/scenario.h"

static const struct {
	const char *key;
	enum condition_kind kind;
} kinds[] = {
	{ "psi", COND_PSI },     { "usage", COND_USAGE },
	{ "steps", COND_STEPS }, { "oom-kills", COND_OOM_KILLS },
	{ "all", COND_ALL },     { "any", COND_ANY },
};

int read_condition(struct reader *r, const struct key *k, json_t *value, void *base)
{
	struct condition **to = (void *)((char *)base + k->offset);

	*to = calloc(1, sizeof(**to));
	if (!*to || object_defaults(k->object, *to) < 0)
		return reader_refuse_memory(r);
	return object_read(r, k->object, value, *to);
}

static int parse_share(struct reader *r, json_t *value, unsigned int scale, uint64_t *ret)
{
	const char *text = json_string_value(value);
	char word[64];
	int err;

	if (!text)
		return reader_refuse(r, "must be text like \"20%%\", not %s", json_kind(value));
	err = percent_parse(text, scale, ret);
	if (err < 0)
		return reader_refuse(r, "is %s; write a share like \"20%%\"",
				     quoted(text, word, sizeof(word)));
	if (*ret > 100u * scale)
		return reader_refuse(r, "is %s; allowed: 0%% to 100%%",
				     quoted(text, word, sizeof(word)));
	return 0;
}

/* The kernel tells averages to a hundredth of a percent. */
int read_share(struct reader *r, const struct key *k, json_t *value, void *base)
{
	struct condition *c = base;

	c->below = !strcmp(k->name, "below");
	return parse_share(r, value, 100, &c->value);
}

int read_usage(struct reader *r, const struct key *k, json_t *value, void *base)
{
	const char *text = json_string_value(value);
	struct condition *c = base;
	char word[64];
	int err;

	c->below = !strcmp(k->name, "below");
	c->is_percent = text && strchr(text, '%');
	if (c->is_percent)
		return parse_share(r, value, 1, &c->value);
	if (!text)
		return reader_refuse(r, "must be text like \"90%%\" or \"80M\", not %s",
				     json_kind(value));
	err = units_parse_bytes(text, &c->value);
	if (err < 0)
		return reader_refuse(r, "is %s; write a size like \"80M\" or a share like \"90%%\"",
				     quoted(text, word, sizeof(word)));
	return 0;
}

int check_bound(struct reader *r, json_t *value, void *base)
{
	if (!json_object_get(value, "above") == !json_object_get(value, "below"))
		return reader_refuse(r, "needs one of \"above\" and \"below\"");
	return 0;
}

int check_condition(struct reader *r, json_t *value, void *base)
{
	struct condition *c = base;

	if (json_object_size(value) != 1)
		return reader_refuse(r,
				     "has %zu conditions where one is due; allowed: \"psi\", "
				     "\"usage\", \"steps\", \"oom-kills\", \"all\" or \"any\"",
				     json_object_size(value));
	for (size_t i = 0; i < ARRAY_SIZE(kinds); i++)
		if (json_object_get(value, kinds[i].key))
			c->kind = kinds[i].kind;
	return 0;
}

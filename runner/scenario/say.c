/* SPDX-License-Identifier: GPL-2.0-or-later */
/* One value, one list, one sentence at a time. */
#include "scenario/say.h"

#include <inttypes.h>
#include <string.h>

#include "base/units.h"

static const void *field(const void *base, size_t offset)
{
	return (const char *)base + offset;
}

/* An amount as the file would write it; false when it is unset. */
static bool amount_text(const struct key *k, uint64_t value, char *buf, size_t size)
{
	if (value == UNSET)
		return false;
	if (k->type == KEY_BYTES)
		units_format_bytes(value, buf, size);
	else if (k->type == KEY_DURATION)
		units_format_duration(value, buf, size);
	else if (k->type == KEY_SWITCH)
		snprintf(buf, size, "%s", value ? "on" : "off");
	else
		snprintf(buf, size, "%" PRIu64 "%s", value, k->type == KEY_PERCENT ? "%" : "");
	return true;
}

static bool words_text(char *const *words, char *buf, size_t size)
{
	size_t len = 0;

	buf[0] = '\0';
	for (; words && *words && len + strlen(*words) + 2 < size; words++)
		len += (size_t)snprintf(buf + len, size - len, "%s%s", len ? " " : "", *words);
	return len > 0;
}

static bool copy_text(const char *text, char *buf, size_t size)
{
	return text && snprintf(buf, size, "%s", text) >= 0;
}

static bool value_text(const struct key *k, const void *at, char *buf, size_t size)
{
	switch (k->type) {
	case KEY_TEXT:
	case KEY_NAME:
	case KEY_WORD:
		return copy_text(*(char *const *)at, buf, size);
	case KEY_CHOICE:
		return copy_text(k->words[*(const unsigned int *)at], buf, size);
	case KEY_EITHER:
		return copy_text(k->words[*(const bool *)at], buf, size);
	case KEY_BYTES:
	case KEY_DURATION:
	case KEY_PERCENT:
	case KEY_NUMBER:
	case KEY_SWITCH:
		return amount_text(k, *(const uint64_t *)at, buf, size);
	case KEY_COUNT:
		snprintf(buf, size, "%u", *(const unsigned int *)at);
		return *(const unsigned int *)at > 0;
	case KEY_BOOL:
		buf[0] = '\0';
		return *(const bool *)at;
	case KEY_TEXTS:
	case KEY_WORDS:
		return words_text(*(char *const *const *)at, buf, size);
	default:
		return false;
	}
}

unsigned int say_rows(const struct object *o, const void *base, const char *skip, FILE *to)
{
	unsigned int said = 0;
	char text[256];

	for (const struct key *k = o->keys; k->name; k++) {
		if ((skip && !strcmp(k->name, skip)) ||
		    !value_text(k, field(base, k->offset), text, sizeof(text)))
			continue;
		fprintf(to, "%s%s%s%s", said++ ? ", " : "", k->name, text[0] ? " " : "", text);
	}
	return said;
}

static void say_bound(const struct condition *c, const char *value, FILE *to)
{
	fprintf(to, c->below ? "below %s" : "at %s or above", value);
}

static void say_parts(const struct condition *c, const char *join, FILE *to)
{
	for (unsigned int i = 0; i < c->n_parts; i++) {
		bool nested = c->parts[i].n_parts > 1 && c->n_parts > 1;

		fprintf(to, "%s%s", i ? join : "", nested ? "(" : "");
		say_condition(&c->parts[i], to);
		fputs(nested ? ")" : "", to);
	}
}

void say_condition(const struct condition *c, FILE *to)
{
	char value[48];

	switch (c->kind) {
	case COND_PSI:
		fprintf(to, "%s pressure (%s) is ", c->resource, c->full ? "full" : "some");
		snprintf(value, sizeof(value), "%g%%", (double)c->value / 100);
		say_bound(c, value, to);
		break;
	case COND_USAGE:
		fprintf(to, "memory of %s is ", c->group);
		if (c->is_percent)
			snprintf(value, sizeof(value), "%" PRIu64 "%% of its limit", c->value);
		else
			units_format_bytes(c->value, value, sizeof(value));
		say_bound(c, value, to);
		break;
	case COND_STEPS:
		fprintf(to, "%s made %" PRIu64 " steps", c->use ? c->use : "all stressors",
			c->value);
		break;
	case COND_OOM_KILLS:
		fprintf(to, "%" PRIu64 " OOM kills%s%s", c->value, c->group ? " in " : "",
			c->group ? c->group : "");
		break;
	case COND_ALL:
		say_parts(c, " and ", to);
		break;
	case COND_ANY:
		say_parts(c, " or ", to);
		break;
	}
}

void say_pattern(const struct pattern *p, FILE *to)
{
	fputs(p->kind == FINDING_NONE ? "any fault" : finding_kind_name(p->kind), to);
	for (char **frame = p->stack; frame && *frame; frame++)
		fprintf(to, "%s%s", frame == p->stack ? " with " : " and ", *frame);
	fputs(p->stack ? " on the stack" : "", to);
	if (p->text)
		fprintf(to, ", text \"%s\"", p->text);
	if (p->comm)
		fprintf(to, ", task %s", p->comm);
	if (p->group)
		fprintf(to, ", in %s", p->group);
}

void say_restart(const struct restart_spec *r, FILE *to)
{
	char first[32], most[32];

	if (r->policy == RESTART_NEVER)
		return;
	fprintf(to, ", restarted %s after %s to %s",
		r->policy == RESTART_ALWAYS ? "always" : "when the OOM killer took it",
		units_format_duration(r->backoff_us, first, sizeof(first)),
		units_format_duration(r->backoff_max_us, most, sizeof(most)));
	if (r->limit)
		fprintf(to, ", at most %u times", r->limit);
}

void say_watch(const struct watch_spec *w, FILE *to, const char *indent)
{
	for (const struct key *k = watch_object.keys; k->name; k++) {
		if (!*(const bool *)field(w, k->other))
			continue;
		fprintf(to, k->object->keys->name ? "%s%-9s" : "%s%s", indent, k->name);
		say_rows(k->object, w, NULL, to);
		fputc('\n', to);
	}
}

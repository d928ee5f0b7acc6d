/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The same rows that the loader reads, as a schema: one definition for each object of the language,
 * and a few for the notations of values. What needs arithmetic (ranges of amounts) or other places
 * of the file (names of groups) only the loader can know.
 */
#include "scenario/schema.h"

#include <inttypes.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/units.h"
#include "finding.h"
#include "scenario/keys.h"

/* A limit from here on is there for sums not to overflow, and no help to a reader. */
#define LARGE (1ull << 61)

#define ABOUT "A scenario of hangar. Made from the program's key table; see hangar-scenario(5)."

/* Notations of values, by the name that rows refer to. */
static const struct {
	const char *name;
	const char *schema;
} notations[] = {
	{ "name", "{\"type\":\"string\",\"pattern\":\"^[a-z0-9][a-z0-9-]*$\",\"maxLength\":32}" },
	{ "bytes", "{\"type\":\"string\",\"pattern\":"
		   "\"^(0(\\\\.0+)?|[0-9]+(\\\\.[0-9]+)?(B|[KMGT](iB)?))$\"}" },
	{ "duration", "{\"type\":\"string\",\"pattern\":"
		      "\"^(0(\\\\.0+)?|[0-9]+(\\\\.[0-9]+)?(us|ms|s|m|h|d))$\"}" },
	{ "percent", "{\"type\":\"string\",\"pattern\":\"^[0-9]+(\\\\.0+)?%$\"}" },
	{ "share", "{\"type\":\"string\",\"pattern\":\"^[0-9]+(\\\\.[0-9]+)?%$\"}" },
	{ "absolute", "{\"type\":\"string\",\"pattern\":\"^/\",\"maxLength\":1000}" },
	{ "version", "{\"type\":\"string\",\"pattern\":\"^[0-9]{1,5}(\\\\.[0-9]{1,5}){1,3}$\"}" },
};

static json_t *reference(const char *name)
{
	return json_pack("{s:o}", "$ref", json_sprintf("#/$defs/%s", name));
}

static json_t *literal(const char *text)
{
	return json_loads(text, JSON_REJECT_DUPLICATES, NULL);
}

static json_t *words(const char *const *list)
{
	json_t *array = json_array();

	for (; *list; list++)
		json_array_append_new(array, json_string(*list));
	return json_pack("{s:o}", "enum", array);
}

static json_t *text(const struct key *k)
{
	return json_pack("{s:s, s:I, s:I}", "type", "string", "minLength", (json_int_t)k->min,
			 "maxLength", (json_int_t)(k->max ? k->max : KEY_TEXT_MAX));
}

static json_t *name(const struct key *k)
{
	if (!k->max)
		return reference("name");
	return json_pack("{s:s, s:s, s:I}", "type", "string", "pattern", "^[a-z0-9][a-z0-9-]*$",
			 "maxLength", (json_int_t)k->max);
}

static json_t *number(const struct key *k)
{
	uint64_t most = k->type == KEY_COUNT ? UINT32_MAX : INT64_MAX;

	return json_pack("{s:s, s:I, s:I}", "type", "integer", "minimum", (json_int_t)k->min,
			 "maximum", (json_int_t)(k->max ? k->max : most));
}

static json_t *array(const struct key *k, json_t *items)
{
	return json_pack("{s:s, s:I, s:I, s:o}", "type", "array", "minItems", (json_int_t)k->min,
			 "maxItems", (json_int_t)(k->max ? k->max : 64), "items", items);
}

static json_t *value_schema(const struct key *k)
{
	static const struct key element = { .type = KEY_TEXT, .min = 1 };

	switch (k->type) {
	case KEY_TEXT:
		return text(k);
	case KEY_NAME:
		return name(k);
	case KEY_WORD:
	case KEY_CHOICE:
	case KEY_EITHER:
		return words(k->words);
	case KEY_BYTES:
		return reference("bytes");
	case KEY_DURATION:
		return reference("duration");
	case KEY_PERCENT:
		return reference("percent");
	case KEY_COUNT:
	case KEY_NUMBER:
		return number(k);
	case KEY_BOOL:
	case KEY_SWITCH:
		return json_pack("{s:s}", "type", "boolean");
	case KEY_TEXTS:
		return array(k, text(&element));
	case KEY_WORDS:
		return array(k, words(k->words));
	case KEY_OBJECT:
		return reference(k->object->name);
	case KEY_OBJECTS:
		return array(k, reference(k->object->name));
	case KEY_OWN:
		break;
	}
	return literal(k->schema);
}

/* "64M to 1T", "at least 4K": in the notation of the file. */
static void say_range(const struct key *k, char *buf, size_t size)
{
	const char *(*format)(uint64_t, char *, size_t) =
		k->type == KEY_BYTES ? units_format_bytes : units_format_duration;
	const char *unit = k->type == KEY_PERCENT ? "%" : "";
	char min[32], max[32];

	if (k->type == KEY_BYTES || k->type == KEY_DURATION) {
		format(k->min, min, sizeof(min));
		format(k->max, max, sizeof(max));
	} else {
		snprintf(min, sizeof(min), "%" PRIu64 "%s", k->min, unit);
		snprintf(max, sizeof(max), "%" PRIu64 "%s", k->max, unit);
	}
	if (k->max && k->max < LARGE)
		snprintf(buf, size, ", %s to %s", min, max);
	else if (k->min)
		snprintf(buf, size, ", at least %s", min);
}

/* What the value is measured in; NULL: its type alone says what it is. */
static const char *unit_of(const struct key *k)
{
	switch (k->type) {
	case KEY_BYTES:
		return "size with a unit";
	case KEY_DURATION:
		return "time with a unit";
	case KEY_PERCENT:
		return "percent";
	case KEY_COUNT:
	case KEY_NUMBER:
		return "number";
	default:
		return NULL;
	}
}

/* The row's help, with its unit, range and default. */
static json_t *description(const struct key *k)
{
	const char *unit = unit_of(k), *otherwise = k->fallback ? k->fallback : k->absent;
	char range[80] = "";

	if (unit)
		say_range(k, range, sizeof(range));
	if (k->type == KEY_BOOL)
		otherwise = "false";
	return json_sprintf("%s (%s%s%s%s%s)", k->help, unit ? unit : "", range, unit ? "; " : "",
			    k->required ? "required" : "default: ", k->required ? "" : otherwise);
}

static json_t *key_schema(const struct key *k)
{
	json_t *schema = value_schema(k);

	json_object_set_new(schema, "description", description(k));
	if (k->fallback && k->type != KEY_WORDS && k->type != KEY_COUNT)
		json_object_set_new(schema, "default", json_string(k->fallback));
	if (k->fallback && k->type == KEY_COUNT)
		json_object_set_new(schema, "default", json_integer(strtol(k->fallback, NULL, 10)));
	return schema;
}

static json_t *object_schema(const struct object *o)
{
	json_t *schema = json_pack("{s:s, s:b}", "type", "object", "additionalProperties", 0);
	json_t *properties = json_object(), *required = json_array(), *rules = NULL;

	for (const struct key *k = o->keys; k->name; k++) {
		json_object_set_new(properties, k->name, key_schema(k));
		if (k->required)
			json_array_append_new(required, json_string(k->name));
	}
	json_object_set_new(schema, "properties", properties);
	if (json_array_size(required))
		json_object_set(schema, "required", required);
	json_decref(required);
	if (o->rules)
		rules = literal(o->rules);
	if (rules)
		json_object_update(schema, rules);
	json_decref(rules);
	return schema;
}

static json_t *kinds(void)
{
	json_t *list = json_array();

	for (int k = FINDING_NONE + 1; k < FINDING_KIND_COUNT; k++)
		json_array_append_new(list, json_string(finding_kind_name((enum finding_kind)k)));
	return json_pack("{s:o}", "enum", list);
}

json_t *schema_make(void)
{
	json_t *schema = json_pack("{s:s, s:s, s:s}", "$schema",
				   "https://json-schema.org/draft/2020-12/schema", "title",
				   "hangar scenario", "description", ABOUT);
	json_t *top = object_schema(&scenario_object), *defs = json_object();

	json_object_update(schema, top);
	json_decref(top);
	for (size_t i = 0; i < sizeof(notations) / sizeof(notations[0]); i++)
		json_object_set_new(defs, notations[i].name, literal(notations[i].schema));
	json_object_set_new(defs, "kind", kinds());
	for (const struct object *const *o = all_objects + 1; *o; o++)
		json_object_set_new(defs, (*o)->name, object_schema(*o));
	json_object_set_new(schema, "$defs", defs);
	return schema;
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The analyser reads bytes that a dying (or hostile) kernel left, and prints what it made of them:
 * a name can be anything, a number can be missing. What passes here can be used without asking
 * again.
 */
#include "vmcore/answer.h"

#include <errno.h>
#include <string.h>

#include "base/cleanup.h"
#include "vmcore/subject.h"

enum type { TEXT, NUMBER, NUMBER_OR_NULL, TRUTH_OR_NULL, TEXTS };

struct rule {
	const char *key;
	enum type type;
	bool optional;
};

static const struct rule cpu_rules[] = {
	{ "cpu", NUMBER },      { "pid", NUMBER },  { "comm", TEXT },
	{ "mode", TEXT, true }, { "stack", TEXTS }, { NULL },
};

static const struct rule blocked_rules[] = {
	{ "pid", NUMBER }, { "tgid", NUMBER, true }, { "ppid", NUMBER, true },
	{ "comm", TEXT },  { "cgroup", TEXT, true }, { "stack", TEXTS },
	{ NULL },
};

static const struct rule memcg_rules[] = {
	{ "path", TEXT },
	{ "usage_bytes", NUMBER },
	{ "limit_bytes", NUMBER_OR_NULL },
	{ "failcnt", NUMBER, true },
	{ "oom_kills", NUMBER, true },
	{ NULL },
};

static const struct rule scalar_rules[] = {
	{ "reader", TEXT },          { "release", TEXT }, { "panicked", TRUTH_OR_NULL },
	{ "taint", NUMBER_OR_NULL }, { "notes", TEXTS },  { NULL },
};

static const struct list {
	const char *key;
	const struct rule *rules;
} lists[] = {
	{ "cpus", cpu_rules },
	{ "blocked", blocked_rules },
	{ "memcgs", memcg_rules },
};

static bool all_texts(const json_t *value)
{
	const json_t *one;
	size_t i;

	json_array_foreach (value, i, one)
		if (!json_is_string(one))
			return false;
	return json_is_array(value);
}

static bool fits(const json_t *value, enum type type)
{
	switch (type) {
	case TEXT:
		return json_is_string(value);
	case NUMBER:
		return json_is_integer(value) && json_integer_value(value) >= 0;
	case NUMBER_OR_NULL:
		return json_is_null(value) || fits(value, NUMBER);
	case TRUTH_OR_NULL:
		return json_is_null(value) || json_is_boolean(value);
	case TEXTS:
		return all_texts(value);
	}
	return false;
}

static int take_members(const json_t *from, const struct rule *rules, json_t *to, const char *where,
			struct diag *d)
{
	for (const struct rule *r = rules; r->key; r++) {
		json_t *value = json_object_get(from, r->key);

		if (!value && r->optional)
			continue;
		if (!fits(value, r->type))
			return diag_set(d, -EBADMSG, "its answer has no proper \"%s\"%s", r->key,
					where);
		if (json_object_set(to, r->key, value) < 0)
			return diag_set(d, -ENOMEM, "no memory for the answer");
	}
	return 0;
}

static int take_list(const json_t *from, const struct list *l, json_t *to, struct diag *d)
{
	const json_t *all = json_object_get(from, l->key), *one;
	json_t *taken = json_array();
	char where[64];
	size_t i;

	snprintf(where, sizeof(where), " in \"%s\"", l->key);
	if (json_object_set_new(to, l->key, taken) < 0)
		return diag_set(d, -ENOMEM, "no memory for the answer");
	if (!json_is_array(all))
		return diag_set(d, -EBADMSG, "its answer has no list \"%s\"", l->key);
	json_array_foreach (all, i, one) {
		json_t *object = json_object();
		int err = take_members(one, l->rules, object, where, d);

		if (json_array_append_new(taken, object) < 0 && !err)
			err = diag_set(d, -ENOMEM, "no memory for the answer");
		if (err < 0)
			return err;
	}
	return 0;
}

static int take_tasks(const json_t *from, json_t *to, struct diag *d)
{
	json_t *tasks = json_object_get(from, "tasks");
	const json_t *one;
	size_t i;

	if (!json_is_array(tasks) && !json_is_null(tasks))
		return diag_set(d, -EBADMSG, "its answer has no list \"tasks\"");
	json_array_foreach (tasks, i, one)
		if (json_array_size(one) != 3 || !fits(json_array_get(one, 0), NUMBER) ||
		    !fits(json_array_get(one, 1), NUMBER) || !fits(json_array_get(one, 2), TEXT))
			return diag_set(d, -EBADMSG, "its answer has no proper task at place %zu",
					i);
	return json_object_set(to, "tasks", tasks) < 0 ? diag_set(d, -ENOMEM, "no memory") : 0;
}

static int take_memory(json_t *from, json_t *to, struct diag *d)
{
	json_t *memory = json_object_get(from, "memory"), *taken = json_object(), *value;
	const char *key;

	if (json_object_set_new(to, "memory", taken) < 0)
		return diag_set(d, -ENOMEM, "no memory for the answer");
	if (!json_is_object(memory))
		return diag_set(d, -EBADMSG, "its answer has no object \"memory\"");
	json_object_foreach (memory, key, value) {
		size_t length = strlen(key);

		if (length > 6 && length < 64 && !strcmp(key + length - 6, "_bytes") &&
		    fits(value, NUMBER))
			json_object_set(taken, key, value);
	}
	return 0;
}

static int take_subjects(const json_t *from, json_t *to, struct diag *d)
{
	json_t *subjects;
	int err = subjects_take(from, &subjects, d);

	if (err < 0)
		return err;
	return json_object_set_new(to, "subjects", subjects) < 0 ? diag_set(d, -ENOMEM, "no memory")
								 : 0;
}

int answer_take(const char *text, size_t size, json_t **ret, struct diag *d)
{
	json_error_t error;
	json_t *from = json_loadb(text, size, 0, &error), *to = json_object();
	int err = 0;

	if (!from || !to)
		err = diag_set(d, -EBADMSG, "its answer is no JSON: %s", error.text);
	if (!err)
		err = take_members(from, scalar_rules, to, "", d);
	if (!err)
		err = take_tasks(from, to, d);
	for (size_t i = 0; !err && i < ARRAY_SIZE(lists); i++)
		err = take_list(from, &lists[i], to, d);
	if (!err)
		err = take_memory(from, to, d);
	if (!err)
		err = take_subjects(from, to, d);
	json_decref(from);
	if (err < 0)
		json_decref(to);
	else
		*ret = to;
	return err;
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Stacks are equal when all their lines are: function, file and line. */
#include "vmcore/classes.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/utf8.h"

static pid_t pid_of(const json_t *task, const char *key)
{
	return (pid_t)json_integer_value(json_object_get(task, key));
}

static json_t *member_of(const json_t *task, const struct roles *roles)
{
	const struct roles_task t = {
		.pid = pid_of(task, "pid"),
		.tgid = pid_of(task, "tgid"),
		.ppid = pid_of(task, "ppid"),
		.comm = json_string_value(json_object_get(task, "comm")),
		.cgroup = json_string_value(json_object_get(task, "cgroup")),
	};
	char role[256];

	return json_pack("{s:i, s:O, s:o}", "pid", (int)t.pid, "comm",
			 json_object_get(task, "comm"), "role",
			 roles_name(roles, &t, role, sizeof(role)) ? utf8_json(role) : json_null());
}

/* By the text of the stack as a key, so that ten thousand tasks are no hundred million comparisons.
 */
static int add(json_t *by_stack, json_t *classes, const json_t *task, const struct roles *roles)
{
	json_t *stack = json_object_get(task, "stack"), *class, *member = member_of(task, roles);
	_cleanup_free_ char *key = json_dumps(stack, JSON_COMPACT);

	if (!key || !member)
		return -1;
	class = json_object_get(by_stack, key);
	if (!class) {
		class = json_pack("{s:i, s:O, s:[]}", "count", 0, "stack", stack, "tasks");
		if (!class || json_object_set_new(by_stack, key, class) < 0 ||
		    json_array_append(classes, class) < 0)
			return -1;
	}
	return json_array_append_new(json_object_get(class, "tasks"), member);
}

static int by_count(const void *a, const void *b)
{
	size_t count_a = json_array_size(json_object_get(*(json_t *const *)a, "tasks"));
	size_t count_b = json_array_size(json_object_get(*(json_t *const *)b, "tasks"));

	return count_a < count_b ? 1 : count_a > count_b ? -1 : 0;
}

static json_t *sorted(json_t *classes)
{
	size_t n = json_array_size(classes);
	_cleanup_free_ json_t **list = calloc(n + 1, sizeof(json_t *));
	json_t *ret = json_array();

	if (!list || !ret)
		return NULL;
	for (size_t i = 0; i < n; i++) {
		list[i] = json_array_get(classes, i);
		json_object_set_new(list[i], "count",
				    json_integer((json_int_t)json_array_size(
					    json_object_get(list[i], "tasks"))));
	}
	qsort(list, n, sizeof(json_t *), by_count);
	for (size_t i = 0; i < n; i++)
		json_array_append(ret, list[i]);
	return ret;
}

json_t *classes_make(const json_t *blocked, const struct roles *roles)
{
	json_t *by_stack = json_object(), *classes = json_array(), *ret = NULL;
	const json_t *task;
	int err = 0;
	size_t i;

	json_array_foreach (blocked, i, task)
		if (!err)
			err = add(by_stack, classes, task, roles);
	if (!err)
		ret = sorted(classes);
	json_decref(by_stack);
	json_decref(classes);
	return ret;
}

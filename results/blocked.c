/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A block of the evidence is a line of the first form, perhaps one of the second, then the stack as
 * /proc gave it, then an empty line:
 *   ==> COMM:PID state D parent PPID[ copy NAME group GROUP] wchan FUNCTION <==
 *   (it WAITS)
 * A task chooses its own name, blanks and colons included, but in 15 characters it can't forge what
 * stands behind it: so the first place that reads like the rest of the line is the end of the name.
 */
#include "blocked.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/utf8.h"
#include "finding.h"

#define FRAMES_MAX 64

struct task {
	char comm[64], role[256], wchan[128], waits[256];
	int pid;
	char state;
};

/* The line at @text, without its end, into @buf; returns the next line. */
static const char *take_line(const char *text, char *buf, size_t size)
{
	size_t len = strcspn(text, "\n"), n = len < size ? len : size - 1;

	memcpy(buf, text, n);
	buf[n] = '\0';
	return text + len + (text[len] == '\n');
}

/* Behind the name: ":PID state S parent PPID". */
static const char *find_numbers(const char *line, struct task *t)
{
	for (const char *p = strchr(line, ':'); p; p = strchr(p + 1, ':')) {
		int parent, used = 0;

		if (sscanf(p, ":%9d state %c parent %9d%n", &t->pid, &t->state, &parent, &used) ==
			    3 &&
		    used)
			return p;
	}
	return NULL;
}

static void take_role(const char *rest, const char *end, struct task *t)
{
	const char *copy = strstr(rest, " copy "), *group;

	if (!copy || copy > end)
		return;
	copy += strlen(" copy ");
	group = strstr(copy, " group ");
	if (!group || group > end)
		return;
	snprintf(t->role, sizeof(t->role), "%.*s in %.*s", (int)(group - copy), copy,
		 (int)(end - group - 7), group + 7);
}

static bool parse_header(const char *line, struct task *t)
{
	const char *numbers, *wchan = NULL;

	*t = (struct task){ 0 };
	if (strncmp(line, "==> ", 4))
		return false;
	line += 4;
	numbers = find_numbers(line, t);
	if (!numbers)
		return false;
	for (const char *p = strstr(numbers, " wchan "); p; p = strstr(p + 1, " wchan "))
		wchan = p;
	if (!wchan || sscanf(wchan, " wchan %127s", t->wchan) != 1)
		return false;
	snprintf(t->comm, sizeof(t->comm), "%.*s", (int)(numbers - line), line);
	take_role(numbers, wchan, t);
	return true;
}

static void take_wait(const char *line, struct task *t)
{
	size_t len = strlen(line);

	if (strncmp(line, BLOCKED_WAIT, strlen(BLOCKED_WAIT)) || line[len - 1] != ')')
		return;
	snprintf(t->waits, sizeof(t->waits), "%.*s", (int)(len - strlen(BLOCKED_WAIT) - 1),
		 line + strlen(BLOCKED_WAIT));
}

/* The functions of the stack at @text, which ends at an empty line; returns what follows. */
static const char *take_stack(const char *text, json_t *stack, struct task *t)
{
	char line[512], function[128];

	while (*text) {
		text = take_line(text, line, sizeof(line));
		if (!line[0])
			break;
		take_wait(line, t);
		if (line[0] == '(' || !finding_frame(line, function, sizeof(function))[0])
			continue;
		if (json_array_size(stack) < FRAMES_MAX)
			json_array_append_new(stack, utf8_json(function));
	}
	return text;
}

static void say_wait(json_t *stack, const struct task *t)
{
	char text[192];

	if (json_array_size(stack))
		return;
	if (t->wchan[0] == '-' || t->wchan[0] == '0')
		snprintf(text, sizeof(text), "(its stack could not be read)");
	else
		snprintf(text, sizeof(text), "(its stack could not be read; it waits in %s)",
			 t->wchan);
	json_array_append_new(stack, utf8_json(text));
}

static json_t *member(const struct task *t)
{
	json_t *o = json_object();

	json_object_set_new(o, "pid", json_integer(t->pid));
	json_object_set_new(o, "comm", utf8_json(t->comm));
	if (t->role[0])
		json_object_set_new(o, "role", utf8_json(t->role));
	return o;
}

/* By the text of the stack as a key, so that many tasks are not as many comparisons squared. */
static void add(json_t *by_stack, json_t *classes, json_t *stack, const struct task *t)
{
	char *key = json_dumps(stack, JSON_COMPACT);
	json_t *class = key ? json_object_get(by_stack, key) : NULL;

	if (key && !class) {
		class = json_object();
		if (t->waits[0])
			json_object_set_new(class, "waits", utf8_json(t->waits));
		json_object_set(class, "stack", stack);
		json_object_set_new(class, "tasks", json_array());
		json_object_set(by_stack, key, class);
		json_array_append_new(classes, class);
	}
	json_array_append_new(json_object_get(class, "tasks"), member(t));
	free(key);
}

static size_t count_of(const json_t *class)
{
	return json_array_size(json_object_get(class, "tasks"));
}

struct place {
	json_t *class;
	size_t at;
};

static int by_count(const void *a, const void *b)
{
	const struct place *p = a, *q = b;
	size_t m = count_of(p->class), n = count_of(q->class);

	if (m != n)
		return m < n ? 1 : -1;
	return p->at < q->at ? -1 : p->at > q->at;
}

static json_t *sorted(const json_t *classes)
{
	size_t n = json_array_size(classes);
	struct place *places = calloc(n + 1, sizeof(*places));
	json_t *ret = places ? json_array() : NULL;

	for (size_t i = 0; ret && i < n; i++)
		places[i] = (struct place){ json_array_get(classes, i), i };
	if (ret)
		qsort(places, n, sizeof(*places), by_count);
	for (size_t i = 0; ret && i < n; i++) {
		json_object_set_new(places[i].class, "count",
				    json_integer((json_int_t)count_of(places[i].class)));
		json_array_append(ret, places[i].class);
	}
	free(places);
	return ret;
}

json_t *blocked_parse(const char *text)
{
	json_t *by_stack = json_object(), *classes = json_array(), *ret;
	struct task t;
	char line[1024];

	while (*text) {
		json_t *stack;

		text = take_line(text, line, sizeof(line));
		if (!parse_header(line, &t) || t.state != 'D')
			continue;
		stack = json_array();
		text = take_stack(text, stack, &t);
		say_wait(stack, &t);
		add(by_stack, classes, stack, &t);
		json_decref(stack);
	}
	ret = sorted(classes);
	json_decref(by_stack);
	json_decref(classes);
	return ret;
}

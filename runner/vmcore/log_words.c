/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the kernel log alone tells of the end: the line of the panic, and the tasks in state D with
 * their stacks where sysrq-w or the hung-task detector wrote them down. makedumpfile's text has no
 * facility any more, so a user's line may look like the kernel's; who has a reader with symbols
 * asks that whether the kernel panicked at all.
 */
#include "vmcore/log.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/utf8.h"

#define LINE_MAX_BYTES 1024

/* Behind "[    7.278851][  T122] ". */
static const char *words_of(const char *line)
{
	while (*line == '[') {
		const char *end = strchr(line, ']');

		if (!end)
			break;
		line = end + 1;
	}
	return *line == ' ' ? line + 1 : line;
}

static const char *next_line(const char *line, char *buf, size_t size)
{
	const char *end = strchrnul(line, '\n');
	size_t length = (size_t)(end - line);

	snprintf(buf, size, "%.*s", (int)(length < size ? length : size - 1), line);
	return *end ? end + 1 : end;
}

bool log_panic(const char *text, bool crashed, char *buf, size_t size)
{
	/* In this order: an oops with panic_on_oops crashes before it says "panic". */
	static const char *const panic[] = { "Kernel panic - not syncing", NULL };
	static const char *const oops[] = { "BUG: ",
					    "Oops: ",
					    "general protection fault",
					    "kernel BUG at ",
					    "Unable to handle kernel ",
					    NULL };
	const char *const *const families[] = { panic, crashed ? oops : NULL };
	char line[LINE_MAX_BYTES];
	bool found = false;

	for (size_t f = 0; f < ARRAY_SIZE(families) && !found; f++)
		for (const char *at = text; families[f] && *at;) {
			const char *words;

			at = next_line(at, line, sizeof(line));
			words = words_of(line);
			for (const char *const *w = families[f]; *w; w++)
				if (!strncmp(words, *w, strlen(*w))) {
					snprintf(buf, size, "%s", words);
					found = true;
				}
		}
	return found;
}

/* task:alloc-and-write state:D stack:0     pid:109   ppid:1      flags:0x00000002 */
static json_t *task_of(const char *words)
{
	const char *state = strstr(words, " state:D "), *pid = strstr(words, " pid:");
	char comm[64];
	size_t length;

	if (strncmp(words, "task:", 5) || !state || !pid || atoi(pid + 5) <= 0)
		return NULL;
	length = (size_t)(state - words - 5);
	while (length && words[5 + length - 1] == ' ')
		length--;
	snprintf(comm, sizeof(comm), "%.*s", (int)length, words + 5);
	return json_pack("{s:i, s:o, s:[]}", "pid", atoi(pid + 5), "comm", utf8_json(comm),
			 "stack");
}

/*  schedule+0x5d/0xe0 [module], but not " ? old+0x1/0x2" */
static bool frame_of(const char *words, char *buf, size_t size)
{
	const char *plus = strstr(words, "+0x"), *slash = plus ? strchr(plus, '/') : NULL;

	if (*words != ' ' || !slash)
		return false;
	words += strspn(words, " ");
	if (*words == '?' || memchr(words, ' ', (size_t)(plus - words)))
		return false;
	snprintf(buf, size, "%s", words);
	return true;
}

/* The latest word on a task counts. */
static void replace(json_t *all, json_t *task)
{
	const json_t *one;
	size_t i;

	json_array_foreach (all, i, one)
		if (json_equal(json_object_get(one, "pid"), json_object_get(task, "pid"))) {
			json_array_set_new(all, i, task);
			return;
		}
	json_array_append_new(all, task);
}

json_t *log_blocked(const char *text)
{
	json_t *all = json_array(), *stack = NULL;
	char line[LINE_MAX_BYTES], frame[LINE_MAX_BYTES];

	for (const char *at = text; all && *at;) {
		const char *words;
		json_t *task;

		at = next_line(at, line, sizeof(line));
		words = words_of(line);
		task = task_of(words);
		if (task) {
			stack = json_object_get(task, "stack");
			replace(all, task);
		} else if (stack && frame_of(words, frame, sizeof(frame))) {
			json_array_append_new(stack, utf8_json(frame));
		} else if (!strncmp(words, "task:", 5) || strstr(words, "</TASK>")) {
			stack = NULL;
		}
	}
	return all;
}

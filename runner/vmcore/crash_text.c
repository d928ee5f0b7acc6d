/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Made from the output of crash 8.0.2 and 8.0.6. Lines that are not known are passed over: crash
 * mixes warnings in. What is missing in the end is missed by answer_take() and answer_check().
 */
#include "vmcore/crash_text.h"

#include <ctype.h>
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/utf8.h"

const char crash_commands[] =
	"sys\nbt -a\nsys\nforeach UN bt\nsys\nps\nsys\nkmem -i\nsys -t\nquit\n";

enum part { PART_NONE, PART_CPUS, PART_BLOCKED, PART_TASKS, PART_MEMORY };

struct parse {
	json_t *answer;
	json_t *stack; /* of the task whose backtrace is being read; borrowed */
	unsigned int systems;
	unsigned long page;
};

static json_t *list(const struct parse *p, const char *key)
{
	return json_object_get(p->answer, key);
}

/* The text between the first and the last quote of @line. */
static json_t *quoted(const char *line)
{
	const char *from = strchr(line, '"'), *to = strrchr(line, '"');
	char buf[256];

	snprintf(buf, sizeof(buf), "%.*s", from && to > from ? (int)(to - from - 1) : 0,
		 from ? from + 1 : "");
	return utf8_json(buf);
}

static void take_system(struct parse *p, const char *line)
{
	char word[128];

	if (sscanf(line, " RELEASE: %127s", word) == 1)
		json_object_set_new(p->answer, "release", utf8_json(word));
	if (strstr(line, " PANIC: \""))
		json_object_set_new(p->answer, "panicked",
				    json_boolean(!strstr(line, "PANIC: \"\"")));
}

static json_t *frame_text(const char *function, const char *module)
{
	char text[300];

	if (module)
		snprintf(text, sizeof(text), "%s [%s]", function, module);
	else
		snprintf(text, sizeof(text), "%s", function);
	return utf8_json(text);
}

/* PID: 122      TASK: ffff8c653e818000  CPU: 0    COMMAND: "spinner" */
static void take_backtrace(struct parse *p, const char *line, const char *key)
{
	char function[128], module[128];
	int pid, cpu, frame, found;
	json_t *one;

	if (sscanf(line, "PID: %d TASK: %*s CPU: %d", &pid, &cpu) == 2) {
		p->stack = json_array();
		one = json_pack("{s:i, s:i, s:o, s:o}", "pid", pid, "cpu", cpu, "comm",
				quoted(line), "stack", p->stack);
		if (!one || json_array_append_new(list(p, key), one) < 0)
			p->stack = NULL;
		return;
	}
	/*  #2 [ffffd01180473f30] exc_nmi at ffffffff8cbfbb3e [module] */
	found = sscanf(line, " #%d [%*[0-9a-f]] %127s at %*[0-9a-f] [%127[^]]", &frame, function,
		       module);
	if (found >= 2 && p->stack)
		json_array_append_new(p->stack, frame_text(function, found == 3 ? module : NULL));
}

/* >     122       1   0  ffff8c653e818000  RU   0.1      984      692  spinner */
static void take_task(struct parse *p, const char *line)
{
	char state[8];
	int pid, ppid, end = 0;
	char comm[64];

	if (*line == '>')
		line++;
	if (sscanf(line, " %d %d %*d %*[0-9a-f] %7s %*s %*s %*s %n", &pid, &ppid, state, &end) !=
		    3 ||
	    !end || pid <= 0)
		return;
	snprintf(comm, sizeof(comm), "%s", line + end);
	if (comm[0] == '[' && comm[strlen(comm) - 1] == ']') {
		comm[strlen(comm) - 1] = '\0';
		memmove(comm, comm + 1, strlen(comm));
	}
	json_array_append_new(list(p, "tasks"), json_pack("[i, i, o]", pid, pid, utf8_json(comm)));
}

/*     TOTAL MEM   216322     845 MB         ---- */
static void take_memory(struct parse *p, const char *line)
{
	static const char *const rows[][2] = {
		{ "TOTAL MEM", "total_bytes" },       { "FREE", "free_bytes" },
		{ "SHARED", "shared_bytes" },         { "BUFFERS", "buffers_bytes" },
		{ "CACHED", "file_bytes" },           { "SLAB", "slab_bytes" },
		{ "TOTAL SWAP", "swap_total_bytes" }, { "SWAP FREE", "swap_free_bytes" },
	};
	unsigned long long number;

	if (sscanf(line, " TAINTED_MASK: %llx", &number) == 1)
		json_object_set_new(p->answer, "taint", json_integer((json_int_t)number));
	line += strspn(line, " ");
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		size_t length = strlen(rows[i][0]);

		if (!strncmp(line, rows[i][0], length) && line[length] == ' ' &&
		    sscanf(line + length, "%llu", &number) == 1)
			json_object_set_new(list(p, "memory"), rows[i][1],
					    json_integer((json_int_t)(number * p->page)));
	}
}

static void take_line(struct parse *p, const char *line)
{
	if (!strncmp(line + strspn(line, " "), "KERNEL: ", 8)) {
		p->systems++;
		p->stack = NULL;
	}
	take_system(p, line);
	switch (p->systems) {
	case PART_CPUS:
		take_backtrace(p, line, "cpus");
		break;
	case PART_BLOCKED:
		take_backtrace(p, line, "blocked");
		break;
	case PART_TASKS:
		take_task(p, line);
		break;
	case PART_MEMORY:
		take_memory(p, line);
		break;
	default:
		break;
	}
}

int crash_text_parse(const char *text, unsigned long page_bytes, char **ret_text, struct diag *d)
{
	struct parse p = { .page = page_bytes };

	p.answer = json_pack("{s:[], s:[], s:[], s:[], s:{}, s:[s], s:n, s:n, s:s}", "tasks",
			     "cpus", "blocked", "memcgs", "memory", "notes",
			     "crash says nothing of memory cgroups", "taint", "panicked", "reader",
			     "crash");
	for (const char *line = text; p.answer && *line;) {
		const char *end = strchrnul(line, '\n');
		_cleanup_free_ char *copy = strndup(line, (size_t)(end - line));

		if (copy)
			take_line(&p, copy);
		line = *end ? end + 1 : end;
	}
	*ret_text = p.answer ? json_dumps(p.answer, JSON_COMPACT) : NULL;
	json_decref(p.answer);
	if (!*ret_text)
		return diag_set(d, -ENOMEM, "no memory for what crash said");
	if (p.systems < PART_MEMORY)
		return diag_set(d, -EBADMSG, "crash came only to part %u of %u of its commands",
				p.systems, PART_MEMORY);
	return 0;
}

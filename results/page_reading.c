/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the memory of the dead machine tells, and who waits for whom. All of it comes from tables
 * that record_reading.c and blocked.c have cleaned; names and frames are still a kernel's words.
 */
#include "page_outside.h"

#include <string.h>

#include "base/escape.h"
#include "event.h"
#include "page.h"

#define CLASSES_SHOWN 12
#define TASKS_SHOWN 6
#define FRAMES_SHOWN 40
#define NOTES_SHOWN 12
#define MEMCGS_SHOWN 12
#define CPUS_SHOWN 16

#define MIB (1024.0 * 1024.0)

static void refusals(const struct record *r, FILE *to)
{
	json_t *refused;
	size_t i;

	json_array_foreach (json_object_get(r->reading, "refused"), i, refused)
		page_join(to, "refused", event_text(refused, "reader"), ": ",
			  event_text(refused, "reason"));
}

static void explanations(const struct record *r, FILE *to)
{
	json_t *one;
	size_t i;

	json_array_foreach (json_object_get(r->reading, "explanations"), i, one)
		page_join(to, "explained", event_text(one, "subject"), ": ",
			  event_text(one, "sentence"));
}

static void frames(const json_t *stack, FILE *to)
{
	json_t *frame;
	size_t i;

	json_array_foreach (stack, i, frame) {
		if (i == FRAMES_SHOWN) {
			fprintf(to, "          and %zu more\n", json_array_size(stack) - i);
			break;
		}
		fputs("          ", to);
		escape_plain(to, json_string_value(frame) ? json_string_value(frame) : "");
		fputc('\n', to);
	}
}

static void cpus(const struct record *r, FILE *to)
{
	json_t *cpu;
	size_t i;

	json_array_foreach (json_object_get(r->reading, "cpus"), i, cpu) {
		if (i == CPUS_SHOWN)
			break;
		fprintf(to, "  on CPU %llu ", (unsigned long long)event_number(cpu, "cpu"));
		if (event_text(cpu, "comm")[0]) {
			fputs("ran ", to);
			escape_plain(to, event_text(cpu, "comm"));
			fprintf(to, " (%llu)", (unsigned long long)event_number(cpu, "pid"));
		}
		fputc('\n', to);
		frames(json_object_get(cpu, "stack"), to);
	}
}

static void memcgs(const struct record *r, FILE *to)
{
	const json_t *list = json_object_get(r->reading, "memcgs");
	json_t *memcg;
	size_t i;

	json_array_foreach (list, i, memcg) {
		const json_t *limit = json_object_get(memcg, "limit_bytes");

		if (i == MEMCGS_SHOWN) {
			fprintf(to, "  and %zu more memory cgroups: see vmcore.json\n",
				json_array_size(list) - i);
			break;
		}
		fputs("  memcg      ", to);
		escape_plain(to, event_text(memcg, "path"));
		fprintf(to, ": %.1f MiB", (double)event_number(memcg, "usage_bytes") / MIB);
		if (limit)
			fprintf(to, " of %.1f", (double)event_number(memcg, "limit_bytes") / MIB);
		if (json_object_get(memcg, "failcnt"))
			fprintf(to, ", limit hit %llu times",
				(unsigned long long)event_number(memcg, "failcnt"));
		fputc('\n', to);
	}
}

static void memory(const struct record *r, FILE *to)
{
	const char *name;
	json_t *value;
	bool any = false;

	json_object_foreach (json_object_get(r->reading, "memory"), name, value) {
		size_t len = strlen(name);

		if (len < 7 || strcmp(name + len - 6, "_bytes"))
			continue;
		fprintf(to, "%s%.*s %.1f MiB", any ? ", " : "  memory     ", (int)(len - 6), name,
			(double)json_integer_value(value) / MIB);
		any = true;
	}
	if (any)
		fputc('\n', to);
}

static void notes(const json_t *list, FILE *to)
{
	json_t *note;
	size_t i;

	json_array_foreach (list, i, note)
		if (i < NOTES_SHOWN)
			page_field(to, "note", json_string_value(note));
}

void page_reading(const struct record *r, FILE *to)
{
	const json_t *event = r->outside.vmcore, *taint = json_object_get(r->reading, "taint");
	char text[64] = "";

	if (!event && !r->reading)
		return;
	page_title(to, "Vmcore");
	page_join(to, "reading", event_text(event, "result"),
		  event_text(event, "detail")[0] ? ": " : "", event_text(event, "detail"));
	page_field(to, "read by", event_text(r->reading, "reader"));
	page_field(to, "release", event_text(r->reading, "release"));
	page_field(to, "panic", event_text(r->reading, "panic"));
	if (json_is_integer(taint))
		snprintf(text, sizeof(text), "%lld", (long long)json_integer_value(taint));
	page_field(to, "taint", json_is_string(taint) ? json_string_value(taint) : text);
	snprintf(text, sizeof(text), "%llu", (unsigned long long)event_number(r->reading, "tasks"));
	page_field(to, "tasks", event_number(r->reading, "tasks") ? text : "");
	refusals(r, to);
	explanations(r, to);
	memory(r, to);
	memcgs(r, to);
	notes(json_object_get(r->reading, "notes"), to);
	cpus(r, to);
}

static void class_tasks(const json_t *tasks, FILE *to)
{
	json_t *task;
	size_t i;

	json_array_foreach (tasks, i, task) {
		const char *role = event_text(task, "role");

		if (i == TASKS_SHOWN) {
			fprintf(to, "        and %zu more\n", json_array_size(tasks) - i);
			break;
		}
		fputs("        ", to);
		escape_plain(to, event_text(task, "comm"));
		fprintf(to, " %llu", (unsigned long long)event_number(task, "pid"));
		fputs(role[0] ? ", " : "", to);
		escape_plain(to, role);
		fputc('\n', to);
	}
}

void page_blocked(const struct record *r, FILE *to)
{
	char title[128];
	json_t *class;
	size_t i;

	if (!json_array_size(r->blocked))
		return;
	snprintf(title, sizeof(title), "Blocked tasks by equal stacks (from %s)", r->blocked_from);
	page_title(to, title);
	json_array_foreach (r->blocked, i, class) {
		const char *waits = event_text(class, "waits");
		uint64_t count = event_number(class, "count");

		if (i == CLASSES_SHOWN) {
			fprintf(to, "  and %zu more stacks: see result.json\n",
				json_array_size(r->blocked) - i);
			break;
		}
		fprintf(to, "  %llu %s%s", (unsigned long long)count, count == 1 ? "task" : "tasks",
			!waits[0]    ? " in"
			: count == 1 ? "; it "
				     : "; each ");
		escape_plain(to, waits);
		fputc('\n', to);
		frames(json_object_get(class, "stack"), to);
		class_tasks(json_object_get(class, "tasks"), to);
	}
}

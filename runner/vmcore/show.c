/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What broke comes first, then who waits where, then the machine. Names come from a dead kernel: no
 * control characters. */
#include "vmcore/show.h"

#include <inttypes.h>
#include <stdbool.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/escape.h"
#include "event.h"

/* So many tasks of a class, and memory cgroups, are told one by one. */
#define NAMED_MAX 12
#define MEMCGS_SHOWN 20

static void line(FILE *to, const char *key, const char *text)
{
	fprintf(to, "%-10s ", key);
	escape_plain(to, text);
	fputc('\n', to);
}

static void mebibytes(FILE *to, const char *what, uint64_t bytes)
{
	fprintf(to, "%s %.1f MiB", what, (double)bytes / (1 << 20));
}

static void show_stack(FILE *to, const json_t *stack)
{
	const json_t *frame;
	size_t i;

	json_array_foreach (stack, i, frame) {
		fputs("    ", to);
		escape_plain(to, json_string_value(frame));
		fputc('\n', to);
	}
}

static void show_who(FILE *to, const json_t *task)
{
	const char *role = event_text(task, "role");

	escape_plain(to, event_text(task, "comm"));
	fprintf(to, " (%" PRIu64, event_number(task, "pid"));
	if (role[0]) {
		fputs(", ", to);
		escape_plain(to, role);
	}
	fputc(')', to);
}

static void show_cpus(FILE *to, const json_t *cpus)
{
	const json_t *cpu;
	size_t i;

	json_array_foreach (cpus, i, cpu) {
		fprintf(to, "\nCPU %" PRIu64 ": ", event_number(cpu, "cpu"));
		show_who(to, cpu);
		fputs(strcmp(event_text(cpu, "mode"), "user") ? "\n" : ", in user mode\n", to);
		show_stack(to, json_object_get(cpu, "stack"));
	}
}

static void show_class(FILE *to, const json_t *class)
{
	const json_t *tasks = json_object_get(class, "tasks"), *task;
	size_t i, count = json_array_size(tasks);

	fprintf(to, "\n%zu blocked: ", count);
	json_array_foreach (tasks, i, task) {
		if (i == NAMED_MAX) {
			fprintf(to, ", and %zu more", count - i);
			break;
		}
		if (i)
			fputs(", ", to);
		show_who(to, task);
	}
	fputc('\n', to);
	show_stack(to, json_object_get(class, "stack"));
}

static void show_memory(FILE *to, const json_t *memory)
{
	static const char *const rows[][2] = {
		{ "total_bytes", "total" },
		{ "free_bytes", ", free" },
		{ "anon_bytes", ", anonymous" },
		{ "file_bytes", ", file cache" },
		{ "slab_reclaimable_bytes", ", reclaimable slab" },
		{ "slab_unreclaimable_bytes", ", other slab" },
		{ "slab_bytes", ", slab" },
		{ "dirty_bytes", ", dirty" },
		{ "writeback_bytes", ", under writeback" },
		{ "swap_total_bytes", ", swap" },
	};

	if (!json_object_size(memory))
		return;
	fputs("\nMemory: ", to);
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		if (json_object_get(memory, rows[i][0]))
			mebibytes(to, rows[i][1], event_number(memory, rows[i][0]));
	fputc('\n', to);
}

static void show_memcgs(FILE *to, const json_t *memcgs)
{
	const json_t *one;
	size_t i;

	json_array_foreach (memcgs, i, one) {
		if (i == MEMCGS_SHOWN) {
			fprintf(to, "  and %zu more memory cgroups\n", json_array_size(memcgs) - i);
			break;
		}
		fputs("  ", to);
		escape_plain(to, event_text(one, "path"));
		mebibytes(to, ":", event_number(one, "usage_bytes"));
		if (json_is_integer(json_object_get(one, "limit_bytes")))
			mebibytes(to, " of", event_number(one, "limit_bytes"));
		if (event_number(one, "failcnt"))
			fprintf(to, ", limit hit %" PRIu64 " times", event_number(one, "failcnt"));
		if (event_number(one, "oom_kills"))
			fprintf(to, ", %" PRIu64 " killed by OOM", event_number(one, "oom_kills"));
		fputc('\n', to);
	}
}

static void show_head(FILE *to, const json_t *reading)
{
	const json_t *refused = json_object_get(reading, "refused"), *one;
	size_t i;

	line(to, "vmcore", event_text(reading, "vmcore"));
	line(to, "kernel", event_text(reading, "release"));
	line(to, "panic",
	     json_is_string(json_object_get(reading, "panic")) ? event_text(reading, "panic")
							       : "none");
	if (json_is_integer(json_object_get(reading, "tasks")))
		fprintf(to, "%-10s %" PRIu64 "\n", "tasks", event_number(reading, "tasks"));
	if (event_number(reading, "taint"))
		fprintf(to, "%-10s %" PRIu64 "\n", "taint", event_number(reading, "taint"));
	line(to, "read by", event_text(reading, "reader"));
	json_array_foreach (refused, i, one) {
		line(to, "refused", event_text(one, "reader"));
		fprintf(to, "%-11s", "");
		escape_plain(to, event_text(one, "reason"));
		fputc('\n', to);
	}
}

/* What is understood comes first: one sentence, and where to look for its proof. */
static void show_explanations(FILE *to, const json_t *reading)
{
	const json_t *one;
	size_t i;

	json_array_foreach (json_object_get(reading, "explanations"), i, one) {
		fputc('\n', to);
		line(to, "explained", event_text(one, "subject"));
		fputs("    ", to);
		escape_plain(to, event_text(one, "sentence"));
		fputc('\n', to);
	}
}

static void show_examined(FILE *to, const json_t *examined)
{
	const json_t *one;
	size_t i;

	if (json_array_size(examined))
		fputc('\n', to);
	json_array_foreach (examined, i, one) {
		bool unreadable = !strcmp(event_text(one, "state"), "unreadable");

		fprintf(to, "%-10s ", "looked for");
		escape_plain(to, event_text(one, "subject"));
		fputs(unreadable ? ": " : ": nothing to say: ", to);
		escape_plain(to, event_text(one, "why"));
		fputc('\n', to);
	}
}

void vmcore_show(const json_t *reading, FILE *to)
{
	const json_t *blocked = json_object_get(reading, "blocked"), *one;
	size_t i;

	show_head(to, reading);
	show_explanations(to, reading);
	show_cpus(to, json_object_get(reading, "cpus"));
	json_array_foreach (blocked, i, one)
		show_class(to, one);
	if (!json_array_size(blocked))
		fputs("\nNo blocked task.\n", to);
	show_memory(to, json_object_get(reading, "memory"));
	show_memcgs(to, json_object_get(reading, "memcgs"));
	show_examined(to, json_object_get(reading, "examined"));
	json_array_foreach (json_object_get(reading, "notes"), i, one)
		line(to, "note", json_string_value(one));
}

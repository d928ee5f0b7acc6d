/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * `hangar rehearse`: a trap that was never sprung is a hope. For each way to a vmcore a throwaway
 * VM with the chosen kernel is really hung, really dumped, and its vmcore really read.
 */
#include <errno.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/cleanup.h"
#include "commands.h"
#include "outside.h"
#include "vm/dump/dump.h"
#include "vm/host/vm.h"

#define REHEARSAL "controls/hung-task"

static const char help[] =
	"Usage: hangar rehearse [OPTION...]\n"
	"Hang a throwaway VM with the chosen kernel, dump it, and check the vmcore:\n"
	"once for each way.\n\n"
	"  -k, --kernel SPEC   what to boot, see `hangar vm --help`\n"
	"  -d, --dump LIST     the ways to rehearse (qmp,sysrq-c,nmi,watchdog)\n"
	"  -o, --out DIR       keep the run directories below DIR\n"
	"      --json          one JSON object at the end\n"
	"  and every other option of `hangar vm`.\n\n"
	"Exit: 0 when every way left a vmcore that was read; 125 when one did not;\n"
	"128 and more: no rehearsal.\n";

struct rehearsal {
	const struct dump_rung *rung;
	bool good;
	double seconds, bytes;
	char reader[32], why[512];
	long long tasks;
};

static json_t *last_event(const char *dir, const char *event)
{
	_cleanup_free_ char *path = NULL, *text = NULL;
	_cleanup_fclose_ FILE *file = NULL;
	json_t *last = NULL;
	size_t size = 0;

	if (asprintf(&path, "%s/" OUTSIDE_FILE, dir) < 0)
		return NULL;
	file = fopen(path, "re");
	while (file && getline(&text, &size, file) > 0) {
		json_t *line = json_loads(text, 0, NULL);
		const char *name = json_string_value(json_object_get(line, "event"));

		if (name && !strcmp(name, event)) {
			json_decref(last);
			last = line;
		} else {
			json_decref(line);
		}
	}
	return last;
}

static void take_reading(struct rehearsal *r, const char *dir)
{
	_cleanup_free_ char *path = NULL;
	json_t *reading;
	const char *reader;

	if (asprintf(&path, "%s/" VMCORE_READING_FILE, dir) < 0)
		return;
	reading = json_load_file(path, 0, NULL);
	reader = json_string_value(json_object_get(reading, "reader"));
	snprintf(r->reader, sizeof(r->reader), "%s", reader ? reader : "nobody");
	r->tasks = json_integer_value(json_object_get(reading, "tasks"));
	json_decref(reading);
}

static void judge(struct rehearsal *r, const struct vm_outcome *outcome)
{
	json_t *dump = last_event(outcome->dir, "dump");
	json_t *vmcore = last_event(outcome->dir, "vmcore");
	const char *result = json_string_value(json_object_get(vmcore, "result"));
	const char *why =
		json_string_value(json_object_get(outcome->have_vmcore ? vmcore : dump, "detail"));

	r->good = outcome->have_vmcore && result && strcmp(result, "unread") != 0;
	r->seconds = json_number_value(json_object_get(dump, "seconds"));
	r->bytes = json_number_value(json_object_get(dump, "bytes"));
	snprintf(r->why, sizeof(r->why), "%s", why ? why : r->good ? "" : outcome->why);
	take_reading(r, outcome->dir);
	json_decref(dump);
	json_decref(vmcore);
}

/* 0; 1 when the user stopped it; -errno, told. */
static int rehearse(const struct vm_options *base, struct rehearsal *r, int argc, char **argv)
{
	_cleanup_free_ struct vm_outcome *outcome = calloc(1, sizeof(*outcome));
	_cleanup_free_ char *out = NULL;
	struct vm_options options = *base;
	int err;

	if (!outcome || (base->out && asprintf(&out, "%s/%s", base->out, r->rung->name) < 0))
		return -ENOMEM;
	options.dump = r->rung->name;
	options.out = out;
	options.json = false;
	options.quiet = base->quiet || base->json;
	options.silent = base->json;
	if (!options.quiet)
		printf("== %s\n", r->rung->name);
	fflush(stdout);
	err = vm_run(&options, argc, argv, outcome);
	if (!err)
		judge(r, outcome);
	return err < 0 ? err : outcome->stopped;
}

static void print_text(const struct rehearsal *list, unsigned int count)
{
	printf("\n%-10s %-8s %9s %9s  %-8s %6s  %s\n", "way", "vmcore", "seconds", "MB", "reader",
	       "tasks", "why");
	for (unsigned int i = 0; i < count; i++)
		printf("%-10s %-8s %9.1f %9.1f  %-8s %6lld  %s\n", list[i].rung->name,
		       list[i].good ? "read" : "NONE", list[i].seconds, list[i].bytes / 1e6,
		       list[i].reader, list[i].tasks, list[i].why);
}

static void print_json(const struct rehearsal *list, unsigned int count)
{
	json_t *ways = json_array(), *all;

	for (unsigned int i = 0; i < count; i++)
		json_array_append_new(ways,
				      json_pack("{s:s, s:b, s:f, s:f, s:s, s:I, s:s}", "way",
						list[i].rung->name, "read", list[i].good, "seconds",
						list[i].seconds, "bytes", list[i].bytes, "reader",
						list[i].reader, "tasks", (json_int_t)list[i].tasks,
						"why", list[i].why));
	all = json_pack("{s:o}", "rehearsals", ways);
	json_dumpf(all, stdout, JSON_INDENT(2));
	putchar('\n');
	json_decref(all);
}

/* The options are those of `hangar vm` with the scenario put in. */
static int parse(int argc, char **argv, struct vm_options *o)
{
	_cleanup_free_ char **words = calloc((size_t)argc + 2, sizeof(*words));
	static char scenario[] = REHEARSAL;

	for (int i = 1; i < argc; i++)
		if (!strcmp(argv[i], "--help") || !strcmp(argv[i], "-h")) {
			fputs(help, stdout);
			return 1;
		}
	if (!words)
		return -ENOMEM;
	memcpy(words, argv, (size_t)argc * sizeof(*words));
	words[argc] = scenario;
	return vm_options_parse(argc + 1, words, o);
}

static bool is_way(const char *word, size_t size)
{
	for (unsigned int i = 0; dump_rungs[i]; i++)
		if (strlen(dump_rungs[i]->name) == size && !memcmp(dump_rungs[i]->name, word, size))
			return true;
	return false;
}

/* 0: some word is no way to a dump. A way that is misspelt must not pass for rehearsed. */
static unsigned int choose(const char *list, struct rehearsal *ret)
{
	unsigned int n = 0;

	for (const char *word = list; word && *word; word += word[0] == ',') {
		size_t size = strcspn(word, ",");

		if (!is_way(word, size))
			return 0;
		word += size;
	}
	for (unsigned int i = 0; dump_rungs[i]; i++) {
		size_t size = strlen(dump_rungs[i]->name);
		const char *at = list ? strstr(list, dump_rungs[i]->name) : NULL;

		if (!list ||
		    (at && (at == list || at[-1] == ',') && (!at[size] || at[size] == ',')))
			ret[n++].rung = dump_rungs[i];
	}
	return n;
}

int rehearse_main(int argc, char **argv)
{
	struct rehearsal list[LADDER_MAX] = { 0 };
	struct vm_options options;
	unsigned int count, rehearsed = 0;
	bool good = true, stopped = false;
	int r = parse(argc, argv, &options);

	if (r)
		return r > 0 ? 0 : EXIT_BROKEN;
	count = choose(options.dump, list);
	if (!count) {
		fprintf(stderr,
			"hangar rehearse: --dump %s: not one of qmp, sysrq-c, nmi, watchdog\n",
			options.dump);
		return EXIT_BROKEN;
	}
	for (unsigned int i = 0; i < count && !stopped; i++) {
		r = rehearse(&options, &list[i], argc, argv);
		if (r < 0)
			return EXIT_BROKEN;
		stopped = r;
		good = good && list[i].good;
		rehearsed++;
	}
	(options.json ? print_json : print_text)(list, rehearsed);
	return good && !stopped ? 0 : 125;
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A run that found something is a command that finds it again: the same seed, and the options that
 * shape the storm or the guest; not those that say where to put the record.
 */
#include "page_again.h"

#include <string.h>

#include "base/cleanup.h"
#include "base/escape.h"
#include "page.h"

/* Options of the run that shape it; with a value in the next word, or behind "=". */
static const struct {
	const char *name, *letter;
	bool has_value;
} shaping[] = {
	{ "--for", "-f", true },
	{ "--repeat", "-r", true },
	{ "--force", "", false },
	/* of the guest */
	{ "--kernel", "-k", true },
	{ "--memory", "-m", true },
	{ "--cpus", "-c", true },
	{ "--append", "-a", true },
	{ "--dump", "-d", true },
	{ "--cgroup", "--cgroup", true },
	{ "--disk", "--disk", true },
	{ "--cache", "--cache", true },
	{ "--file", "--file", true },
	{ "--accel", "--accel", true },
};

static bool shapes(const char *word, bool *ret_next)
{
	for (size_t i = 0; i < ARRAY_SIZE(shaping); i++) {
		size_t len = strlen(shaping[i].name);

		*ret_next = shaping[i].has_value &&
			    (!strcmp(word, shaping[i].name) || !strcmp(word, shaping[i].letter));
		if (*ret_next || (!shaping[i].has_value && !strcmp(word, shaping[i].name)) ||
		    (!strncmp(word, shaping[i].name, len) && word[len] == '='))
			return true;
	}
	return false;
}

static void repeat_options(const struct record *r, FILE *to)
{
	const json_t *argv = json_object_get(r->manifest, "argv");
	bool next = false;

	for (size_t i = 1; i < json_array_size(argv); i++) {
		const char *word = json_string_value(json_array_get(argv, i));
		bool value = next;

		next = false;
		if (!word || (!value && !shapes(word, &next)))
			continue;
		fputc(' ', to);
		escape_shell(to, word);
	}
}

/* "run" or "vm": what the user asked for. */
static const char *command_of(const struct record *r)
{
	const char *word =
		json_string_value(json_array_get(json_object_get(r->manifest, "argv"), 1));

	return word && !strcmp(word, "vm") ? "vm" : "run";
}

/* The record of an observer: the run itself is another machine's. */
static bool is_observed(const struct record *r)
{
	const char *word =
		json_string_value(json_array_get(json_object_get(r->manifest, "argv"), 0));

	return word && !strcmp(word, "observe");
}

void page_again(const struct record *r, FILE *to)
{
	const char *seed = record_manifest_text(r, "seed"),
		   *path = record_manifest_text(r, "scenario.path");

	if (!path[0] || is_observed(r))
		return;
	page_title(to, "Again, with the same choices");
	fprintf(to, "  hangar %s", command_of(r));
	if (seed[0] && json_array_size(r->events)) { /* else nobody has drawn it yet */
		fputs(" --seed ", to);
		escape_shell(to, seed);
	}
	repeat_options(r, to);
	fputc(' ', to);
	escape_shell(to, path);
	fputs("\n  (the scenario as it ran: scenario.json beside this page)\n", to);
}

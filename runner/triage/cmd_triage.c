/* SPDX-License-Identifier: GPL-2.0-or-later */
/* `hangar triage`: logs in, findings out. */
#include <errno.h>
#include <signal.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/cli.h"
#include "commands.h"
#include "triage/face.h"
#include "triage/literals.h"
#include "triage/pstore.h"
#include "triage/reading.h"
#include "verdict.h"

#define KINDS_MAX 32

struct options {
	const struct face_ops *ops;
	const char *stdin_name;
	const char *kinds[KINDS_MAX];
	unsigned int kind_count;
	bool literals;
};

struct triage {
	const struct options *options;
	struct face face;
	uint64_t lines;
};

static volatile sig_atomic_t stopped;

static void stop(int signal)
{
	stopped = signal;
}

static CLI_TAKER(take_kind)
{
	struct options *to = options;

	if (finding_kind_parse(value) == FINDING_NONE)
		return cli_refuse(c, "no kind is called %s", value);
	if (to->kind_count == KINDS_MAX)
		return cli_refuse(c, "too many kinds: %s", value);
	to->kinds[to->kind_count++] = value;
	return 0;
}

static CLI_TAKER(take_json)
{
	((struct options *)options)->ops = &face_json;
	return 0;
}

static CLI_TAKER(take_signature)
{
	((struct options *)options)->ops = &face_signatures;
	return 0;
}

static const struct cli_option rows[] = {
	{ 0, "--json", NULL, "print one JSON object", take_json },
	{ 0, "--kind", "KIND", "show only findings of this kind; may be given again", take_kind },
	{ 0, "--signature", NULL, "print only the signature of each finding, a line each",
	  take_signature },
	{ 0, "--stdin-name", "N", "what to call standard input", cli_text,
	  CLI_AT(struct options, stdin_name, const char *) },
	/* for the benchmark */
	{ 0, "--literals", NULL, NULL, cli_flag, CLI_AT(struct options, literals, bool) },
	{ 0 },
};

static const struct cli cli = {
	.command = "triage",
	.usage = "Usage: hangar triage [OPTION...] LOG...\n"
		 "Name and explain what went wrong in kernel logs: dmesg, consoles, syslog,\n"
		 "journal text, /dev/kmsg, pstore; plain or packed (gzip, xz, zstd, bzip2,\n"
		 "lz4). \"-\" is standard input.\n",
	.exits = "Exit: 0 nothing was found, 1 something was, 128 a log could not be read to\n"
		 "its end.\n",
	.options = rows,
	.words_max = -1,
};

static bool wanted(const struct options *o, const struct triage_case *c)
{
	for (unsigned int i = 0; i < o->kind_count; i++)
		if (!strcmp(o->kinds[i], triage_kind_name(c->f.kind)) ||
		    !strcmp(o->kinds[i], finding_kind_name(c->f.kind)))
			return true;
	return !o->kind_count;
}

static void take(void *ctx, const struct cases_batch *batch)
{
	struct triage *t = ctx;

	for (unsigned int i = 0; i < batch->count; i++)
		if (wanted(t->options, &batch->cases[i])) {
			t->options->ops->one(&t->face, &batch->cases[i], batch->release);
			t->face.findings++;
		}
	if (!t->options->kind_count)
		t->options->ops->boot(&t->face, batch);
}

static void tell_problem(struct face_input *story, const struct diag *d)
{
	fflush(stdout);
	diag_print(d, stderr);
	story->problem = d->message;
}

/* How many of the files at @paths are parts of the same store as the first. */
static unsigned int store_size(char **paths)
{
	struct pstore_name first, next;
	unsigned int n = 1;

	if (!strcmp(paths[0], "-") || !pstore_peek(paths[0], &first))
		return 1;
	while (paths[n] && pstore_peek(paths[n], &next) && !strcmp(first.event, next.event))
		n++;
	return n;
}

/* One log, in @count files, to its end or as far as it can be read. */
static int one_log(struct triage *t, struct cases *cases, struct lines *lines, char **paths,
		   unsigned int count)
{
	struct reading reading = { .lines = lines, .stopped = &stopped, .packing = "" };
	struct face_input story = { .name = paths[0] };
	struct diag d = { .line = 0 };
	int err = 0;

	if (!strcmp(paths[0], "-"))
		story.name = t->options->stdin_name ? t->options->stdin_name : "-";
	t->face.input = story.name;
	for (unsigned int i = 0; i < count && !err; i++)
		err = reading_file(&reading, paths[i], &d);
	story.lines = lines_end(lines);
	story.bytes = reading.bytes;
	story.packing = reading.packing;
	cases_end(cases);
	t->lines += story.lines;
	if (err) {
		if (!d.message[0])
			diag_set(&d, err, "%s: %s", story.name, strerror(-err));
		tell_problem(&story, &d);
	}
	t->options->ops->input(&t->face, &story);
	return err;
}

static void catch_signals(void)
{
	const struct sigaction action = { .sa_handler = stop, .sa_flags = (int)SA_RESETHAND };

	sigaction(SIGINT, &action, NULL);
	sigaction(SIGTERM, &action, NULL);
}

static int run(const struct options *o, char **paths, unsigned int count)
{
	struct triage t = { .options = o, .face = { .to = stdout } };
	_cleanup_(cleanup_cases) struct cases *cases = cases_new(take, &t);
	_cleanup_(cleanup_lines) struct lines *lines = cases ? lines_new(cases) : NULL;
	int err = 0;

	if (!lines) {
		fputs("hangar triage: not enough memory\n", stderr);
		return EXIT_BROKEN;
	}
	catch_signals();
	pstore_sort(paths, count);
	o->ops->begin(&t.face);
	while (*paths && !stopped) {
		unsigned int files = store_size(paths);

		if (one_log(&t, cases, lines, paths, files) < 0)
			err = EXIT_BROKEN;
		paths += files;
	}
	o->ops->end(&t.face, cases_boots(cases), t.lines);
	if (fflush(stdout) || ferror(stdout)) {
		fputs("hangar triage: standard output cannot be written\n", stderr);
		return EXIT_BROKEN;
	}
	if (stopped)
		return 128 + stopped;
	return err ? err : t.face.findings ? 1 : 0;
}

static int print_literals(void)
{
	static struct literals l;

	literals_make(&l);
	for (unsigned int i = 0; i < l.count; i++)
		puts(l.list[i]);
	return 0;
}

int triage_main(int argc, char **argv)
{
	struct options o = { .ops = &face_text };
	char **paths;
	int r = cli_parse(&cli, argc, argv, &o, &paths);

	if (r)
		return r < 0 ? EXIT_BROKEN : 0;
	if (o.literals)
		return print_literals();
	if (!paths[0]) {
		cli_refuse(&cli, "name a log");
		return EXIT_BROKEN;
	}
	return run(&o, paths, (unsigned int)(argc - (paths - argv)));
}

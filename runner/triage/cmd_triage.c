/* SPDX-License-Identifier: GPL-2.0-or-later */
/* `hangar triage`: logs in, findings out. */
#include <errno.h>
#include <getopt.h>
#include <signal.h>
#include <string.h>

#include "base/cleanup.h"
#include "commands.h"
#include "triage/face.h"
#include "triage/literals.h"
#include "triage/pstore.h"
#include "triage/reading.h"
#include "verdict.h"

static const char usage[] =
	"Usage: hangar triage [OPTION...] LOG...\n"
	"Name and explain what went wrong in kernel logs: dmesg, consoles, syslog, journal text,\n"
	"/dev/kmsg, pstore; plain or packed (gzip, xz, zstd, bzip2, lz4). \"-\" is standard "
	"input.\n\n"
	"  --json          print one JSON object\n"
	"  --kind KIND     show only findings of this kind; may be given again\n"
	"  --signature     print only the signature of each finding, a line each\n"
	"  --stdin-name N  what to call standard input\n"
	"  --help          print this text\n\n"
	"Exit status: 0 nothing was found, 1 something was, 128 a log could not be read to its "
	"end.\n";

#define KINDS_MAX 32

struct options {
	const struct face_ops *ops;
	const char *stdin_name;
	const char *kinds[KINDS_MAX];
	unsigned int kind_count;
	bool help, literals;
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

static int refuse(const char *why, const char *what)
{
	fprintf(stderr, "hangar triage: %s%s; see hangar triage --help\n", why, what);
	return -EINVAL;
}

static int take_kind(struct options *o, const char *name)
{
	if (finding_kind_parse(name) == FINDING_NONE)
		return refuse("no kind is called ", name);
	if (o->kind_count == KINDS_MAX)
		return refuse("too many kinds: ", name);
	o->kinds[o->kind_count++] = name;
	return 0;
}

static int take_option(struct options *o, int option, char **argv)
{
	switch (option) {
	case 'j':
		o->ops = &face_json;
		return 0;
	case 's':
		o->ops = &face_signatures;
		return 0;
	case 'k':
		return take_kind(o, optarg);
	case 'n':
		o->stdin_name = optarg;
		return 0;
	case 'l':
		o->literals = true;
		return 0;
	case 'h':
		o->help = true;
		return 0;
	case ':':
		return refuse("a value is missing behind ", argv[optind - 1]);
	default:
		return refuse("no option ", argv[optind - 1]);
	}
}

static int parse(int argc, char **argv, struct options *o)
{
	static const struct option longs[] = {
		{ "json", no_argument, NULL, 'j' },
		{ "signature", no_argument, NULL, 's' },
		{ "kind", required_argument, NULL, 'k' },
		{ "stdin-name", required_argument, NULL, 'n' },
		{ "literals", no_argument, NULL, 'l' }, /* for the benchmark */
		{ "help", no_argument, NULL, 'h' },
		{ NULL },
	};
	int option, err = 0;

	optind = 0; /* GNU: scan a fresh vector */
	opterr = 0;
	while (!err && (option = getopt_long(argc, argv, ":h", longs, NULL)) != -1)
		err = take_option(o, option, argv);
	if (!err && !o->help && !o->literals && optind == argc)
		return refuse("no log is named", "");
	return err;
}

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

	if (parse(argc, argv, &o) < 0)
		return EXIT_BROKEN;
	if (o.help) {
		fputs(usage, stdout);
		return 0;
	}
	if (o.literals)
		return print_literals();
	return run(&o, argv + optind, (unsigned int)(argc - optind));
}

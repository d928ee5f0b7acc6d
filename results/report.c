/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The exit code says whether the reports could be made, never what they say: a script that reports
 * on a night of runs must not stop at the first bug. Nor is it ever 1 or 2, which `git bisect run`
 * would take for a bad kernel.
 */
#include "report.h"

#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/escape.h"
#include "say.h"
#include "sink.h"

static const char help[] =
	"Usage: hangar report [OPTION...] DIR...\n"
	"Write result.json, junit.xml, ktap.txt and report.txt of each run directory.\n\n"
	"      --json     print result.json instead of the verdict\n"
	"      --stdout   print only, write nothing\n"
	"  -h, --help     this text\n\n"
	"Exit: 0 whatever the verdict; 128 when a run directory cannot be read.\n";

struct report_options {
	bool json;
	bool print_only;
};

enum { OPT_JSON = 256, OPT_STDOUT };

static const struct option long_options[] = {
	{ "json", no_argument, NULL, OPT_JSON },
	{ "stdout", no_argument, NULL, OPT_STDOUT },
	{ "help", no_argument, NULL, 'h' },
	{ NULL, 0, NULL, 0 },
};

/* 0: go on; 1: help was printed; -EINVAL: refused, with the reason printed. */
static int parse(int argc, char **argv, struct report_options *o)
{
	int option;

	optind = 1;
	while ((option = getopt_long(argc, argv, "h", long_options, NULL)) != -1)
		switch (option) {
		case OPT_JSON:
			o->json = true;
			break;
		case OPT_STDOUT:
			o->print_only = true;
			break;
		case 'h':
			fputs(help, stdout);
			return 1;
		default:
			fputs("Try `hangar report --help`.\n", stderr);
			return -EINVAL;
		}
	if (optind == argc) {
		fputs("hangar report: name a run directory\nTry `hangar report --help`.\n", stderr);
		return -EINVAL;
	}
	return 0;
}

static int print_face(const struct sink_ops *sink, const struct record *r)
{
	_cleanup_free_ char *text = NULL;
	size_t size;
	int err = sink_make(sink, r, &text, &size);

	if (err < 0)
		return err;
	return fwrite(text, 1, size, stdout) == size ? 0 : -EIO;
}

static void print_verdict(const struct record *r)
{
	char line[SAY_SENTENCE];

	escape_plain(stdout, say_verdict(r, line, sizeof(line)));
	fputs("\nreport: ", stdout);
	escape_plain(stdout, r->path);
	printf("/%s\n", sink_text.file);
}

static int show(const struct record *r, const struct report_options *o)
{
	struct diag d = { 0 };
	bool written = false;

	if (!o->print_only) {
		written = sink_write_all(r->path, r, &d) == 0;
		if (!written) {
			diag_print(&d, stderr);
			fputs("hangar: what was to be written is printed instead\n", stderr);
		}
	}
	if (o->json)
		return print_face(&sink_json, r);
	if (!written)
		return print_face(&sink_text, r);
	print_verdict(r);
	return 0;
}

static int report_one(const char *path, const struct report_options *o)
{
	struct record r = { 0 };
	struct diag d = { 0 };
	int err = record_load(path, &r, &d);

	if (err < 0) {
		diag_print(&d, stderr);
		return err;
	}
	err = show(&r, o);
	if (err < 0)
		fprintf(stderr, "hangar report: %s: %s\n", path, strerror(-err));
	record_clear(&r);
	return err;
}

int report_main(int argc, char **argv)
{
	struct report_options o = { 0 };
	int code = 0, err = parse(argc, argv, &o);

	if (err)
		return err < 0 ? EXIT_BROKEN : 0;
	for (int i = optind; i < argc; i++)
		if (report_one(argv[i], &o) < 0)
			code = EXIT_BROKEN;
	if (fflush(stdout) != 0)
		code = EXIT_BROKEN;
	return code;
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The exit code says whether the reports could be made, never what they say: a script that reports
 * on a night of runs must not stop at the first bug. Nor is it ever 1 or 2, which `git bisect run`
 * would take for a bad kernel.
 */
#include "report.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/cli.h"
#include "base/escape.h"
#include "say.h"
#include "sink.h"

struct report_options {
	bool json;
	bool print_only;
};

static const struct cli_option rows[] = {
	{ 0, "--json", NULL, "print result.json instead of the verdict", cli_flag,
	  CLI_AT(struct report_options, json, bool) },
	{ 0, "--stdout", NULL, "print only, write nothing", cli_flag,
	  CLI_AT(struct report_options, print_only, bool) },
	{ 0 },
};

static const struct cli cli = {
	.command = "report",
	.usage = "Usage: hangar report [OPTION...] DIR...\n"
		 "Write result.json, junit.xml, ktap.txt and report.txt of each run directory.\n",
	.exits = "Exit: 0 whatever the verdict; 128 when a run directory cannot be read.\n",
	.options = rows,
	.words_min = 1,
	.words_max = -1,
	.wanted = "a run directory",
};

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
	char **paths;
	int code = 0, err = cli_parse(&cli, argc, argv, &o, &paths);

	if (err)
		return err < 0 ? EXIT_BROKEN : 0;
	for (; *paths; paths++)
		if (report_one(*paths, &o) < 0)
			code = EXIT_BROKEN;
	if (fflush(stdout) != 0)
		code = EXIT_BROKEN;
	return code;
}

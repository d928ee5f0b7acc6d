/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * --help: an option's spelling, and in a column of its own what it does. A spelling too wide for
 * its column has a line to itself; words go on below themselves.
 */
#include <stdio.h>
#include <string.h>

#include "base/cli.h"

#define LINE_MAX_COLUMNS 80
#define WIDEST 26 /* of a spelling that others make room for */

static const struct cli_option help_row = { 'h', "--help", NULL, "print this text" };

/* "-o, --out DIR", "    --arm[=TRIGGER]". Returns how wide it is. */
static int spell(const struct cli_option *o, char *buf, size_t size)
{
	const char letter[] = { '-', o->letter, ',', ' ', '\0' };

	return snprintf(buf, size, "%s%s%s%s", o->letter ? letter : "    ", o->name,
			o->value && strncmp(o->value, "[=", 2) ? " " : "",
			o->value ? o->value : "");
}

static int widest(const struct cli *c)
{
	char text[128];
	int width = spell(&help_row, text, sizeof(text));

	for (const struct cli_option *o = c->options; o->name; o++) {
		int wide = o->about ? spell(o, text, sizeof(text)) : 0;

		if (wide > width && wide <= WIDEST)
			width = wide;
	}
	return width;
}

/* @about from @column on, where the cursor is. */
static void print_about(const char *about, int column)
{
	int at = column;

	while (*about) {
		int length = (int)strcspn(about, " ");

		if (at > column && at + 1 + length > LINE_MAX_COLUMNS) {
			printf("\n%*s", column, "");
			at = column;
		} else if (at > column) {
			putchar(' ');
			at++;
		}
		printf("%.*s", length, about);
		at += length;
		about += length + (about[length] == ' ');
	}
	putchar('\n');
}

static void print_row(const struct cli_option *o, int width)
{
	char text[128];
	int wide = spell(o, text, sizeof(text));

	if (wide > width)
		printf("  %s\n%*s", text, width + 4, "");
	else
		printf("  %-*s", width + 2, text);
	print_about(o->about, width + 4);
}

void cli_help(const struct cli *c)
{
	int width = widest(c);

	printf("%s\n", c->usage);
	for (const struct cli_option *o = c->options; o->name; o++)
		if (o->about)
			print_row(o, width);
	print_row(&help_row, width);
	printf("\n%s", c->exits);
}

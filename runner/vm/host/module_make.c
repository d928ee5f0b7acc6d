/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Debian's kernels name their compiler (gcc-12 for Linux 6.1), which a newer or older machine may
 * not have. Plain gcc then builds a module that loads as well, without the options that it does not
 * know: they concern the placement of code, not its interfaces.
 */
#include "vm/host/module_make.h"

#include <ctype.h>
#include <errno.h>
#include <stdbool.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/paths.h"
#include "base/textfile.h"
#include "program/program.h"

#define SAID_MAX (64u << 10)
/* Options of the kernel's own compiler that ours does not know; each costs one more make. */
#define UNKNOWN_MAX 8

static bool in_path(const char *program)
{
	const char *list = getenv("PATH");
	char path[4096];

	for (list = list ? list : "/usr/bin:/bin"; *list;) {
		size_t length = strcspn(list, ":");

		if (length &&
		    path_format(path, sizeof(path), "%.*s/%s", (int)length, list, program) == 0 &&
		    access(path, X_OK) == 0)
			return true;
		list += length + (list[length] == ':');
	}
	return false;
}

int module_make_check(const char *name, const char *release, struct diag *d)
{
	static const char *const tools[] = { "make", "gcc" };

	for (size_t i = 0; i < ARRAY_SIZE(tools); i++)
		if (!in_path(tools[i]))
			return diag_set(d, -ENOPKG,
					"module %s must be built for %s, and %s is not in PATH: "
					"install make and gcc",
					name, release, tools[i]);
	return 0;
}

/* The compiler that Debian's .kernelvariables names ("...gcc-12"), when it is not here. */
static bool compiler_is_missing(const char *headers)
{
	_cleanup_free_ char *text = NULL;
	const char *found = NULL;
	char path[4096], name[32];
	size_t size;

	if (path_format(path, sizeof(path), "%s/.kernelvariables", headers) == 0 &&
	    textfile_load(path, SAID_MAX, &text, &size) == 0)
		found = strstr(text, "gcc-");
	if (!found)
		return false;
	snprintf(name, sizeof(name), "%.*s", (int)(4 + strspn(found + 4, "0123456789.")), found);
	return !in_path(name);
}

/* The line that tells what is wrong: the first that has one of these, else the last. */
static const char *telling_line(char *said)
{
	static const char *const signs[] = { "error:", "Error:", "ERROR:", "not found", "***" };
	size_t end = strlen(said);
	char *line;

	for (size_t i = 0; i < ARRAY_SIZE(signs); i++) {
		line = strstr(said, signs[i]);
		if (!line)
			continue;
		while (line > said && line[-1] != '\n')
			line--;
		line[strcspn(line, "\n")] = '\0';
		return line;
	}
	while (end && isspace((unsigned char)said[end - 1]))
		said[--end] = '\0';
	line = strrchr(said, '\n');
	return line ? line + 1 : said;
}

/* "unrecognized command-line option '-fthis=16'": put the option behind those in @options. */
static bool add_unknown(const char *said, char *options, size_t size)
{
	static const char sign[] = "unrecognized command-line option '";
	const char *found = strstr(said, sign);
	size_t used = strlen(options), length;

	if (!found)
		return false;
	found += strlen(sign);
	length = strcspn(found, "'\n");
	if (!length || used + length + 2 > size)
		return false;
	snprintf(options + used, size - used, " %.*s", (int)length, found);
	return true;
}

static int run_make(const char *headers, const char *folder, struct program_end *end,
		    struct diag *d)
{
	/* What a make or a build of our caller's says is not meant for this one; the kernel's
	 * makefiles take LC_ALL away. */
	static const char *const env[] = { "MAKEFLAGS",   "MAKELEVEL",     "KBUILD_OUTPUT",
					   "ARCH",        "CROSS_COMPILE", "LC_CTYPE",
					   "LC_MESSAGES", "LANG=C",        NULL };
	char from[4096], into[4096 + 8], without[512] = "ccflags-remove-y=";
	const char *argv[] = { "make", "-s", "-C", from, into, "modules", without, "CC=gcc", NULL };
	const struct program make = { .argv = argv,
				      .env = env,
				      .output_max = SAID_MAX,
				      .begin_only = true,
				      .errors_too = true };
	int err = path_format(from, sizeof(from), "%s", headers);

	snprintf(into, sizeof(into), "M=%s", folder);
	if (!compiler_is_missing(headers))
		argv[7] = NULL;
	if (err)
		return err;
	for (int i = 0; i < UNKNOWN_MAX; i++) {
		program_end_clear(end);
		err = program_run(&make, end, d);
		if (err != -ECHILD || !add_unknown(end->output, without, sizeof(without)))
			break;
	}
	return err;
}

int module_make(const char *headers, const char *folder, const char *name, const char *release,
		struct diag *d)
{
	_cleanup_(program_end_clear) struct program_end end = { 0 };
	struct diag why = { 0 };
	int err;

	if (strpbrk(folder, " \t:#$%\\") || strpbrk(headers, " \t:#$%\\"))
		return diag_set(d, -EINVAL,
				"make builds nothing in %s: name a cache folder without blanks and "
				"colons in HANGAR_CACHE_HOME",
				folder);
	err = run_make(headers, folder, &end, &why);
	if (err && err != -ECHILD)
		return diag_set(d, err, "make cannot be run: %s", strerror(-err));
	if (strstr(end.output, "version `GLIBC_"))
		return diag_set(
			d, -ENOTSUP,
			"module %s cannot be built for %s here: that kernel's build tools need a "
			"newer C library; take a kernel that was built for this distribution's "
			"release, or work on a newer one",
			name, release);
	if (err)
		return diag_set(d, -EIO, "module %s cannot be built for %s with %s: %s", name,
				release, headers, telling_line(end.output));
	return 0;
}

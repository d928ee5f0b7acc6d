/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * mkfs.ext4 and mkfs.xfs, with what they say kept for the error message. They live in /sbin, which
 * the PATH of a plain user or of cron lacks.
 */
#include "mkfs.h"

#include <errno.h>
#include <inttypes.h>
#include <limits.h>
#include <string.h>

#include "base/cleanup.h"
#include "program/program.h"

#define ARGS_MAX 64
#define OUTPUT_MAX 511 /* room for its words in struct diag; a page of usage follows the reason */

static const char *const places[] = { "/usr/sbin", "/sbin", "/usr/local/sbin", "/usr/bin", "/bin" };

static const struct kind {
	const char *filesystem, *force;
	const char *package;
	const char *size_option; /* before the size; NULL: the size stands behind the device */
	const char *size_word;
} kinds[] = {
	{ "ext4", "-F", "e2fsprogs", NULL, "" },
	{ "xfs", "-f", "xfsprogs", "-d", "size=" },
};

static int find_program(const char *filesystem, char *buf, size_t size)
{
	for (size_t i = 0; i < ARRAY_SIZE(places); i++) {
		snprintf(buf, size, "%s/mkfs.%s", places[i], filesystem);
		if (!access(buf, X_OK))
			return 0;
	}
	return -ENOENT;
}

static bool names_label(char *const *args)
{
	for (; args && *args; args++)
		if (!strncmp(*args, "-L", 2))
			return true;
	return false;
}

/* A loop file has the size of the file system already. */
static bool sized(const struct scratch_spec *spec)
{
	return spec->on == SCRATCH_DEVICE && spec->size_bytes != UNSET;
}

static int make_argv(const struct scratch_spec *spec, const char *program, const struct kind *kind,
		     const char *target, const char *size, const char **argv)
{
	unsigned int n = 0;

	argv[n++] = program;
	argv[n++] = "-q";
	argv[n++] = kind->force;
	if (!names_label(spec->mkfs)) {
		argv[n++] = "-L";
		argv[n++] = SCRATCH_LABEL;
	}
	for (char **arg = spec->mkfs; arg && *arg; arg++) {
		if (n + 5 >= ARGS_MAX)
			return -E2BIG;
		argv[n++] = *arg;
	}
	if (sized(spec) && kind->size_option) {
		argv[n++] = kind->size_option;
		argv[n++] = size;
	}
	argv[n++] = target;
	if (sized(spec) && !kind->size_option)
		argv[n++] = size;
	argv[n] = NULL;
	return 0;
}

/* The reason alone, on one line. */
static void shorten(char *out)
{
	char *usage = strstr(out, "\nUsage:");
	size_t len;

	if (usage)
		*usage = '\0';
	len = strlen(out);
	while (len && (out[len - 1] == '\n' || out[len - 1] == ' '))
		out[--len] = '\0';
	for (char *p = out; (p = strchr(p, '\n'));)
		*p = ';';
}

static const struct kind *find_kind(const char *filesystem)
{
	for (size_t i = 0; i < ARRAY_SIZE(kinds); i++)
		if (!strcmp(kinds[i].filesystem, filesystem))
			return &kinds[i];
	return NULL;
}

int mkfs_run(const struct scratch_spec *spec, const char *target, struct diag *d)
{
	const struct kind *kind = find_kind(spec->filesystem);
	_cleanup_(program_end_clear) struct program_end end = { 0 };
	char path[PATH_MAX], size[64];
	const char *argv[ARGS_MAX];
	const struct program mkfs = {
		.argv = argv, .output_max = OUTPUT_MAX, .begin_only = true, .errors_too = true
	};
	struct diag why = { 0 };
	int err;

	if (!kind)
		return diag_set(d, -EINVAL, "hangar cannot make a file system of type %s",
				spec->filesystem);
	err = find_program(spec->filesystem, path, sizeof(path));
	if (err)
		return diag_set(d, err, "mkfs.%s is not installed: install %s", spec->filesystem,
				kind->package);
	snprintf(size, sizeof(size), "%s%" PRIu64 "k", kind->size_word, spec->size_bytes >> 10);
	err = make_argv(spec, path, kind, target, size, argv);
	if (!err)
		err = program_run(&mkfs, &end, &why);
	if (err && err != -ECHILD)
		return diag_set(d, err, "cannot run %s: %s", path, strerror(-err));
	shorten(end.output);
	if (err)
		return diag_set(d, -EIO, "%s on %s failed: %s", path, target,
				end.output[0] ? end.output : "it said nothing");
	return 0;
}

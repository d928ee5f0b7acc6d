/* SPDX-License-Identifier: GPL-2.0-or-later */
/* `hangar kernel`: what is cached, what the mirror offers, and where the parts of a kernel lie. */
#include <stdio.h>
#include <errno.h>
#include <string.h>

#include <jansson.h>

#include "base/cleanup.h"
#include "base/utf8.h"
#include "verdict.h"
#include "vm/kernel/kernel.h"
#include "vm/kernel/command.h"

static int usage(FILE *to, int code)
{
	fputs("Usage: hangar kernel list [GLOB] [--cached] [--refresh] [--json]\n"
	      "       hangar kernel fetch SPEC [--symbols] [--headers]\n"
	      "       hangar kernel path SPEC [--symbols] [--vmlinux FILE] [--headers] [--json]\n"
	      "Kernels for throwaway guests: nothing is installed.\n\n"
	      "SPEC is a bzImage (bzImage:MODULES-FOLDER names its modules), a .deb, an .rpm, "
	      "several of them joined\n"
	      "by commas, an unpacked folder or built kernel tree, `host`, `planted` or `stock` "
	      "(of\n"
	      "tests/kernels/build), or debian:[SUITE/]RELEASE-GLOB:\n"
	      "  debian:6.1   debian:newest   debian:trixie-backports/7.*   "
	      "debian:6.1.0-50-cloud-amd64\n\n"
	      "  --symbols   also vmlinux with debug symbols (hundreds of MB)\n"
	      "  --vmlinux   the same from a file or -dbg package, if it is of exactly this build\n"
	      "  --headers   also what modules are built with\n"
	      "  --cached    only what needs no network\n"
	      "  --refresh   ask the mirror, however new the lists are\n"
	      "  --json      for programs\n\n"
	      "The cache is $HANGAR_CACHE_HOME, else $XDG_CACHE_HOME/hangar, else "
	      "~/.cache/hangar.\n"
	      "Exit codes: 0 done, 128 not.\n",
	      to);
	return code;
}

static int parse(int argc, char **argv, struct kernel_command *c)
{
	static const struct {
		const char *name;
		size_t at;
	} flags[] = {
		{ "--symbols", offsetof(struct kernel_command, symbols) },
		{ "--headers", offsetof(struct kernel_command, headers) },
		{ "--cached", offsetof(struct kernel_command, cached) },
		{ "--refresh", offsetof(struct kernel_command, refresh) },
		{ "--json", offsetof(struct kernel_command, json) },
	};

	for (int i = 2; i < argc; i++) {
		bool known = false;

		for (size_t f = 0; f < ARRAY_SIZE(flags); f++)
			if (strcmp(argv[i], flags[f].name) == 0)
				known = *(bool *)((char *)c + flags[f].at) = true;
		if (strcmp(argv[i], "--vmlinux") == 0 && argv[i + 1])
			known = (c->vmlinux = argv[++i]);
		if (known)
			continue;
		if (argv[i][0] == '-' || c->spec) {
			fprintf(stderr,
				"hangar kernel: \"%s\" is not understood; see hangar kernel "
				"--help\n",
				argv[i]);
			return -EINVAL;
		}
		c->spec = argv[i];
	}
	return 0;
}

int kernel_main(int argc, char **argv)
{
	static const struct {
		const char *name;
		int (*run)(const struct kernel_command *c, struct diag *d);
		bool spec;
	} verbs[] = {
		{ "list", kernel_list, false },
		{ "fetch", kernel_fetch, true },
		{ "path", kernel_path, true },
	};
	struct kernel_command c = { 0 };
	struct diag d = { 0 };

	for (int i = 1; i < argc; i++)
		if (strcmp(argv[i], "--help") == 0 || strcmp(argv[i], "-h") == 0)
			return usage(stdout, 0);
	for (size_t i = 0; argc > 1 && i < ARRAY_SIZE(verbs); i++) {
		if (strcmp(argv[1], verbs[i].name) != 0)
			continue;
		if (parse(argc, argv, &c) < 0)
			return EXIT_BROKEN;
		if (verbs[i].spec && !c.spec) {
			fprintf(stderr, "hangar kernel %s: which kernel? As debian:6.1\n", argv[1]);
			return EXIT_BROKEN;
		}
		if (verbs[i].run(&c, &d) < 0) {
			diag_print(&d, stderr);
			return EXIT_BROKEN;
		}
		if (fflush(stdout) || ferror(stdout)) {
			fprintf(stderr, "hangar kernel: standard output: %s\n", strerror(errno));
			return EXIT_BROKEN;
		}
		return 0;
	}
	return usage(stderr, EXIT_BROKEN);
}

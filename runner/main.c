/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * hangar: one program, one command a job. A command gets its own argv and returns its exit code. No
 * path through here ends with 1 or 2 for bad usage: `git bisect run` reads those as a bad kernel.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "commands.h"
#include "verdict.h"
#include "vm/guest/guest.h"

static const struct command {
	const char *name;
	int (*main)(int argc, char **argv);
	const char *about;
} commands[] = {
	{ "run", run_main, "run a scenario and give a verdict" },
	{ "vm", vm_main, "run a scenario on any kernel in a throwaway VM, and keep a vmcore" },
	{ "rehearse", rehearse_main, "hang a throwaway VM for each way to a vmcore, and check it" },
	{ "canary", canary_main, "hunt known bugs in a planted kernel: does the trap still shut?" },
	{ "check", check_main, "validate scenario files without running them" },
	{ "explain", explain_main, "print the plan of a scenario on this machine" },
	{ "list", list_main, "show the scenarios" },
	{ "stressors", stressors_main, "show the stressors and their parameters" },
	{ "report", report_main, "write the reports of a run directory" },
	{ "collect", collect_main, "complete the records of runs that a crash ended" },
	{ "observe", observe_main, "watch a run on another machine, and shoot when it dies" },
	{ "vmcore", vmcore_main, "read a vmcore: panic, CPUs, blocked tasks by stack, memory" },
	{ "triage", triage_main, "name and explain what went wrong in kernel logs" },
	{ "kernel", kernel_main, "show and fetch kernels for guests" },
	{ "clean", clean_main, "put back what a killed run left behind" },
	{ "doctor", doctor_main, "say whether a dump would be had here, and what to change" },
};

static void usage(FILE *to)
{
	fputs("Usage: hangar COMMAND [OPTION...] [ARGUMENT...]\n"
	      "Provoke kernel bugs on purpose, notice them first, keep the evidence.\n\n",
	      to);
	for (size_t i = 0; i < ARRAY_SIZE(commands); i++)
		fprintf(to, "  %-10s %s\n", commands[i].name, commands[i].about);
	fputs("\n`hangar COMMAND --help` tells more; so do hangar(1) and hangar-scenario(5).\n"
	      "Exit codes of `run` are safe for `git bisect run`: 0 SURVIVED, 1 REPRODUCED, 125 "
	      "skip, 128+ stop.\n",
	      to);
}

/* A caller that closed its standard files would find our words in the first files that we open. */
static int hold_standard_files(void)
{
	int fd;

	do
		fd = open("/dev/null", O_RDWR);
	while (fd >= 0 && fd <= STDERR_FILENO);
	if (fd < 0)
		return -errno;
	close(fd);
	return 0;
}

int main(int argc, char **argv)
{
	if (guest_is_first())
		guest_main();
	if (hold_standard_files() < 0) {
		fprintf(stderr, "hangar: /dev/null cannot be opened: %s\n", strerror(errno));
		return EXIT_BROKEN;
	}
	if (argc < 2) {
		usage(stderr);
		return EXIT_BROKEN;
	}
	if (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0 ||
	    strcmp(argv[1], "help") == 0) {
		usage(stdout);
		return 0;
	}
	if (strcmp(argv[1], "--version") == 0) {
		puts("hangar " HANGAR_VERSION);
		return 0;
	}
	for (size_t i = 0; i < ARRAY_SIZE(commands); i++)
		if (strcmp(argv[1], commands[i].name) == 0)
			return commands[i].main(argc - 1, argv + 1);
	fprintf(stderr, "hangar: no command \"%s\"; `hangar --help` lists them\n", argv[1]);
	return EXIT_BROKEN;
}

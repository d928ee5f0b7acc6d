/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The command line of `hangar vm`. What concerns the run itself (seed, time, repeats) is handed on
 * to `hangar run` in the guest as it is: one reader of these words is enough.
 */
#include "vm/host/vm_options.h"

#include <errno.h>

#include "base/cli.h"
#include "scenario/plants.h"
#include "scenario/scenario.h"

#define AT(member, of) CLI_AT(struct vm_options, member, of)

static const char *const cgroups[] = { "v1", "v2", NULL };
static const char *const accels[] = { "auto", "tcg", "kvm", NULL }; /* enum vm_accel */
static const char *const caches[] = { "unsafe",     "writeback",    "none",
				      "directsync", "writethrough", NULL };

static int add(struct vm_list *l, const char *value)
{
	if (l->count == VM_LIST_MAX)
		return -ENOSPC;
	l->items[l->count++] = value;
	return 0;
}

static CLI_TAKER(take_into_list)
{
	struct vm_list *list = (void *)((char *)options + o->at);

	return add(list, value) ? cli_refuse_value(c, o, value, "too many of them") : 0;
}

/* An option of `hangar run`, with its value. */
static CLI_TAKER(hand_on)
{
	struct vm_list *run = &((struct vm_options *)options)->run;

	return add(run, o->name) || add(run, value)
		       ? cli_refuse_value(c, o, value, "too many of them")
		       : 0;
}

static CLI_TAKER(take_plant)
{
	const char *why = plants_refuse(value);

	return why ? cli_refuse_value(c, o, value, why) : cli_text(c, o, value, options);
}

static const struct cli_option rows[] = {
	{ 'k', "--kernel", "SPEC",
	  "what to boot: bzImage[:MODULES], FILE.deb, FILE.rpm, a folder, \"host\" (the usual), "
	  "\"planted\", \"stock\", \"debian:[SUITE/]RELEASE-GLOB\"",
	  cli_text, AT(kernel, const char *) },
	{ 'o', "--out", "DIR", "make the run directory here (absent or empty)", cli_text,
	  AT(out, const char *) },
	{ 0, "--cgroup", "v1|v2", "control groups of the guest", cli_choice, AT(cgroup, int),
	  .min = 1, .words = cgroups },
	{ 'm', "--memory", "SIZE", "of the guest, e.g. 1G", cli_bytes, AT(memory_bytes, uint64_t),
	  .min = 64u << 20 },
	{ 'c', "--cpus", "N", "of the guest", cli_count, AT(cpus, unsigned int), .min = 1,
	  .max = 255 },
	{ 0, "--disk", "SIZE", "of the scratch disk", cli_bytes, AT(disk_bytes, uint64_t),
	  .min = 1u << 20 },
	{ 0, "--cache", "MODE",
	  "of the scratch disk: unsafe, writeback, none, directsync, writethrough", cli_one_of,
	  AT(cache, const char *), .words = caches },
	{ 'a', "--append", "TEXT", "more kernel arguments", take_into_list,
	  AT(append, struct vm_list) },
	{ 0, "--plant", "NAME[:N][,...]",
	  "known bugs that a planted kernel switches on; none: not even those that the scenario "
	  "names",
	  take_plant, AT(plant, const char *) },
	{ 0, "--file", "HOST[:GUEST]", "put a file into the guest (/job/extra/NAME)",
	  take_into_list, AT(files, struct vm_list) },
	{ 0, "--accel", "auto|kvm|tcg",
	  "KVM, or TCG, which works everywhere; auto: KVM where it comes up", cli_choice,
	  AT(accel, enum vm_accel), .words = accels },
	{ 0, "--boot-within", "TIME", "give a guest up that has not come up by then (120s)",
	  cli_time, AT(boot_us, uint64_t) },
	{ 'd', "--dump", "LIST",
	  "ways to a vmcore, in this order: qmp,sysrq-c,nmi,watchdog; or none", cli_text,
	  AT(dump, const char *) },
	{ 0, "--vmlinux", "FILE", "debug symbols of this very kernel", cli_text,
	  AT(vmlinux, const char *) },
	{ 0, "--keep-whole", NULL, "keep the unfiltered dump of QMP, too, as vmcore.whole",
	  cli_flag, AT(keep_whole, bool) },
	{ 0, "--doctor", NULL, "ask `hangar doctor` in the guest: would a dump work there?",
	  cli_flag, AT(doctor, bool) },
	{ 0, "--no-symbols", NULL, "fetch no debug symbols", cli_flag, AT(no_symbols, bool) },
	{ 's', "--seed", "N", "as for `hangar run`", hand_on },
	{ 'f', "--for", "TIME", "as for `hangar run`", hand_on },
	{ 'r', "--repeat", "N", "as for `hangar run`", hand_on },
	{ 0, "--any-fault", NULL, "exit 1 for OTHER_FAULT too", cli_flag, AT(any_fault, bool) },
	{ 0, "--json", NULL, "print one JSON object at the end", cli_flag, AT(json, bool) },
	{ 'q', "--quiet", NULL, "print the verdict alone", cli_flag, AT(quiet, bool) },
	{ 0, "--plain", NULL, "plain lines, no live line", cli_flag, AT(plain, bool) },
	{ 0 },
};

static const struct cli cli = {
	.command = "vm",
	.usage = "Usage: hangar vm [OPTION...] SCENARIO\n"
		 "Boot a kernel in a throwaway VM, run a scenario in it, keep the evidence and\n"
		 "a vmcore. No root is needed.\n"
		 "SCENARIO is a file, or the name of a shipped scenario (see `hangar list`).\n",
	.exits = "Exit: 0 SURVIVED, 1 REPRODUCED, 125 OTHER_FAULT, SKIPPED or INCONCLUSIVE,\n"
		 "128 and more BROKEN.\n",
	.options = rows,
	.words_max = 1,
};

/* A guest in which nothing happens, with every way to a dump made ready. */
static int take_doctor(struct vm_options *o, bool scenario_named)
{
	if (scenario_named)
		return cli_refuse(&cli, "--doctor takes no scenario");
	o->scenario = "controls/quiet";
	o->dump = o->dump ? o->dump : "qmp,sysrq-c,nmi";
	return add(&o->run, "--for") || add(&o->run, "1s")
		       ? cli_refuse(&cli, "too many options of `hangar run`")
		       : 0;
}

int vm_options_parse(int argc, char **argv, struct vm_options *ret)
{
	char **words;
	int err;

	*ret = (struct vm_options){ .memory_bytes = UNSET, .disk_bytes = UNSET, .boot_us = UNSET };
	err = cli_parse(&cli, argc, argv, ret, &words);
	if (err)
		return err;
	if (ret->doctor)
		return take_doctor(ret, words[0]);
	if (!words[0])
		return cli_refuse(&cli, "name a scenario");
	ret->scenario = words[0];
	return 0;
}

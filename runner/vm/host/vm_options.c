/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The command line of `hangar vm`. What concerns the run itself (seed, time, repeats) is handed on
 * to `hangar run` in the guest as it is: one reader of these words is enough.
 */
#include "vm/host/vm_options.h"

#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <string.h>

#include "base/units.h"
#include "scenario/plants.h"
#include "scenario/scenario.h"

enum {
	OPT_CGROUP = 256,
	OPT_DISK,
	OPT_CACHE,
	OPT_FILE,
	OPT_ACCEL,
	OPT_BOOT_WITHIN,
	OPT_VMLINUX,
	OPT_NO_SYMBOLS,
	OPT_DOCTOR,
	OPT_KEEP_WHOLE,
	OPT_ANY_FAULT,
	OPT_JSON,
	OPT_PLAIN,
	OPT_PLANT,
};

static const struct option long_options[] = {
	{ "kernel", required_argument, NULL, 'k' },
	{ "out", required_argument, NULL, 'o' },
	{ "cgroup", required_argument, NULL, OPT_CGROUP },
	{ "memory", required_argument, NULL, 'm' },
	{ "cpus", required_argument, NULL, 'c' },
	{ "disk", required_argument, NULL, OPT_DISK },
	{ "cache", required_argument, NULL, OPT_CACHE },
	{ "append", required_argument, NULL, 'a' },
	{ "plant", required_argument, NULL, OPT_PLANT },
	{ "file", required_argument, NULL, OPT_FILE },
	{ "accel", required_argument, NULL, OPT_ACCEL },
	{ "boot-within", required_argument, NULL, OPT_BOOT_WITHIN },
	{ "dump", required_argument, NULL, 'd' },
	{ "vmlinux", required_argument, NULL, OPT_VMLINUX },
	{ "no-symbols", no_argument, NULL, OPT_NO_SYMBOLS },
	{ "doctor", no_argument, NULL, OPT_DOCTOR },
	{ "keep-whole", no_argument, NULL, OPT_KEEP_WHOLE },
	{ "seed", required_argument, NULL, 's' },
	{ "for", required_argument, NULL, 'f' },
	{ "repeat", required_argument, NULL, 'r' },
	{ "any-fault", no_argument, NULL, OPT_ANY_FAULT },
	{ "json", no_argument, NULL, OPT_JSON },
	{ "quiet", no_argument, NULL, 'q' },
	{ "plain", no_argument, NULL, OPT_PLAIN },
	{ "help", no_argument, NULL, 'h' },
	{ NULL, 0, NULL, 0 },
};

/* "off" is an index that nobody wants: words[] start at @first. */
struct choice {
	const char *option;
	int first;
	const char *const words[6];
};

static const struct choice choice_cgroup = { "cgroup", 1, { "v1", "v2", NULL } };
static const struct choice choice_accel = { "accel", 0, { "auto", "tcg", "kvm", NULL } };
static const struct choice choice_cache = {
	"cache", 0, { "unsafe", "writeback", "none", "directsync", "writethrough", NULL }
};

static int refuse(const char *option, const char *value, const char *why)
{
	fprintf(stderr, "hangar vm: --%s %s: %s\n", option, value, why);
	return -EINVAL;
}

static int choose(const struct choice *c, const char *value, int *ret)
{
	char all[128] = "";

	for (int i = 0; c->words[i]; i++) {
		if (!strcmp(c->words[i], value)) {
			*ret = c->first + i;
			return 0;
		}
		snprintf(all + strlen(all), sizeof(all) - strlen(all), "%s%s", i ? ", " : "one of ",
			 c->words[i]);
	}
	return refuse(c->option, value, all);
}

static int take_bytes(const char *option, const char *value, uint64_t min, uint64_t *ret)
{
	int err = units_parse_bytes(value, ret);

	if (err < 0)
		return refuse(option, value, units_explain_bytes(err));
	return *ret >= min ? 0 : refuse(option, value, "is too small for any guest");
}

static int add(struct vm_list *l, const char *option, const char *value)
{
	if (l->count == VM_LIST_MAX)
		return refuse(option, value, "too many of them");
	l->items[l->count++] = value;
	return 0;
}

/* An option of `hangar run`, with its value. */
static int hand_on(struct vm_options *o, const char *option, const char *value)
{
	int err = add(&o->run, option, option);

	return err ? err : add(&o->run, option, value);
}

static int take_plant(struct vm_options *o)
{
	const char *why = plants_refuse(optarg);

	if (why)
		return refuse("plant", optarg, why);
	o->plant = optarg;
	return 0;
}

static int take_boot_limit(struct vm_options *o)
{
	int err = units_parse_duration(optarg, &o->boot_us);

	if (err < 0)
		return refuse("boot-within", optarg, units_explain_duration(err));
	return o->boot_us ? 0 : refuse("boot-within", optarg, "must be longer than nothing");
}

static int take_cpus(struct vm_options *o)
{
	uint64_t n = 0;

	if (units_parse_count(optarg, &n) < 0 || n < 1 || n > 255)
		return refuse("cpus", optarg, "1 to 255 are possible");
	o->cpus = (unsigned int)n;
	return 0;
}

static int take_place(struct vm_options *o, int option)
{
	int word = 0, err;

	switch (option) {
	case OPT_CGROUP:
		return choose(&choice_cgroup, optarg, &o->cgroup);
	case OPT_ACCEL:
		err = choose(&choice_accel, optarg, &word);
		o->accel = (enum vm_accel)word;
		return err;
	case OPT_CACHE:
		o->cache = optarg;
		return choose(&choice_cache, optarg, &word);
	case 'm':
		return take_bytes("memory", optarg, 64u << 20, &o->memory_bytes);
	case OPT_DISK:
		return take_bytes("disk", optarg, 1u << 20, &o->disk_bytes);
	case 'c':
		return take_cpus(o);
	case OPT_BOOT_WITHIN:
		return take_boot_limit(o);
	default:
		return -ENOENT;
	}
}

static int take_text(struct vm_options *o, int option)
{
	switch (option) {
	case 'k':
		o->kernel = optarg;
		return 0;
	case 'o':
		o->out = optarg;
		return 0;
	case 'd':
		o->dump = optarg;
		return 0;
	case OPT_VMLINUX:
		o->vmlinux = optarg;
		return 0;
	case 'a':
		return add(&o->append, "append", optarg);
	case OPT_PLANT:
		return take_plant(o);
	case OPT_FILE:
		return add(&o->files, "file", optarg);
	case 's':
		return hand_on(o, "--seed", optarg);
	case 'f':
		return hand_on(o, "--for", optarg);
	case 'r':
		return hand_on(o, "--repeat", optarg);
	default:
		return take_place(o, option);
	}
}

static int take_option(struct vm_options *o, int option)
{
	switch (option) {
	case OPT_NO_SYMBOLS:
		o->no_symbols = true;
		return 0;
	case OPT_KEEP_WHOLE:
		o->keep_whole = true;
		return 0;
	case OPT_DOCTOR:
		o->doctor = true;
		return 0;
	case OPT_ANY_FAULT:
		o->any_fault = true;
		return 0;
	case OPT_JSON:
		o->json = true;
		return 0;
	case 'q':
		o->quiet = true;
		return 0;
	case OPT_PLAIN:
		o->plain = true;
		return 0;
	case 'h':
		fputs(vm_help, stdout);
		return 1;
	case '?':
		fputs("Try `hangar vm --help`.\n", stderr);
		return -EINVAL;
	default:
		return take_text(o, option);
	}
}

/* A guest in which nothing happens, with every way to a dump made ready. */
static int take_doctor(struct vm_options *o, int words)
{
	if (words) {
		fputs("hangar vm: --doctor takes no scenario\n", stderr);
		return -EINVAL;
	}
	o->scenario = "controls/quiet";
	o->dump = o->dump ? o->dump : "qmp,sysrq-c,nmi";
	return hand_on(o, "--for", "1s");
}

int vm_options_parse(int argc, char **argv, struct vm_options *ret)
{
	int option, err;

	*ret = (struct vm_options){ .memory_bytes = UNSET, .disk_bytes = UNSET, .boot_us = UNSET };
	optind = 1;
	while ((option = getopt_long(argc, argv, "k:o:m:c:a:d:s:f:r:qh", long_options, NULL)) !=
	       -1) {
		err = take_option(ret, option);
		if (err)
			return err;
	}
	if (ret->doctor)
		return take_doctor(ret, argc - optind);
	if (argc - optind != 1) {
		fprintf(stderr, "hangar vm: %s\nTry `hangar vm --help`.\n",
			argc == optind ? "name a scenario" : "one scenario at a time");
		return -EINVAL;
	}
	ret->scenario = argv[optind];
	return 0;
}

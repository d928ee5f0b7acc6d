/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * kernel-fault: a fault of the kernel's, by order, so that what is to notice it can be tried. Most
 * are made by the module hangar_fault, which `hangar vm` builds for the guest's kernel; a crash
 * needs no more than sysrq. It runs only on a machine that was booted to be thrown away.
 */
#include "stressor.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/textfile.h"

/* On the kernel's command line, by `hangar vm` alone; the module asks for it as well. */
#define THROWAWAY_WORD "hangar.throwaway"
#define PARAMETERS "/sys/module/hangar_fault/parameters/"
#define SYSRQ "/proc/sysrq-trigger"

enum aux { AUX_FAULTS };

static const char *const aux_names[] = { "faults", NULL };

/* Of the module, but for the first two. */
static const char *const faults[] = {
	"none", "crash", "soft-lockup", "rcu-stall", "hard-lockup", "irqs-off", "hung-task",
	"oops", "bug",   "warn",        "panic",     "log-flood",   NULL,
};
enum { FAULT_NONE, FAULT_CRASH };

static struct {
	const char *module;
	uint64_t fault, after_us, hold_us, pause_us, times, records;
} opt;

static uint64_t made;

static const struct param params[] = {
	{ "fault", PARAM_CHOICE, "none", 0, 0, faults,
	  "what is made; crash is that of sysrq, all others but none are made by the module",
	  &opt.fault },
	{ "after", PARAM_DURATION, "1s", 0, 3600000000u, NULL, "time before the first",
	  &opt.after_us },
	{ "hold", PARAM_DURATION, "30s", 1000000, 300000000, NULL,
	  "how long what lasts goes on, in whole seconds", &opt.hold_us },
	{ "pause", PARAM_DURATION, "1m", 1000000, 3600000000u, NULL, "time between two",
	  &opt.pause_us },
	{ "times", PARAM_COUNT, "1", 0, 1000000000, NULL,
	  "how often; then it waits; 0: until it is told to end", &opt.times },
	{ "records", PARAM_COUNT, "20000", 1, 200000, NULL, "records of log-flood", &opt.records },
	{ "module", PARAM_PATH, "/modules/extra/hangar_fault.ko", 0, 0, NULL,
	  "the module, built for this kernel", &opt.module },
	{ NULL },
};

static bool machine_is_throwaway(void)
{
	char line[4096], *rest = line, *word;

	if (textfile_read_at(AT_FDCWD, "/proc/cmdline", line, sizeof(line)) < 0)
		return false;
	while ((word = strsep(&rest, " \n")))
		if (!strcmp(word, THROWAWAY_WORD))
			return true;
	return false;
}

static const char *explain_load(int err)
{
	switch (err) {
	case ENOEXEC:
		return "it was built for another kernel";
	case EKEYREJECTED:
	case ENOKEY:
		return "this kernel takes signed modules only";
	default:
		return strerror(err);
	}
}

static int load_module(void)
{
	_cleanup_close_ int fd = -1;

	if (access(PARAMETERS "provoke", W_OK) == 0)
		return 0;
	fd = open(opt.module, O_RDONLY | O_CLOEXEC);
	if (fd < 0 && opt.fault == FAULT_NONE)
		return 0;
	if (fd < 0) {
		stressor_why("%s: %s; name hangar_fault in \"modules\" of the scenario's \"vm\"",
			     opt.module, strerror(errno));
		return -EOPNOTSUPP;
	}
	if (syscall(SYS_finit_module, fd, "", 0) == 0 || errno == EEXIST)
		return 0;
	stressor_why("%s cannot be loaded: %s", opt.module, explain_load(errno));
	return -EOPNOTSUPP;
}

static int set_parameter(const char *name, uint64_t value)
{
	char path[128], text[32];

	snprintf(path, sizeof(path), PARAMETERS "%s", name);
	snprintf(text, sizeof(text), "%llu", (unsigned long long)value);
	return textfile_write_at(AT_FDCWD, path, text);
}

static int prepare(struct stressor_run *run)
{
	int err;

	if (!machine_is_throwaway()) {
		stressor_why("the machine was not booted with " THROWAWAY_WORD
			     ": run it with hangar vm");
		return -EPERM;
	}
	if (opt.fault == FAULT_CRASH)
		return 0;
	err = load_module();
	if (!err && opt.fault == FAULT_NONE)
		return 0;
	if (!err)
		err = set_parameter("seconds", opt.hold_us / 1000000);
	return err ? err : set_parameter("records", opt.records);
}

static int provoke(struct stressor_run *run)
{
	run->doing = faults[opt.fault];
	made++;
	if (opt.fault == FAULT_NONE)
		return 0;
	run->aux[AUX_FAULTS]++;
	stressor_say("now: %s", faults[opt.fault]);
	if (opt.fault == FAULT_CRASH)
		return textfile_write_at(AT_FDCWD, SYSRQ, "c");
	return textfile_write_at(AT_FDCWD, PARAMETERS "provoke", faults[opt.fault]);
}

static int work(struct stressor_run *run)
{
	bool over = opt.times && made >= opt.times;

	stressor_pause(run, made ? opt.pause_us : opt.after_us);
	return over || stressor_stopping(run) ? 0 : provoke(run);
}

static const struct stressor kernel_fault = {
	.name = "kernel-fault",
	.about = "Makes the kernel lock up, stall, oops or panic, on throwaway machines alone.",
	.step = "one fault, or one pause when all are made",
	.params = params,
	.aux = aux_names,
	.prepare = prepare,
	.work = work,
};

STRESSOR_MAIN(kernel_fault)

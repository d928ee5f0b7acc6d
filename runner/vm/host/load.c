/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What is wanted and what is here, before anything is made: scenario, kernel, QEMU, accelerator,
 * sizes. */
#include "vm/host/state.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/clock.h"
#include "scenario/scenario_path.h"
#include "vm/dump/dump.h"
#include "vm/kernel/plants.h"
#include "vm/qemu/defects.h"

/* Times of a guest under TCG on two cores (see vm/qemu/accel.h), each with room for a busy machine.
 */
static const struct limits usual = {
	.boot_us =
		120000000, /* 3-5 s when nothing else runs; not scaled: the pace is not known yet */
	.silent_us = 10000000,   /* ten beats */
	.stuck_us = 45000000,    /* the loop waits for evidence and syncs some seconds by itself */
	.end_us = 30000000,      /* from END to QEMU's exit: a sync and a power-off */
	.dump_us = 120000000,    /* QMP wrote 1 GB in 4 s */
	.capture_us = 120000000, /* a crash kernel took 5 s from trigger to the last byte */
};

uint64_t outside_scaled(const struct outside *o, uint64_t us)
{
	return (uint64_t)((double)us * (o->pace > 1 ? o->pace : 1));
}

void outside_say(void *outside, const char *line)
{
	struct outside *o = outside;

	panel_say(&o->panel, "  %s", line);
}

const char *outside_release(const struct outside *o)
{
	return o->receiver.release[0] ? o->receiver.release : o->kernel.release;
}

/* The option, else the scenario's word, else its need, else the usual. */
static uint64_t first_set(uint64_t option, uint64_t scenario, uint64_t need, uint64_t usual_value)
{
	if (option != UNSET)
		return option;
	if (scenario != UNSET)
		return scenario;
	return need != UNSET ? need : usual_value;
}

static void choose_sizes(struct outside *o)
{
	const struct vm_spec *vm = &o->scenario->vm;
	uint64_t scratch =
		o->scenario->scratch.on == SCRATCH_LOOP ? o->scenario->scratch.size_bytes : 0;
	unsigned int need = o->scenario->needs.cpus;
	int cgroup = o->options.cgroup ? o->options.cgroup : (int)o->scenario->needs.cgroup;

	/* a machine of "at least 1G" shows less than that to its kernel */
	o->memory_bytes = first_set(o->options.memory_bytes, vm->memory_bytes, UNSET, 1u << 30);
	if (o->options.memory_bytes == UNSET && o->scenario->needs.memory_bytes != UNSET &&
	    o->memory_bytes <
		    o->scenario->needs.memory_bytes + (o->scenario->needs.memory_bytes >> 3))
		o->memory_bytes =
			o->scenario->needs.memory_bytes + (o->scenario->needs.memory_bytes >> 3);
	o->disk_bytes = first_set(o->options.disk_bytes, vm->disk_bytes, UNSET, scratch);
	if (o->options.disk_bytes == UNSET && o->disk_bytes < scratch)
		o->disk_bytes = scratch;
	o->cpus = o->options.cpus ? o->options.cpus : vm->cpus ? vm->cpus : need > 2 ? need : 2;
	o->cache = o->options.cache ? o->options.cache : vm->cache ? vm->cache : "unsafe";
	o->cgroup = cgroup == 1 ? JOB_CGROUP_V1 : JOB_CGROUP_V2;
	o->limits = usual;
	if (o->options.boot_us != UNSET)
		o->limits.boot_us = o->options.boot_us;
	if (vm->silent_after_us != UNSET)
		o->limits.silent_us = vm->silent_after_us;
}

static int choose_accel(struct outside *o, struct diag *d)
{
	if (o->options.accel == VM_ACCEL_AUTO) {
		int err = accel_probe(&o->kernel, &o->accel, o->accel_why, d);

		if (err != -ENOENT)
			return err;
		/* no virtio: the run itself says so, and is skipped for it */
		memset(d, 0, sizeof(*d));
		o->accel = ACCEL_TCG;
		snprintf(o->accel_why, sizeof(o->accel_why),
			 "TCG: this kernel cannot be probed with KVM");
		return 0;
	}
	o->accel = o->options.accel == VM_ACCEL_KVM ? ACCEL_KVM : ACCEL_TCG;
	snprintf(o->accel_why, sizeof(o->accel_why), "%s, as asked for",
		 o->accel == ACCEL_KVM ? "KVM" : "TCG");
	return 0;
}

static void describe_qemu(struct outside *o, const unsigned int version[2])
{
	o->takes_turns = o->accel == ACCEL_TCG && o->cpus > 1 && qemu_has(version, QEMU_STALE_CODE);
	snprintf(o->qemu, sizeof(o->qemu), "%u.%u%s", version[0], version[1],
		 o->takes_turns ? ": the CPUs take turns, for it runs stale code when a kernel "
				  "patches itself; QEMU 10 does not"
				: "");
}

static int load_scenario(struct outside *o, struct diag *d)
{
	_cleanup_free_ char *path = scenario_path_find(o->options.scenario);
	int err;

	if (!path)
		return -ENOMEM;
	err = catalogue_load(&o->catalogue, d);
	return err < 0 ? err : scenario_load(path, o->catalogue, &o->scenario, d);
}

/* The option, else the scenario's word: of a planted kernel all of it must be there. Without
 * --plant, what a scenario names is no more than a wish, and other kernels pass over it. */
static int choose_plants(struct outside *o, struct diag *d)
{
	const char *list = o->options.plant ? o->options.plant : o->scenario->vm.plant;
	int answer;

	if (!list || !strcmp(list, "none"))
		return 0;
	answer = kernel_plants(&o->kernel, list, d);
	if (answer < 0)
		return answer;
	if (answer == PLANTS_NO_KERNEL && o->options.plant)
		outside_say(o,
			    "this kernel has no plants: --plant does nothing here (take --kernel "
			    "planted)");
	o->plant = list;
	return 0;
}

int outside_load(struct outside *o, const struct vm_options *options, struct diag *d)
{
	unsigned int version[2];
	char qemu[4096];
	int err;

	memset(o, 0, sizeof(*o));
	o->options = *options;
	o->epoch_us = now_us();
	o->rundir.fd = o->rundir.lock_fd = -1;
	o->machine = (struct machine){ .qmp_fd = -1, .journal_fd = -1, .files_fd = -1 };
	o->initrd_fd = o->cargo_fd = o->console_fd = o->errors_fd = o->signal_fd = -1;
	o->receiver.dir_fd = o->receiver.journal_fd = -1;
	panel_init(&o->panel, options->json ? STDERR_FILENO : STDOUT_FILENO, options->quiet,
		   options->plain, o->epoch_us);
	err = load_scenario(o, d);
	if (err < 0)
		return err;
	*d = (struct diag){ 0 }; /* what follows is not about the scenario's file */
	err = ladder_choose(o, d);
	if (err < 0)
		return err;
	err = machine_probe(qemu, version, d);
	if (err < 0)
		return err;
	err = kernel_find(options->kernel ? options->kernel : "host", outside_say, o, &o->kernel,
			  d);
	if (err < 0)
		return err;
	choose_sizes(o);
	err = choose_plants(o, d);
	if (err < 0)
		return err;
	if (options->vmlinux) /* one of another build is refused now, not after the hunt */
		err = kernel_symbols(&o->kernel, options->vmlinux, false, outside_say, o, d);
	if (err >= 0)
		err = choose_accel(o, d);
	if (err >= 0)
		describe_qemu(o, version);
	return err;
}

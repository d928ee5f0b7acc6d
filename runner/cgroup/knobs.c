/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The limits that a scenario may name. The two cgroup versions disagree in more than names: v1
 * limits the sum of memory and swap where v2 limits swap alone, v1 counts CPU shares around 1024
 * where v2 has weights around 100, and some knobs live on one side only. A row holds both sides, so
 * that nothing else in hangar asks for the version.
 */
#include "cgroup/knobs.h"

#include "base/cleanup.h"
#include "cgroup/knob_forms.h"

#define REMEDY_MEMORY "boot with cgroup_enable=memory, or mount the memory controller"
#define REMEDY_SWAP "boot with swapaccount=1 (kernels before 5.8) and a kernel with CONFIG_SWAP"
#define REMEDY_V2 "boot with systemd.unified_cgroup_hierarchy=1 (cgroup v2)"
#define REMEDY_V1 "boot with systemd.unified_cgroup_hierarchy=0 (cgroup v1)"
#define REMEDY_IO                                                                                  \
	"needs a kernel with CONFIG_BLK_DEV_THROTTLING and a scratch file system on a disk or "    \
	"loop file"

/* In writing order: on v1 memory.memsw must never be below memory.limit, so memory goes first. */
/* clang-format off */
static const struct knob_row rows[KNOB_COUNT] = {
	{ KNOB_MEMORY, "memory", CONTROLLER_MEMORY,
	  .v1 = { "memory.limit_in_bytes", spell_number, took_pages },
	  .v2 = { "memory.max", spell_number, took_pages },
	  .remedy = REMEDY_MEMORY },
	/* v1's soft limit guides global reclaim and throttles nobody: it does not stand in. */
	{ KNOB_MEMORY_HIGH, "high", CONTROLLER_MEMORY,
	  .v2 = { "memory.high", spell_number, took_pages },
	  .remedy = REMEDY_V2 },
	{ KNOB_SWAP, "swap", CONTROLLER_MEMORY,
	  .v1 = { "memory.memsw.limit_in_bytes", spell_memsw, took_pages },
	  .v2 = { "memory.swap.max", spell_number, took_pages },
	  .remedy = REMEDY_SWAP },
	/* Since 5.16 the kernel refuses or silently drops the value: reading back tells. */
	{ KNOB_KERNEL_MEMORY, "kernel-memory", CONTROLLER_MEMORY,
	  .v1 = { "memory.kmem.limit_in_bytes", spell_number, took_pages },
	  .remedy = "only cgroup v1 of kernels before 5.16 limits kernel memory by itself" },
	{ KNOB_PIDS, "pids", CONTROLLER_PIDS,
	  .v1 = { "pids.max", spell_number, took_text },
	  .v2 = { "pids.max", spell_number, took_text },
	  .remedy = "needs kernel 4.3 or later with CONFIG_CGROUP_PIDS and the pids controller" },
	{ KNOB_CPU, "cpu", CONTROLLER_CPU,
	  .v1 = { "cpu.cfs_quota_us", spell_quota_v1, took_text },
	  .v2 = { "cpu.max", spell_quota_v2, took_text },
	  .remedy = "needs a kernel with CONFIG_CFS_BANDWIDTH and the cpu controller" },
	{ KNOB_CPU_WEIGHT, "cpu-weight", CONTROLLER_CPU,
	  .v1 = { "cpu.shares", spell_shares, took_text },
	  .v2 = { "cpu.weight", spell_number, took_text },
	  .remedy = "needs a kernel with CONFIG_FAIR_GROUP_SCHED and the cpu controller" },
	{ KNOB_CPUSET, "cpuset", CONTROLLER_CPUSET,
	  .v1 = { "cpuset.cpus", spell_cpus, took_cpus },
	  .v2 = { "cpuset.cpus", spell_cpus, took_cpus },
	  .remedy = "needs the cpuset controller (v2: kernel 5.0 or later) and CPUs that are online" },
	{ KNOB_IO_READ_BPS, "io.read-bps", CONTROLLER_IO,
	  .v1 = { "blkio.throttle.read_bps_device", spell_device, took_device },
	  .v2 = { "io.max", spell_rbps, took_device },
	  .remedy = REMEDY_IO },
	{ KNOB_IO_WRITE_BPS, "io.write-bps", CONTROLLER_IO,
	  .v1 = { "blkio.throttle.write_bps_device", spell_device, took_device },
	  .v2 = { "io.max", spell_wbps, took_device },
	  .remedy = REMEDY_IO },
	{ KNOB_IO_READ_IOPS, "io.read-iops", CONTROLLER_IO,
	  .v1 = { "blkio.throttle.read_iops_device", spell_device, took_device },
	  .v2 = { "io.max", spell_riops, took_device },
	  .remedy = REMEDY_IO },
	{ KNOB_IO_WRITE_IOPS, "io.write-iops", CONTROLLER_IO,
	  .v1 = { "blkio.throttle.write_iops_device", spell_device, took_device },
	  .v2 = { "io.max", spell_wiops, took_device },
	  .remedy = REMEDY_IO },
	{ KNOB_OOM_GROUP, "oom-group", CONTROLLER_MEMORY,
	  .v2 = { "memory.oom.group", spell_flag, took_text },
	  .remedy = "needs cgroup v2 and kernel 4.19 or later" },
	{ KNOB_SWAPPINESS, "swappiness", CONTROLLER_MEMORY,
	  .v1 = { "memory.swappiness", spell_number, took_text },
	  .remedy = REMEDY_V1 },
	{ KNOB_OOM_KILL_DISABLE, "oom-kill-disable", CONTROLLER_MEMORY,
	  .v1 = { "memory.oom_control", spell_flag, took_oom_control },
	  .remedy = REMEDY_V1 },
};
/* clang-format on */

static const char *const names[CONTROLLER_COUNT][2] = {
	[CONTROLLER_MEMORY] = { "memory", "memory" }, [CONTROLLER_CPU] = { "cpu", "cpu" },
	[CONTROLLER_CPUSET] = { "cpuset", "cpuset" }, [CONTROLLER_IO] = { "blkio", "io" },
	[CONTROLLER_PIDS] = { "pids", "pids" },
};

const struct knob_row *knob_row(enum knob knob)
{
	return &rows[knob];
}

const struct knob_face *knob_face(const struct knob_row *row, unsigned int version)
{
	const struct knob_face *face = version == 2 ? &row->v2 : &row->v1;

	return face->file ? face : NULL;
}

const char *controller_name(enum controller controller, unsigned int version)
{
	return names[controller][version == 2];
}

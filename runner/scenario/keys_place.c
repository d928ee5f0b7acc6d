/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Rows of the key table: where a scenario runs. Needs, scratch file system, groups and their
 * limits. */
#include "scenario/keys.h"
#include "scenario/scenario.h"

#define AT(type, field) offsetof(struct type, field)

/* PID_MAX_LIMIT of a 64-bit kernel (include/linux/threads.h). */
#define PIDS_MAX 4194304
/* The kernel counts limits in pages of at least this; less can hold no process. */
#define PAGE 4096
/* 2 EiB: more than any machine has, and the sum of memory and swap still fits the kernel's signed
 * 64 bits. */
#define LIMIT_MAX (1ull << 61)

static const char *const filesystems[] = { "ext4", "xfs", NULL };
static const char *const controllers[] = { "memory", "cpu", "cpuset", "io", "pids", NULL };
static const char *const cgroup_versions[] = { "any", "v1", "v2", NULL };

static const struct key kernel_keys[] = {
	{ "min", KEY_OWN, AT(needs_spec, kernel_min), .read = read_version,
	  .schema = "{\"$ref\":\"#/$defs/version\"}", .absent = "any",
	  .help = "this release or newer" },
	{ "max", KEY_OWN, AT(needs_spec, kernel_max), .read = read_version,
	  .schema = "{\"$ref\":\"#/$defs/version\"}", .absent = "any",
	  .help = "this release or older; \"4.5\" includes all of 4.5.x" },
	{ NULL },
};

const struct object kernel_object = { "kernel", kernel_keys, 0, NULL, NULL };

static const struct key needs_keys[] = {
	{ "root", KEY_BOOL, AT(needs_spec, root), .help = "must be run as root" },
	{ "controllers", KEY_WORDS, AT(needs_spec, controllers), .words = controllers,
	  .absent = "none", .help = "cgroup controllers" },
	{ "programs", KEY_TEXTS, AT(needs_spec, programs), .absent = "none",
	  .help = "programs in PATH" },
	{ "filesystem", KEY_WORD, AT(needs_spec, filesystem), .words = filesystems,
	  .absent = "none", .help = "the kernel must know it, and its mkfs must be there" },
	{ "memory", KEY_BYTES, AT(needs_spec, memory_bytes), .min = 1, .max = LIMIT_MAX,
	  .absent = "any", .help = "memory of the machine, at least" },
	{ "cpus", KEY_COUNT, AT(needs_spec, cpus), .min = 1, .max = 8192, .absent = "any",
	  .help = "CPUs of the machine, at least" },
	{ "kernel", KEY_OBJECT, 0, .object = &kernel_object, .absent = "any",
	  .help = "kernel releases" },
	{ "cgroup", KEY_CHOICE, AT(needs_spec, cgroup), .words = cgroup_versions, .fallback = "any",
	  .help = "version of the memory controller's hierarchy" },
	{ "files", KEY_TEXTS, AT(needs_spec, files), .absent = "none",
	  .help = "absolute paths that must exist" },
	{ "throwaway", KEY_BOOL, AT(needs_spec, throwaway),
	  .help = "it hurts the machine: runs in a guest of \"hangar vm\" alone" },
	{ NULL },
};

const struct object needs_object = { "needs", needs_keys, 0, check_needs, NULL };

static const struct key scratch_keys[] = {
	{ "on", KEY_OWN, AT(scratch_spec, on), .required = true, .read = read_scratch_on,
	  .schema = "{\"oneOf\":[{\"const\":\"loop\"},"
		    "{\"type\":\"object\",\"required\":[\"device\"],\"additionalProperties\":false,"
		    "\"properties\":{\"device\":{\"$ref\":\"#/$defs/absolute\"}}},"
		    "{\"type\":\"object\",\"required\":[\"directory\"],"
		    "\"additionalProperties\":false,"
		    "\"properties\":{\"directory\":{\"$ref\":\"#/$defs/absolute\"}}}]}",
	  .help = "\"loop\" (a file in the run directory), {\"device\": PATH} (formatted!) or "
		  "{\"directory\": PATH} (used as it is)" },
	{ "filesystem", KEY_WORD, AT(scratch_spec, filesystem), .words = filesystems,
	  .absent = "none; must be given with a loop file or device",
	  .help = "what is made on the loop file or device" },
	{ "size", KEY_BYTES, AT(scratch_spec, size_bytes), .min = 4u << 20, .max = LIMIT_MAX,
	  .absent = "none; must be given with a loop file", .help = "size of the loop file" },
	{ "mkfs", KEY_TEXTS, AT(scratch_spec, mkfs), .absent = "none",
	  .help = "further arguments of mkfs" },
	{ "mount", KEY_TEXT, AT(scratch_spec, mount), .min = 1, .absent = "none",
	  .help = "mount options, as after mount -o" },
	{ NULL },
};

/* What goes with each place. */
#define SCRATCH_RULES                                                                              \
	"{\"oneOf\":[{\"properties\":{\"on\":{\"const\":\"loop\"}},"                               \
	"\"required\":[\"filesystem\",\"size\"]},"                                                 \
	"{\"properties\":{\"on\":{\"type\":\"object\",\"required\":[\"device\"]}},"                \
	"\"required\":[\"filesystem\"],\"not\":{\"required\":[\"size\"]}},"                        \
	"{\"properties\":{\"on\":{\"type\":\"object\",\"required\":[\"directory\"]}},"             \
	"\"maxProperties\":1}]}"

const struct object scratch_object = { "scratch", scratch_keys, 0, check_scratch, SCRATCH_RULES };

static const struct key io_keys[] = {
	{ "device", KEY_TEXT, AT(group_spec, io_device), .min = 1, .fallback = "scratch",
	  .help = "absolute path of a block device, or \"scratch\": the one below the scratch "
		  "file system" },
	{ "read-bps", KEY_BYTES, AT(group_spec, knobs[KNOB_IO_READ_BPS]), .min = 1,
	  .max = LIMIT_MAX, .absent = "no limit", .help = "bytes read in a second" },
	{ "write-bps", KEY_BYTES, AT(group_spec, knobs[KNOB_IO_WRITE_BPS]), .min = 1,
	  .max = LIMIT_MAX, .absent = "no limit", .help = "bytes written in a second" },
	{ "read-iops", KEY_NUMBER, AT(group_spec, knobs[KNOB_IO_READ_IOPS]), .min = 1,
	  .max = UINT32_MAX - 1, .absent = "no limit", .help = "reads in a second" },
	{ "write-iops", KEY_NUMBER, AT(group_spec, knobs[KNOB_IO_WRITE_IOPS]), .min = 1,
	  .max = UINT32_MAX - 1, .absent = "no limit", .help = "writes in a second" },
	{ NULL },
};

const struct object io_object = {
	"io",
	io_keys,
	0,
	check_io,
	"{\"anyOf\":[{\"required\":[\"read-bps\"]},{\"required\":[\"write-bps\"]},"
	"{\"required\":[\"read-iops\"]},{\"required\":[\"write-iops\"]}]}",
};

static const struct key group_keys[] = {
	{ "count", KEY_COUNT, AT(group_spec, count), .min = 1, .max = 10000, .fallback = "1",
	  .help = "so many groups alike: victims.0, victims.1, ..." },
	{ "optional", KEY_BOOL, AT(group_spec, optional),
	  .help = "where the host cannot limit, say so and run without instead of SKIPPED" },
	{ "memory", KEY_BYTES, AT(group_spec, knobs[KNOB_MEMORY]), .min = PAGE, .max = LIMIT_MAX,
	  .absent = "no limit", .help = "hard limit: memory.max, memory.limit_in_bytes" },
	{ "high", KEY_BYTES, AT(group_spec, knobs[KNOB_MEMORY_HIGH]), .min = PAGE, .max = LIMIT_MAX,
	  .absent = "no limit", .help = "throttling limit: memory.high (v2)" },
	{ "swap", KEY_BYTES, AT(group_spec, knobs[KNOB_SWAP]), .max = LIMIT_MAX,
	  .absent = "no limit",
	  .help = "swap alone: memory.swap.max, memsw minus memory; needs \"memory\"" },
	{ "kernel-memory", KEY_BYTES, AT(group_spec, knobs[KNOB_KERNEL_MEMORY]), .min = PAGE,
	  .max = LIMIT_MAX, .absent = "no limit",
	  .help = "memory.kmem.limit_in_bytes (v1, before 5.16)" },
	{ "pids", KEY_NUMBER, AT(group_spec, knobs[KNOB_PIDS]), .min = 1, .max = PIDS_MAX,
	  .absent = "no limit", .help = "tasks, threads included: pids.max" },
	{ "cpu", KEY_PERCENT, AT(group_spec, knobs[KNOB_CPU]), .min = 1, .max = 819200,
	  .absent = "no limit",
	  .help = "share of one CPU, \"150%\" is one and a half: cpu.max, cfs_quota_us" },
	{ "cpu-weight", KEY_NUMBER, AT(group_spec, knobs[KNOB_CPU_WEIGHT]), .min = 1, .max = 10000,
	  .absent = "the kernel's", .help = "as cpu.weight counts, 100 is the usual" },
	{ "cpuset", KEY_OWN, AT(group_spec, cpuset), .read = read_cpuset,
	  .schema = "{\"type\":\"string\",\"maxLength\":200,"
		    "\"pattern\":\"^[0-9]+(-[0-9]+)?(,[0-9]+(-[0-9]+)?)*$\"}",
	  .absent = "all", .help = "CPUs to run on: \"0-1,4\"" },
	{ "io", KEY_OBJECT, 0, .object = &io_object, .absent = "no limit",
	  .help = "io.max, blkio.throttle.*" },
	{ "oom-group", KEY_SWITCH, AT(group_spec, knobs[KNOB_OOM_GROUP]),
	  .absent = "the kernel's, false",
	  .help = "an OOM kills the whole group: memory.oom.group (v2)" },
	{ "swappiness", KEY_NUMBER, AT(group_spec, knobs[KNOB_SWAPPINESS]), .max = 200,
	  .absent = "the kernel's", .help = "memory.swappiness (v1)" },
	{ "oom-kill-disable", KEY_SWITCH, AT(group_spec, knobs[KNOB_OOM_KILL_DISABLE]),
	  .absent = "the kernel's, false",
	  .help = "at the limit tasks wait instead of being killed (v1)" },
	{ "groups", KEY_OWN, AT(group_spec, children), .other = AT(group_spec, n_children),
	  .read = read_groups,
	  .schema = "{\"type\":\"object\",\"maxProperties\":100,"
		    "\"propertyNames\":{\"$ref\":\"#/$defs/name\"},"
		    "\"additionalProperties\":{\"$ref\":\"#/$defs/group\"}}",
	  .absent = "none", .help = "groups inside this one, at most four levels in all" },
	{ NULL },
};

const struct object group_object = {
	"group",
	group_keys,
	sizeof(struct group_spec),
	check_group,
	"{\"dependentRequired\":{\"swap\":[\"memory\"]}}",
};

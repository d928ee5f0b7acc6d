/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Rows of the key table: the guest that `hangar vm` starts for a scenario. A run on the machine
 * itself reads past them. */
#include "scenario/keys.h"
#include "scenario/scenario.h"

#define AT(type, field) offsetof(struct type, field)

#define SECOND_US 1000000ull
#define GIB (1ull << 30)

/* QEMU's own words for a drive's "cache". */
static const char *const caches[] = {
	"unsafe", "writeback", "none", "writethrough", "directsync", NULL,
};

static const struct key vm_keys[] = {
	/* Less than 192M boots no distribution kernel with its modules. */
	{ "memory", KEY_BYTES, AT(vm_spec, memory_bytes), .min = 192u << 20, .max = 1024 * GIB,
	  .absent = "1G, or an eighth more than needs.memory", .help = "memory of the guest" },
	{ "cpus", KEY_COUNT, AT(vm_spec, cpus), .min = 1, .max = 255, .absent = "2, or needs.cpus",
	  .help = "CPUs of the guest" },
	{ "disk", KEY_BYTES, AT(vm_spec, disk_bytes), .min = 4u << 20, .max = 1024 * GIB,
	  .absent = "as large as the scratch file system",
	  .help = "size of the guest's disk, on which a scratch file system on \"loop\" is made" },
	{ "cache", KEY_WORD, AT(vm_spec, cache), .words = caches, .absent = "unsafe",
	  .help = "what becomes of the disk's writes on the host: the cache mode of QEMU" },
	{ "kernel-args", KEY_TEXTS, AT(vm_spec, kernel_args), .absent = "none",
	  .help = "further arguments of the guest's kernel, one a text" },
	{ "plant", KEY_TEXT, AT(vm_spec, plant), .min = 1, .max = 400, .absent = "none",
	  .help = "known bugs that a planted kernel (tests/kernels) switches on, as \"ext4-oom\" "
		  "or \"ext4-oom,thp-deferred:10\"; other kernels pass over it" },
	{ "files", KEY_TEXTS, AT(vm_spec, files), .absent = "none",
	  .help = "files to take along: an absolute path lies there in the guest as well, a "
		  "relative one lies beside the scenario, here and there" },
	{ "modules", KEY_TEXTS, AT(vm_spec, modules), .absent = "none",
	  .help = "kernel modules to take along: the kernel's own are loaded at boot, those of "
		  "hangar are built for it and wait in /modules/extra" },
	{ "silent-after", KEY_DURATION, AT(vm_spec, silent_after_us), .min = SECOND_US,
	  .max = 86400 * SECOND_US, .absent = "10s",
	  .help = "a guest that says nothing for so long is a finding of kind silence" },
	{ NULL },
};

const struct object vm_object = { "vm", vm_keys, 0, check_vm, NULL };

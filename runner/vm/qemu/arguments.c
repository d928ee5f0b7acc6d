/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The command line of QEMU, from a plain struct: pure, so that a test reads it as a user would.
 * What QEMU inherits has fixed numbers (machine_fd). In the value of an option QEMU takes ",," for
 * a comma of a file name.
 */
#include "vm/qemu/machine.h"

#include <errno.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "vm/guest/job.h"
#include "vm/qemu/defects.h"

#define MIB (1ull << 20)
#define MEMORY_MIN (128 * MIB) /* a distribution's kernel with its ramdisk needs about 100 */
#define MEMORY_MAX (1ull << 40)
#define CPUS_MAX 255  /* of QEMU's pc and q35 */
#define SERIAL_MAX 20 /* VIRTIO_BLK_ID_BYTES */
#define CACHE_USUAL "unsafe"

static const char *const cache_modes[] = { "unsafe", "writeback", "none", "directsync",
					   "writethrough" };

struct arguments {
	char **argv;
	size_t count, room;
	int error;
};

static void add_taken(struct arguments *a, char *text)
{
	if (a->count + 2 > a->room && !a->error) {
		size_t room = a->room ? 2 * a->room : 64;
		char **argv = realloc(a->argv, room * sizeof(*argv));

		if (argv) {
			a->argv = argv;
			a->room = room;
		}
	}
	if (a->error || !text || a->count + 2 > a->room) {
		a->error = -ENOMEM;
		free(text);
		return;
	}
	a->argv[a->count++] = text;
	a->argv[a->count] = NULL;
}

static void add_one(struct arguments *a, const char *text)
{
	add_taken(a, strdup(text));
}

static void add(struct arguments *a, const char *option, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

static void add(struct arguments *a, const char *option, const char *fmt, ...)
{
	char *text = NULL;
	va_list ap;

	add_one(a, option);
	va_start(ap, fmt);
	if (vasprintf(&text, fmt, ap) < 0)
		text = NULL;
	va_end(ap);
	add_taken(a, text);
}

/* A file name as the value of an option: no comma ends it, no colon makes it a protocol
 * ("nbd:..."). */
static char *file_value(const char *path)
{
	char *buf = malloc(2 * strlen(path) + 3), *to = buf;

	if (!buf)
		return NULL;
	if (*path != '/')
		to = stpcpy(to, "./");
	for (; *path; path++) {
		if (*path == ',')
			*to++ = ',';
		*to++ = *path;
	}
	*to = '\0';
	return buf;
}

static int check_disk(const struct machine_disk *k, struct diag *d)
{
	const char *cache = k->cache ? k->cache : CACHE_USUAL;
	size_t n = k->serial ? strlen(k->serial) : 0;

	if (!k->path || !*k->path)
		return diag_set(d, -EINVAL, "a disk of the guest has no file");
	if (!n || n > SERIAL_MAX || strchr(k->serial, ','))
		return diag_set(
			d, -EINVAL,
			"disk %s: its serial \"%s\" is not 1 to %d characters without a comma",
			k->path, k->serial ? k->serial : "", SERIAL_MAX);
	for (size_t i = 0; i < ARRAY_SIZE(cache_modes); i++)
		if (!strcmp(cache, cache_modes[i]))
			return 0;
	return diag_set(d, -EINVAL,
			"disk %s: cache \"%s\" is none of unsafe, writeback, none, directsync, "
			"writethrough",
			k->path, cache);
}

static int check(const struct machine_spec *s, struct diag *d)
{
	if (s->memory_bytes % MIB || s->memory_bytes < MEMORY_MIN || s->memory_bytes > MEMORY_MAX)
		return diag_set(d, -EINVAL,
				"memory of the guest: %llu bytes; whole mebibytes from 128M to 1T "
				"are possible",
				(unsigned long long)s->memory_bytes);
	if (s->cpus < 1 || s->cpus > CPUS_MAX)
		return diag_set(d, -EINVAL, "CPUs of the guest: %u; 1 to %d are possible", s->cpus,
				CPUS_MAX);
	if (!s->kernel || !*s->kernel)
		return diag_set(d, -EINVAL, "the guest has no kernel to boot");
	if (s->n_disks > MACHINE_DISKS_MAX)
		return diag_set(d, -EINVAL, "%u disks for the guest; at most %d are possible",
				s->n_disks, MACHINE_DISKS_MAX);
	for (unsigned int i = 0; i < s->n_disks; i++) {
		int r = check_disk(&s->disks[i], d);

		if (r)
			return r;
	}
	return 0;
}

/*
 * la57=off: 5-level paging costs TCG time and buys nothing below 128 TiB. "max" and not "qemu64":
 * the kernel's own code paths (RDRAND seeds it at once, x2apic, SMEP) are those of the machines
 * people have.
 * erms=off, fsrm=off: TCG makes one "rep stosb" step by step; without these two the kernel clears
 * pages by quadwords, and huge pages are faulted three times as often (841 a second, not 260).
 */
#define TCG_CPU "max,la57=off,erms=off,fsrm=off"

static void add_accel(struct arguments *a, const struct machine_spec *s,
		      const unsigned int version[2])
{
	if (s->kvm) {
		add(a, "-accel", "kvm");
		add(a, "-cpu", "host");
		return;
	}
	add(a, "-accel", "tcg,thread=%s", qemu_has(version, QEMU_STALE_CODE) ? "single" : "multi");
	add(a, "-cpu", "%s%s", TCG_CPU, qemu_has(version, QEMU_CMPXCHG16B) ? ",cx16=off" : "");
}

static void add_machine(struct arguments *a, const struct machine_spec *s,
			const unsigned int version[2])
{
	add_one(a, "-no-user-config");
	add_one(a, "-nodefaults");
	add(a, "-name", "hangar");
	add(a, "-display", "none");
	add(a, "-machine", "pc");
	add_accel(a, s, version);
	add(a, "-smp", "%u", s->cpus);
	add(a, "-m", "%lluM", (unsigned long long)(s->memory_bytes / MIB));
	if (!s->reboots)
		add_one(a, "-no-reboot");
}

static void add_kernel(struct arguments *a, const struct machine_spec *s)
{
	const char *usual = s->kvm ? DEFAULT_CMDLINE_KVM : DEFAULT_CMDLINE;

	add(a, "-kernel", "%s", s->kernel);
	if (s->initrd_fd >= 0)
		add(a, "-initrd", "/dev/fd/%d", MACHINE_FD_INITRD);
	add(a, "-append", "%s", s->cmdline ? s->cmdline : usual);
}

/* /dev/fd opens a file anew, so append=on is set for it whatever the caller's own descriptor does.
 */
static void add_talk(struct arguments *a, const struct machine_spec *s)
{
	if (s->console_fd >= 0)
		add(a, "-chardev", "file,id=console,path=/dev/fd/%d,append=on", MACHINE_FD_CONSOLE);
	else
		add(a, "-chardev", "null,id=console");
	add(a, "-serial", "chardev:console");
	add(a, "-chardev", "socket,id=qmp,fd=%d", MACHINE_FD_QMP);
	add(a, "-mon", "chardev=qmp,mode=control");
	add(a, "-chardev", "socket,id=journal,fd=%d", MACHINE_FD_JOURNAL);
	add(a, "-chardev", "socket,id=files,fd=%d", MACHINE_FD_FILES);
	add(a, "-device", "virtio-serial-pci");
	add(a, "-device", "virtserialport,chardev=journal,name=" PORT_JOURNAL);
	add(a, "-device", "virtserialport,chardev=files,name=" PORT_FILES);
}

static void add_disk(struct arguments *a, const struct machine_disk *k, unsigned int i)
{
	_cleanup_free_ char *file = file_value(k->path);

	if (!file) {
		a->error = -ENOMEM;
		return;
	}
	add(a, "-drive", "if=none,id=disk%u,format=raw,cache=%s,readonly=%s,file=%s", i,
	    k->cache ? k->cache : CACHE_USUAL, k->readonly ? "on" : "off", file);
	add(a, "-device", "virtio-blk-pci,drive=disk%u,serial=%s", i, k->serial);
}

static void add_devices(struct arguments *a, const struct machine_spec *s)
{
	for (unsigned int i = 0; i < s->n_disks; i++)
		add_disk(a, &s->disks[i], i);
	if (s->vmcoreinfo)
		add(a, "-device", "vmcoreinfo");
	if (s->pvpanic) {
		add(a, "-device", "pvpanic"); /* driven by pvpanic (5.10) or pvpanic-mmio */
		add(a, "-device", "pvpanic-pci");
		add(a, "-action", "panic=none");
	}
	if (s->watchdog) {
		add(a, "-device", "ib700");
		add(a, "-action", "watchdog=inject-nmi");
	}
	for (char *const *more = s->extra; more && *more; more++)
		add_one(a, *more);
}

int machine_arguments(const struct machine_spec *s, const char *qemu, const unsigned int version[2],
		      char ***ret_argv, struct diag *d)
{
	struct arguments a = { 0 };
	int r = check(s, d);

	if (r)
		return r;
	add_one(&a, qemu);
	add_machine(&a, s, version);
	add_kernel(&a, s);
	add_talk(&a, s);
	add_devices(&a, s);
	if (a.error) {
		machine_arguments_free(a.argv);
		return diag_set(d, a.error, "no memory for QEMU's command line");
	}
	*ret_argv = a.argv;
	return 0;
}

void machine_arguments_free(char **argv)
{
	for (char **a = argv; a && *a; a++)
		free(*a);
	free(argv);
}

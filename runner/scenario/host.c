/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The host, looked at once. Everything is a file below a root, so that a folder can stand for a
 * machine of 2014; only system calls are asked of the kernel that runs.
 */
#include "scenario/host.h"

#include <fcntl.h>
#include <linux/capability.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>

#include "base/cleanup.h"
#include "scenario/host_files.h"

/* 150 ms in 2 s: the smallest pair that an unprivileged process may ask for as well. */
#define TRIGGER "some 150000 2000000"

/* "MemTotal:       16384 kB" in bytes. */
static uint64_t meminfo(const char *text, const char *key)
{
	const char *line = strstr(text, key);

	return line ? strtoull(line + strlen(key), NULL, 10) * 1024 : 0;
}

/* The text behind "@key" and blanks and ':' on the first line that begins so. */
static void value_of(const char *text, const char *key, const char *skip, char *buf, size_t size)
{
	size_t length = strlen(key);

	buf[0] = '\0';
	for (const char *line = text; line && *line; line = strchr(line, '\n')) {
		line += *line == '\n';
		if (strncmp(line, key, length))
			continue;
		line += length + strspn(line + length, skip);
		snprintf(buf, size, "%.*s", (int)strcspn(line, "\n\""), line);
		return;
	}
}

/* CPUs in a list like "0-3,8". */
static unsigned int count_list(const char *list)
{
	unsigned int count = 0;

	while (*list >= '0' && *list <= '9') {
		char *end;
		unsigned long low = strtoul(list, &end, 10), high = low;

		if (*end == '-')
			high = strtoul(end + 1, &end, 10);
		if (high >= low && high < 65536)
			count += (unsigned int)(high - low + 1);
		list = *end == ',' ? end + 1 : "";
	}
	return count;
}

static unsigned int count_words(const char *text, const char *word)
{
	unsigned int count = 0;

	for (; (text = strstr(text, word)); text++)
		count++;
	return count;
}

static void probe_cpu(struct host *h)
{
	_cleanup_free_ char *cpuinfo = host_text(h, "/proc/cpuinfo");
	char online[512];

	if (cpuinfo)
		value_of(cpuinfo, "model name", "\t :", h->cpu_model, sizeof(h->cpu_model));
	if (host_line(h, "/sys/devices/system/cpu/online", online, sizeof(online)))
		h->cpus = count_list(online);
	else
		h->cpus = count_words(cpuinfo ? cpuinfo : "", "processor\t");
	if (!h->cpus)
		h->cpus = 1;
}

static void probe_names(struct host *h)
{
	_cleanup_free_ char *os = host_text(h, "/etc/os-release");
	struct utsname name;

	host_line(h, "/proc/sys/kernel/osrelease", h->release, sizeof(h->release));
	host_line(h, "/proc/sys/kernel/version", h->version, sizeof(h->version));
	host_line(h, "/proc/sys/kernel/hostname", h->hostname, sizeof(h->hostname));
	host_line(h, "/proc/cmdline", h->cmdline, sizeof(h->cmdline));
	host_line(h, "/sys/devices/system/clocksource/clocksource0/current_clocksource",
		  h->clocksource, sizeof(h->clocksource));
	host_line(h, "/proc/sys/kernel/random/boot_id", h->boot_id, sizeof(h->boot_id));
	if (os)
		value_of(os, "PRETTY_NAME", "=\"", h->distribution, sizeof(h->distribution));
	if (uname(&name) == 0)
		snprintf(h->machine, sizeof(h->machine), "%.31s", name.machine);
}

/* Known to the kernel now, or a module that mounting would load. */
static bool has_module(const struct host *h, const char *listed_in, const char *word,
		       const char *module)
{
	static const char *const lists[] = { "modules.builtin", "modules.dep" };
	_cleanup_free_ char *known = host_text(h, listed_in);
	char path[256], file[64];

	if (known && has_word(known, word, ' '))
		return true;
	snprintf(file, sizeof(file), "/%s.ko", module);
	for (size_t i = 0; i < ARRAY_SIZE(lists); i++) {
		_cleanup_free_ char *text = NULL;

		snprintf(path, sizeof(path), "/lib/modules/%.128s/%s", h->release, lists[i]);
		text = host_text(h, path);
		if (text && strstr(text, file))
			return true;
	}
	return false;
}

static bool may_lower_oom_score(const struct host *h)
{
	_cleanup_free_ char *status = host_text(h, "/proc/self/status");
	char effective[32] = "";

	if (status)
		value_of(status, "CapEff", "\t:", effective, sizeof(effective));
	return strtoull(effective, NULL, 16) >> CAP_SYS_RESOURCE & 1;
}

static void probe_features(struct host *h)
{
	h->ext4 = has_module(h, "/proc/filesystems", "ext4", "ext4");
	h->xfs = has_module(h, "/proc/filesystems", "xfs", "xfs");
	h->loop =
		host_has(h, "/dev/loop-control") || has_module(h, "/proc/devices", "loop", "loop");
	h->sysrq = host_has(h, "/proc/sysrq-trigger");
	h->tracefs = host_has(h, "/sys/kernel/tracing/trace") ||
		     host_has(h, "/sys/kernel/debug/tracing/trace");
	h->thp = host_has(h, "/sys/kernel/mm/transparent_hugepage/enabled");
	h->taint = host_number(h, "/proc/sys/kernel/tainted", 0);
	h->pid_max = host_number(h, "/proc/sys/kernel/pid_max", 32768);
}

/* Asking for a trigger is the only way to know; closing the file takes it back. A recorded tree is
 * never written to. */
static bool try_trigger(const struct host *h)
{
	_cleanup_close_ int fd = -1;

	if (h->root[0])
		return h->psi;
	fd = open("/proc/pressure/memory", O_RDWR | O_NONBLOCK | O_CLOEXEC);
	return fd >= 0 && write(fd, TRIGGER, sizeof(TRIGGER)) > 0;
}

static void probe_sources(struct host *h)
{
	_cleanup_close_ int kmsg = -1;
	char path[512], line[128];

	h->psi = host_line(h, "/proc/pressure/memory", line, sizeof(line));
	h->psi_triggers = h->psi && try_trigger(h);
	kmsg = open(host_path(h, "/dev/kmsg", path, sizeof(path)),
		    O_RDONLY | O_NONBLOCK | O_CLOEXEC);
	h->kmsg = kmsg >= 0;
}

int host_probe(const char *root, struct host *ret)
{
	_cleanup_free_ char *memory = NULL;
	struct host h = { 0 };

	if (snprintf(h.root, sizeof(h.root), "%s", root) >= (int)sizeof(h.root))
		return -ENAMETOOLONG;
	memory = host_text(&h, "/proc/meminfo");
	if (!memory)
		return -ENOENT;
	h.memory_bytes = meminfo(memory, "MemTotal:");
	h.swap_bytes = meminfo(memory, "SwapTotal:");
	h.page_bytes = (uint64_t)sysconf(_SC_PAGESIZE);
	h.root_user = geteuid() == 0;
	h.oom_protects = may_lower_oom_score(&h);
	probe_names(&h);
	probe_cpu(&h);
	probe_features(&h);
	probe_sources(&h);
	host_probe_cgroup(&h);
	host_probe_syscalls(&h);
	*ret = h;
	return 0;
}

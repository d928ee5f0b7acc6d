/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Is KVM more than a device node? A guest that says HELLO answers; nothing else does. Nested
 * paravirtual KVM has let QEMU start, run a guest's firmware, and then hang or kill its kernel at
 * the first cmpxchg16b.
 */
#include "vm/qemu/accel.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/clock.h"
#include "vm/guest/job.h"
#include "vm/image/image.h"
#include "vm/qemu/kept_probe.h"
#include "vm/qemu/machine.h"
#include "wire.h"

#define KVM_DEVICE "/dev/kvm"
#define PROBE_IN_US 10000000u /* a guest with KVM needs 1 s, one under TCG 3 to 6 */
#define PROBE_MEMORY (512ull << 20)
#define SLOWER "about ten times slower" /* for the storms of a scenario */

static int append_pieces(const struct kernel *k, int fd, struct diag *d)
{
	static const char *const none[] = { NULL };
	static const char *const wanted[] = { "virtio_pci", "virtio_console", NULL };
	char path[4096];
	int r = image_programs(none, false, path, d);

	if (!r)
		r = image_append(fd, path);
	if (!r)
		r = image_modules(k, wanted, none, path, d);
	return r ? r : image_append(fd, path);
}

static int append_job(int fd, struct diag *d)
{
	static char *none[] = { NULL };
	const struct job job = { .kind = JOB_PROBE,
				 .hostname = "probe",
				 .clock_us = clock_us(CLOCK_REALTIME),
				 .dump_level = 31,
				 .run_args = none,
				 .sysctls = none };
	_cleanup_free_ char *text = NULL;
	int r = job_write(&job, &text);
	const struct image_file file = { .path = "/job/job.json", .text = text, .mode = 0644 };

	return r ? r : image_files(&file, 1, fd, d);
}

static int make_ramdisk(const struct kernel *k, int *ret_fd, struct diag *d)
{
	_cleanup_close_ int fd = memfd_create("probe", MFD_CLOEXEC);
	int r = fd < 0 ? -errno : append_pieces(k, fd, d);

	if (!r)
		r = append_job(fd, d);
	if (r)
		return diag_set(d, r, "the ramdisk of a probe guest: %s", strerror(-r));
	*ret_fd = take_fd(&fd);
	return 0;
}

static bool says_hello(struct wire_decoder *w, const unsigned char *data, size_t size)
{
	struct wire_frame f;
	size_t taken = 0;

	while (taken < size) {
		size_t n = wire_feed(w, data + taken, size - taken);

		taken += n;
		while (wire_next(w, &f) == 1)
			if (f.type == WIRE_HELLO)
				return true;
		if (!n)
			break;
	}
	return false;
}

/* Wait for a HELLO from the first process. */
static bool hears_hello(struct machine *m, uint64_t until_us)
{
	struct pollfd p = { .fd = m->files_fd, .events = POLLIN };
	struct wire_decoder w;
	bool hello = false;

	if (wire_decoder_init(&w))
		return false;
	for (uint64_t now = now_us(); !hello && now < until_us; now = now_us()) {
		unsigned char data[4096];
		ssize_t n;

		if (poll(&p, 1, (int)((until_us - now) / 1000 + 1)) <= 0)
			continue;
		n = read(m->files_fd, data, sizeof(data));
		if (n == 0 || (n < 0 && errno != EAGAIN && errno != EINTR))
			break; /* QEMU is gone */
		hello = n > 0 && says_hello(&w, data, (size_t)n);
	}
	wire_decoder_clear(&w);
	return hello;
}

static enum accel explain_end(struct machine *m, uint64_t begun_us, char why[256])
{
	char how[64];

	if (machine_ended(m))
		snprintf(why, 256,
			 "TCG, " SLOWER
			 ": a probe guest with KVM did not reach user space, QEMU %s",
			 machine_how_ended(m, how, sizeof(how)));
	else
		snprintf(why, 256,
			 "TCG, " SLOWER
			 ": a probe guest with KVM did not reach user space within %.0f s",
			 (double)(now_us() - begun_us) / 1e6);
	return ACCEL_TCG;
}

static enum accel boot_probe(const struct kernel *k, int initrd_fd, char why[256])
{
	const struct machine_spec s = { .kvm = true,
					.kernel = k->vmlinuz,
					.initrd_fd = initrd_fd,
					.memory_bytes = PROBE_MEMORY,
					.cpus = 2,
					.console_fd = -1,
					.errors_fd = -1 };
	uint64_t begun = now_us();
	enum accel accel;
	struct diag d = { 0 };
	struct machine m;
	struct qmp *q;

	if (machine_start(&s, &m, &q, &d)) {
		snprintf(why, 256, "TCG, " SLOWER ": with KVM %.200s", d.message);
		return ACCEL_TCG;
	}
	if (hears_hello(&m, begun + PROBE_IN_US)) {
		snprintf(why, 256, "KVM: a probe guest reached user space in %.1f s",
			 (double)(now_us() - begun) / 1e6);
		accel = ACCEL_KVM;
	} else {
		accel = explain_end(&m, begun, why);
	}
	qmp_close(q);
	machine_stop(&m, 0);
	return accel;
}

/* A user's right to use KVM may change at any moment (a group), so this is looked at each time. */
static bool can_open_kvm(char why[256])
{
	_cleanup_close_ int fd = open(KVM_DEVICE, O_RDWR | O_CLOEXEC);

	if (fd >= 0)
		return true;
	snprintf(why, 256, "TCG, " SLOWER ": " KVM_DEVICE ": %s%s", strerror(errno),
		 errno == EACCES ? " (is this user in the group kvm?)" : "");
	return false;
}

int accel_probe(const struct kernel *k, enum accel *ret, char ret_why[256], struct diag *d)
{
	_cleanup_close_ int initrd_fd = -1;
	unsigned int version[2];
	struct probe_key key;
	char path[4096];
	int r = machine_probe(path, version, d);

	if (r)
		return r;
	*ret = ACCEL_TCG;
	if (!can_open_kvm(ret_why))
		return 0;
	r = probe_key_make(version, k->key, &key);
	if (r)
		return diag_set(d, r, "the key of this boot of the host: %s", strerror(-r));
	if (!kept_probe_read(&key, ret, ret_why))
		return 0;
	r = make_ramdisk(k, &initrd_fd, d);
	if (r)
		return r;
	*ret = boot_probe(k, initrd_fd, ret_why);
	kept_probe_write(&key, *ret, ret_why);
	return 0;
}

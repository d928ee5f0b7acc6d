/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the first process says: to people on the console, to the host on its port. A virtio-serial
 * port takes a write when a descriptor of its ring is free, and tells nobody when the host has read
 * it; a machine that powers off forgets what is still in the ring. So the last words are repeated
 * until the ring has turned round once.
 */
#include "vm/guest/parts.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/reboot.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/jline.h"

/* Descriptors of a port's ring, in every QEMU so far (hw/char/virtio-serial-bus.c:
 * virtio_add_queue(vdev, 128, ...)). */
#define RING_SIZE 128

void guest_say(const char *fmt, ...)
{
	char text[1024];
	va_list ap;
	int n = snprintf(text, sizeof(text), "hangar: ");

	va_start(ap, fmt);
	n += vsnprintf(text + n, sizeof(text) - (size_t)n - 1, fmt, ap);
	va_end(ap);
	if (n > (int)sizeof(text) - 2)
		n = (int)sizeof(text) - 2;
	text[n++] = '\n';
	if (write(STDERR_FILENO, text, (size_t)n) < 0)
		return; /* no console: nobody to tell */
}

int line_send(struct line *l, enum wire_type type, const void *payload, uint32_t size)
{
	return l->fd < 0 ? 0 : wire_send(l->fd, type, ++l->sequence, payload, size);
}

int line_hello(struct line *l, const char *kind)
{
	struct utsname name;
	struct jline j;
	char text[512];

	uname(&name);
	jline_begin(&j, text, sizeof(text));
	jline_str(&j, "hangar", HANGAR_VERSION);
	jline_str(&j, "release", name.release);
	jline_seconds(&j, "boot_seconds", clock_us(CLOCK_BOOTTIME));
	jline_str(&j, "kind", kind);
	return line_send(l, WIRE_HELLO, text, (uint32_t)jline_end(&j) - 1);
}

static void end(struct line *l, struct jline *j)
{
	uint32_t size = (uint32_t)jline_end(j) - 1;

	for (int i = 0; i <= RING_SIZE; i++)
		if (line_send(l, WIRE_END, j->buf, size) < 0)
			return;
}

void line_end_exit(struct line *l, int code)
{
	struct jline j;
	char text[64];

	jline_begin(&j, text, sizeof(text));
	jline_int(&j, "exit", code);
	end(l, &j);
}

void line_end_vmcore(struct line *l, uint64_t bytes, uint64_t took_us)
{
	struct jline j;
	char text[128];

	jline_begin(&j, text, sizeof(text));
	jline_uint(&j, "vmcore_bytes", bytes);
	jline_seconds(&j, "filter_seconds", took_us);
	end(l, &j);
}

void line_end_error(struct line *l, const char *error)
{
	struct jline j;
	char text[1024];

	jline_begin(&j, text, sizeof(text));
	jline_str(&j, "error", error);
	end(l, &j);
}

/* Without ACPI nothing can be switched off; then a reboot ends a QEMU that was started with
 * -no-reboot. */
void guest_power_off(void)
{
	sync();
	feeder_disarm();
	if (access("/sys/firmware/acpi/tables", F_OK) == 0)
		reboot(RB_POWER_OFF);
	reboot(RB_AUTOBOOT);
	for (;;)
		pause();
}

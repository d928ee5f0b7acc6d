/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Steps of the first process, one file each. All return 0 or -errno with @d, unless said otherwise.
 */
#ifndef HANGAR_GUEST_PARTS_H
#define HANGAR_GUEST_PARTS_H

#include <stdint.h>
#include <sys/types.h>

#include "base/diag.h"
#include "vm/guest/job.h"
#include "wire.h"

#define GUEST_RUN_DIR "/run/hangar/run" /* --out of the runner */
#define GUEST_TOLD_DIR                                                                             \
	"/run/hangar/told" /* what the first process itself has to tell: run.log, kdump.json */
#define GUEST_STATE "/run/hangar/state" /* $HANGAR_STATE_HOME, unless there is a DISK_STATE */

/* The port PORT_FILES. One writer at a time. */
struct line {
	int fd; /* -1: not open; then nothing is sent */
	uint32_t sequence;
};

/* say.c */
void guest_say(const char *fmt, ...)
	__attribute__((format(printf, 1, 2))); /* one line on the console */
int line_send(struct line *l, enum wire_type type, const void *payload, uint32_t size);
int line_hello(struct line *l, const char *kind);
/* Last words {"exit": @code}, {"vmcore_bytes": @bytes} or {"error": text}; returns when the host's
 * side has taken them. */
void line_end_exit(struct line *l, int code);
void line_end_vmcore(struct line *l, uint64_t bytes, uint64_t took_us);
void line_end_error(struct line *l, const char *text);
void guest_power_off(void) __attribute__((noreturn));

/* mounts.c */
int mounts_base(struct diag *d); /* proc, sysfs, dev, run, tmp, debugfs, tracefs */
int mounts_cgroup(enum job_cgroup which, struct diag *d);
int mounts_state(struct diag *d); /* DISK_STATE, when there is one, on /var/lib/hangar */

/* insert.c: the plain .ko files of @folder in the order of their names; one that fails is told on
 * the console */
void modules_insert(const char *folder);

/* devices.c */
int port_open(const char *name, struct diag *d); /* fd */
bool port_find(const char *name, char *buf,
	       size_t size); /* /dev/virtio-ports/NAME, which is made */
bool disk_find(const char *serial, char *buf, size_t size); /* /dev/NAME */

/* settings.c: clock, host name, sysctls; a sysctl that cannot be set is told on the console */
void settings_set(const struct job *j);

/* jobs */
int guest_run(const struct job *j, struct line *l, struct diag *d);
int guest_capture(const struct job *j, struct line *l, struct diag *d);

/* doctor.c: the answers are GUEST_TOLD_DIR/doctor.txt and doctor.json */
void doctor_ask(void);

/* kdump.c: load the crash kernel in a child; the answer is GUEST_TOLD_DIR/kdump.json */
void kdump_start(const struct job *j);

/* feeder.c: start feeding the ib700 watchdog; stop it for good */
int feeder_start(struct diag *d);
void feeder_disarm(void);
void feeder_starve(void); /* feed it no more: it fires within six seconds */

/* listener.c: obey the host's words (WIRE_DO) that come by @fd, from now on: "stop", "starve" */
void listener_start(int fd, pid_t runner);

#endif

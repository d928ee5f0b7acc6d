/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Feeding the ib700 watchdog (QEMU hw/watchdog/wdt_ib700.c; drivers/watchdog/ib700wdt.c): a write
 * to port 0x443 starts it anew with 30 - 2 x value seconds. One thread sits on each CPU and feeds
 * once a second while every CPU has been heard of lately. So a machine on which nothing runs any
 * more is reset after six seconds, and one with a single dead CPU after the kernel's own detectors
 * had their chance.
 */
#include "vm/guest/parts.h"

#include <errno.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/io.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/textfile.h"

#define PORT_START 0x443
#define PORT_STOP 0x441
#define SIX_SECONDS 0x0c
#define FEED_EVERY_NS 1000000000
#define STACK_BYTES (64u << 10)
#define CPUS_MAX 64
/* The soft lockup detector speaks after 2 x watchdog_thresh, and looks every fifth of that
 * (kernel/watchdog.c). */
#define THRESH_DEFAULT 10
#define AFTER_LOCKUP_US 10000000u

static _Atomic uint64_t heard_us[CPUS_MAX];
static unsigned int n_cpus;
static uint64_t patience_us;
static _Atomic bool starved;

static uint64_t read_patience(void)
{
	char text[32];
	uint64_t thresh = 0;

	if (textfile_read_at(-1, "/proc/sys/kernel/watchdog_thresh", text, sizeof(text)) > 0)
		thresh = strtoull(text, NULL, 10);
	return 2 * (thresh ? thresh : THRESH_DEFAULT) * 1000000 + AFTER_LOCKUP_US;
}

static bool all_heard(uint64_t now)
{
	for (unsigned int i = 0; i < n_cpus; i++)
		if (now - atomic_load(&heard_us[i]) > patience_us)
			return false;
	return true;
}

static void *feeder_main(void *arg)
{
	const struct timespec pause = { FEED_EVERY_NS / 1000000000, FEED_EVERY_NS % 1000000000 };
	const struct sched_param first = { .sched_priority = 90 };
	_Atomic uint64_t *mine = arg;
	cpu_set_t cpu;

	CPU_ZERO(&cpu);
	CPU_SET((size_t)(mine - heard_us), &cpu);
	sched_setaffinity(0, sizeof(cpu), &cpu);
	sched_setscheduler(0, SCHED_FIFO, &first);
	for (;;) {
		uint64_t now = now_us();

		atomic_store(mine, now);
		if (!atomic_load(&starved) && all_heard(now))
			outb(SIX_SECONDS, PORT_START);
		nanosleep(&pause, NULL);
	}
	return NULL;
}

/* ioperm() holds for this thread and those that it starts. */
static int open_ports(struct diag *d)
{
	if (ioperm(PORT_STOP, PORT_START - PORT_STOP + 1, 1) < 0)
		return diag_set(d, -errno, "the watchdog's I/O ports cannot be had: %s",
				strerror(errno));
	return 0;
}

int feeder_start(struct diag *d)
{
	long online = sysconf(_SC_NPROCESSORS_ONLN);
	pthread_attr_t attr;
	sigset_t all, old;
	int err = open_ports(d);

	if (err)
		return err;
	n_cpus = online < 1 ? 1 : online > CPUS_MAX ? CPUS_MAX : (unsigned int)online;
	patience_us = read_patience();
	for (unsigned int i = 0; i < n_cpus; i++)
		atomic_store(&heard_us[i], now_us());
	pthread_attr_init(&attr);
	pthread_attr_setstacksize(&attr, STACK_BYTES);
	pthread_attr_setdetachstate(&attr, PTHREAD_CREATE_DETACHED);
	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &old);
	for (unsigned int i = 0; i < n_cpus && !err; i++) {
		pthread_t thread;

		err = -pthread_create(&thread, &attr, feeder_main, &heard_us[i]);
	}
	pthread_sigmask(SIG_SETMASK, &old, NULL);
	pthread_attr_destroy(&attr);
	return err ? diag_set(d, err, "the watchdog cannot be fed: %s", strerror(-err)) : 0;
}

void feeder_starve(void)
{
	atomic_store(&starved, true);
}

/* Harmless where there is no such device: nothing else answers at this port. */
void feeder_disarm(void)
{
	feeder_starve(); /* feeding it again would start it */
	if (ioperm(PORT_STOP, 1, 1) == 0)
		outb(0, PORT_STOP);
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
/* For the tests of runner/collect: files of a machine that crashed. */
#ifndef TESTS_CRASH_WORLD_H
#define TESTS_CRASH_WORLD_H

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <utime.h>

#include "base/cleanup.h"
#include "base/paths.h"
#include "collect/pair.h"

#define BEGAN 1790000000 /* of the run */
#define RELEASE "6.1.0-50-cloud-amd64"

/* A log as `makedumpfile --dump-dmesg` writes it, of a kernel that was up for 130 s. */
#define OOPS_LOG                                                                                   \
	"[    0.000000] Linux version 6.1.0-50-cloud-amd64 (debian-kernel@lists.debian.org) #1 "   \
	"SMP\n"                                                                                    \
	"[   20.000000] BUG: kernel NULL pointer dereference, address: 0000000000000000\n"         \
	"[   20.000100] CPU: 0 PID: 9 Comm: early Not tainted 6.1.0-50-cloud-amd64 #1\n"           \
	"[  101.000000] hangar: run RUN: the kernel log is watched from here\n"                    \
	"[  130.000000] sysrq: Trigger a crash\n"                                                  \
	"[  130.000001] Kernel panic - not syncing: sysrq triggered crash\n"                       \
	"[  130.000002] CPU: 1 PID: 300 Comm: sh Not tainted 6.1.0-50-cloud-amd64 #1\n"

static inline void make_folder(const char *path)
{
	int err = path_make(path);

	assert_true(!err || err == -EEXIST);
}

static inline void put(const char *dir, const char *name, const void *data, size_t size,
		       time_t when)
{
	struct utimbuf times = { when, when };
	char path[4500];
	FILE *f;

	snprintf(path, sizeof(path), "%s/%s", dir, name);
	f = fopen(path, "w");
	assert_non_null(f);
	assert_int_equal(fwrite(data, 1, size, f), size);
	fclose(f);
	assert_int_equal(utime(path, &times), 0);
}

static inline void put_text(const char *dir, const char *name, const char *text, time_t when)
{
	put(dir, name, text, strlen(text), when);
}

static inline const char *in(void **state, const char *name)
{
	static char paths[4][4200];
	static unsigned int next;
	char *path = paths[next++ % 4];

	snprintf(path, sizeof(paths[0]), "%s/%s", (char *)*state, name);
	return path;
}

static const struct pair_now today = { .now = BEGAN + 500, .boot_id = "new" };

#endif

/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Hardware watchdogs, from /sys/class/watchdog: reading /dev/watchdog itself would start it.
 * Kernels without CONFIG_WATCHDOG_SYSFS have the folder and no files in it.
 */
#include "doctor/facts_read.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/cleanup.h"

#define FOLDER "/sys/class/watchdog"

static void read_one(struct doctor_facts *f, const char *name)
{
	struct watchdog_facts *w = &f->watchdogs[f->n_watchdogs++];
	char path[128];

	snprintf(w->name, sizeof(w->name), "%.31s", name);
	snprintf(path, sizeof(path), FOLDER "/%s/identity", w->name);
	fact_text(f->root, path, w->identity, sizeof(w->identity));
	snprintf(path, sizeof(path), FOLDER "/%s/state", w->name);
	fact_text(f->root, path, w->state, sizeof(w->state));
	snprintf(path, sizeof(path), FOLDER "/%s/pretimeout_governor", w->name);
	fact_text(f->root, path, w->governor, sizeof(w->governor));
	snprintf(path, sizeof(path), FOLDER "/%s/timeout", w->name);
	w->timeout = fact_number(f->root, path);
	snprintf(path, sizeof(path), FOLDER "/%s/pretimeout", w->name);
	w->pretimeout = fact_number(f->root, path);
	snprintf(path, sizeof(path), FOLDER "/%s/nowayout", w->name);
	w->nowayout = fact_number(f->root, path);
}

static int by_name(const void *a, const void *b)
{
	const struct watchdog_facts *x = a, *y = b;

	return strcmp(x->name, y->name);
}

void fact_watchdogs(struct doctor_facts *f)
{
	_cleanup_closedir_ DIR *dir = NULL;
	char path[512];

	f->watchdog_node = fact_access(f->root, "/dev/watchdog", F_OK) == 0;
	snprintf(path, sizeof(path), "%s" FOLDER, f->root);
	dir = opendir(path);
	for (struct dirent *e = dir ? readdir(dir) : NULL; e && f->n_watchdogs < WATCHDOGS_MAX;
	     e = readdir(dir))
		if (!strncmp(e->d_name, "watchdog", 8))
			read_one(f, e->d_name);
	qsort(f->watchdogs, f->n_watchdogs, sizeof(f->watchdogs[0]), by_name);
}

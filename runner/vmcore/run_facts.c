/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * In the manifest a guest's run has its guest's kernel, for hangar ran in it. Where the guest died
 * before it could send its manifest, the outside's record still names the release that was booted.
 */
#include "vmcore/run_facts.h"

#include <errno.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "base/paths.h"
#include "event.h"
#include "outside.h"
#include "rundir.h"

static int from_manifest(const char *run_dir, char *buf, size_t size)
{
	char path[4096];
	json_t *manifest;

	if (path_format(path, sizeof(path), "%s/" RUNDIR_MANIFEST, run_dir) < 0)
		return -ENAMETOOLONG;
	manifest = json_load_file(path, 0, NULL);
	event_copy(json_object_get(manifest, "host"), "kernel", buf, size);
	json_decref(manifest);
	return buf[0] ? 0 : -ENOENT;
}

static int from_outside(const char *run_dir, char *buf, size_t size)
{
	_cleanup_fclose_ FILE *f = NULL;
	_cleanup_free_ char *line = NULL;
	char path[4096];
	size_t room = 0;
	ssize_t n;

	if (path_format(path, sizeof(path), "%s/" OUTSIDE_FILE, run_dir) < 0)
		return -ENAMETOOLONG;
	f = fopen(path, "re");
	if (!f)
		return -errno;
	while (!buf[0] && (n = getline(&line, &room, f)) > 0) {
		json_t *event = json_loadb(line, (size_t)n, 0, NULL);

		if (!strcmp(event_text(event, "event"), "outside-begin"))
			event_copy(event, "release", buf, size);
		json_decref(event);
	}
	return buf[0] ? 0 : -ENOENT;
}

int run_release(const char *run_dir, char *buf, size_t size, struct diag *d)
{
	buf[0] = '\0';
	if (from_manifest(run_dir, buf, size) == 0 || from_outside(run_dir, buf, size) == 0)
		return 0;
	return diag_set(d, -ENOENT,
			"%s is no run directory: neither %s nor %s in it names a kernel", run_dir,
			RUNDIR_MANIFEST, OUTSIDE_FILE);
}

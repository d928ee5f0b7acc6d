/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * `hangar canary`: each planted bug is hunted by the scenario made for it, in a guest of its own,
 * and with --off once more where there is nothing to find. A trap that has not caught its canary
 * says nothing when it stays quiet.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "canary/canary.h"
#include "commands.h"
#include "scenario/scenario.h"
#include "scenario/scenario_path.h"

struct hunt {
	struct canary_options options;
	struct flock flock;
	struct canary_runs runs[CANARY_MAX];
	unsigned int ran, of;
	int argc;
	char **argv;
};

static char *place_of(const struct hunt *h, const struct canary *c, bool off, unsigned int nth)
{
	char *dir = NULL, name[128];

	snprintf(name, sizeof(name), "%s", c->name);
	for (char *p = name; *p; p++)
		*p = *p == '/' ? '-' : *p;
	if (asprintf(&dir, "%s/%s%s-%u", h->options.out, name, off ? "-off" : "", nth) < 0)
		return NULL;
	return dir;
}

/* 0, 1 when the user stopped it, or -errno, told. */
static int hunt_once(struct hunt *h, const struct canary *c, bool off, unsigned int nth,
		     struct sighting *ret)
{
	_cleanup_free_ struct vm_outcome *outcome = calloc(1, sizeof(*outcome));
	_cleanup_free_ char *out = h->options.out ? place_of(h, c, off, nth) : NULL;
	struct vm_options options = { .scenario = c->path,
				      .kernel = h->options.kernel,
				      .out = out,
				      .plant = off ? "none" : NULL,
				      .dump = h->options.no_dump ? "none" : NULL,
				      .cgroup = h->options.cgroup,
				      .memory_bytes = UNSET,
				      .disk_bytes = UNSET,
				      .boot_us = UNSET,
				      .quiet = true,
				      .silent = true };
	int err;

	if (!outcome || (h->options.out && !out))
		return -ENOMEM;
	if (h->options.seconds) {
		options.run.items[options.run.count++] = "--for";
		options.run.items[options.run.count++] = h->options.seconds;
	}
	h->ran++;
	if (!h->options.quiet && !h->options.json)
		canary_say_begin(c, off, h->ran, h->of);
	err = vm_run(&options, h->argc, h->argv, outcome);
	if (err < 0)
		return err;
	sighting_take(ret, outcome, off);
	if (!h->options.quiet && !h->options.json)
		canary_say_end(ret);
	return outcome->stopped;
}

/* All runs of one canary. */
static int hunt_one(struct hunt *h, const struct canary *c, struct canary_runs *runs)
{
	unsigned int of = h->options.repeat * (h->options.off ? 2 : 1);
	struct sighting *list = calloc(of, sizeof(*list));
	int err = 0;

	if (!list)
		return -ENOMEM;
	*runs = (struct canary_runs){ c, list, 0 };
	for (unsigned int i = 0; i < of && !err; i++) {
		bool off = i >= h->options.repeat;

		err = hunt_once(h, c, off, i % h->options.repeat + 1, &list[i]);
		runs->count += err >= 0;
	}
	return err;
}

static bool all_good(const struct hunt *h)
{
	for (unsigned int i = 0; i < h->flock.count; i++) {
		if (!h->runs[i].count)
			return false;
		for (unsigned int n = 0; n < h->runs[i].count; n++)
			if (!sighting_good(&h->runs[i].list[n]))
				return false;
	}
	return true;
}

static int tell(const struct hunt *h, unsigned int count)
{
	json_t *all;
	int err;

	if (!h->options.json) {
		canary_say_table(h->runs, count);
		return 0;
	}
	all = canary_json(h->options.kernel, h->runs, count);
	err = all ? json_dumpf(all, stdout, JSON_INDENT(2)) : -1;
	json_decref(all);
	return err < 0 || putchar('\n') < 0 ? -EIO : 0;
}

/* The exit code. What was run is told even when the hunt could not go on. */
static int hunt_all(struct hunt *h)
{
	unsigned int count = 0;
	int err = 0;

	h->of = h->flock.count * h->options.repeat * (h->options.off ? 2 : 1);
	while (count < h->flock.count && !err) {
		err = hunt_one(h, &h->flock.list[count], &h->runs[count]);
		count += h->runs[count].count > 0;
	}
	if (count && tell(h, count) < 0)
		err = -EIO;
	return err < 0 ? EXIT_BROKEN : err || !all_good(h) ? 125 : 0;
}

int canary_main(int argc, char **argv)
{
	_cleanup_free_ struct hunt *h = calloc(1, sizeof(*h));
	_cleanup_free_ char *folder = scenario_folder();
	struct diag d = { 0 };
	int r;

	if (!h || !folder)
		return EXIT_BROKEN;
	r = canary_options_parse(argc, argv, &h->options);
	if (r)
		return r > 0 ? 0 : EXIT_BROKEN;
	h->argc = argc;
	h->argv = argv;
	if (flock_load(&h->flock, folder, h->options.names, &d) < 0) {
		diag_print(&d, stderr);
		return EXIT_BROKEN;
	}
	r = hunt_all(h);
	for (unsigned int i = 0; i < h->flock.count; i++)
		free((void *)(uintptr_t)h->runs[i].list);
	return fflush(stdout) ? EXIT_BROKEN : r;
}

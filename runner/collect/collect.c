/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * `hangar collect`: look for unfinished runs and for what crashes left, pair them, complete each
 * record. It changes nothing else: a second time it finds everything done.
 */
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/paths.h"
#include "base/textfile.h"
#include "collect/collect_options.h"
#include "collect/complete.h"
#include "collect/pair.h"
#include "collect/tell.h"
#include "commands.h"
#include "rundir.h"
#include "setup/undo.h"

struct collect {
	struct collect_options o;
	struct losts runs;
	struct relics relics;
	struct pair_now now;
	struct pair *pairs;
	struct tell tell;
	bool failed;
};

static const char *below(const struct collect *c, const char *path, char *buf, size_t size)
{
	return path_format(buf, size, "%s%s", c->o.root, path) < 0 ? path : buf;
}

static int find_runs(struct collect *c, struct diag *d)
{
	char home[PATH_MAX], path[PATH_MAX];
	int err = 0;

	if (c->o.root[0] && access(c->o.root, X_OK) < 0)
		return diag_set(d, -errno, "--root %s: %s", c->o.root, strerror(errno));
	if (!c->o.dirs[0]) {
		err = rundir_state_home(home, sizeof(home));
		if (err < 0)
			return diag_set(d, err,
					"no state home is known: set HOME or HANGAR_STATE_HOME");
		if (c->o.root[0] && !getenv("HANGAR_STATE_HOME"))
			snprintf(home, sizeof(home), "/var/lib/hangar");
		err = losts_find(&c->runs, below(c, home, path, sizeof(path)), c->o.root);
		return err < 0 ? diag_set(d, err, "%s: %s", home, strerror(-err)) : 0;
	}
	for (char **dir = c->o.dirs; *dir && !err; dir++)
		err = losts_add(&c->runs, *dir, d);
	return err;
}

static int find_relics(struct collect *c, struct diag *d)
{
	char path[PATH_MAX];
	int err = relics_find_kdump(&c->relics, below(c, c->o.crash_dir, path, sizeof(path)),
				    relic_look_into_vmcore);

	if (!err)
		err = relics_find_pstore(&c->relics, below(c, c->o.pstore, path, sizeof(path)));
	if (!err)
		err = relics_find_pstore(&c->relics, below(c, c->o.archive, path, sizeof(path)));
	return err < 0 ? diag_set(d, err, "%s: %s", path, strerror(-err)) : 0;
}

static void look_at_now(struct collect *c)
{
	static const char key[] = "btime ";
	char path[PATH_MAX], *at;
	_cleanup_free_ char *text = NULL;
	size_t size;

	c->now.now = time(NULL);
	if (textfile_read_at(-1, below(c, "/proc/sys/kernel/random/boot_id", path, sizeof(path)),
			     c->now.boot_id, sizeof(c->now.boot_id)) > 0)
		c->now.boot_id[strcspn(c->now.boot_id, "\n")] = '\0';
	else
		c->now.boot_id[0] = '\0';
	if (textfile_load(below(c, "/proc/stat", path, sizeof(path)), 1 << 20, &text, &size) < 0)
		return;
	at = strstr(text, key);
	c->now.booted = at ? (time_t)strtoll(at + sizeof(key) - 1, NULL, 10) : 0;
}

/* --take: the relic whose folder, or one of whose files, has this path. */
static bool is_relic(const struct relic *r, const char *path)
{
	char file[5000];
	struct stat a, b;

	if (stat(path, &a) < 0)
		return false;
	if (r->kind == RELIC_KDUMP && !stat(r->path, &b) && a.st_ino == b.st_ino &&
	    a.st_dev == b.st_dev)
		return true;
	if (r->vmcore[0] && !path_format(file, sizeof(file), "%s/%s", r->path, r->vmcore) &&
	    !stat(file, &b) && a.st_ino == b.st_ino && a.st_dev == b.st_dev)
		return true;
	for (unsigned int i = 0; i < r->n_files; i++)
		if (!path_format(file, sizeof(file), "%s/%s", r->path, r->files[i]) &&
		    !stat(file, &b) && a.st_ino == b.st_ino && a.st_dev == b.st_dev)
			return true;
	return false;
}

static int take_by_hand(struct collect *c, struct diag *d)
{
	struct pair *p = &c->pairs[0];

	if (p->state == PAIR_SKIPPED)
		return diag_set(d, -EALREADY, "%s %s: nothing is to be collected", c->o.dirs[0],
				p->why);
	for (unsigned int i = 0; i < c->relics.count; i++) {
		const struct relic *r = &c->relics.list[i];

		if (!is_relic(r, c->o.take))
			continue;
		*p = (struct pair){ .state = PAIR_DUMP, .fit = FIT_POSSIBLE };
		p->relics[r->kind] = r;
		snprintf(p->why, sizeof(p->why), "%.200s was given by hand", r->name);
		return 0;
	}
	return diag_set(
		d, -ENOENT,
		"--take %s: is no dump or record that was found; name its folder with --crash-dir",
		c->o.take);
}

static void say_cleaned(const char *line)
{
	fprintf(stderr, "hangar: %s\n", line);
}

/* What a run changed is put back on the machine itself only: the undo log names its paths. */
static void clean(const struct collect *c, const struct lost *l)
{
	if (!c->o.no_clean && !c->o.root[0] &&
	    clean_runs(l->path, c->o.quiet ? NULL : say_cleaned) != 0)
		fprintf(stderr,
			"hangar collect: %s: something remains to be put back; see `hangar "
			"clean`\n",
			l->path);
}

static void complete_one(struct collect *c, unsigned int i)
{
	const struct lost *l = &c->runs.list[i];
	const struct pair *p = &c->pairs[i];
	struct completion done = { .verdict = VERDICT_BROKEN };
	struct diag d = { 0 };
	int err = 0;

	if (p->state == PAIR_AMBIGUOUS) {
		c->failed = true;
	} else if (p->state != PAIR_SKIPPED) {
		err = complete_run(l, p, c->o.how, &done, &d);
		clean(c, l);
	}
	if (err < 0) {
		c->failed = true;
		diag_print(&d, stderr);
	}
	tell_run(&c->tell, l, p, err < 0 || p->state == PAIR_AMBIGUOUS ? NULL : &done, d.message);
}

static int collect(struct collect *c, struct diag *d)
{
	int err = find_runs(c, d);

	if (!err)
		err = find_relics(c, d);
	if (err < 0)
		return err;
	look_at_now(c);
	c->pairs = calloc(c->runs.count + 1, sizeof(*c->pairs));
	if (!c->pairs)
		return -ENOMEM;
	pair_all(&c->runs, &c->relics, &c->now, c->pairs);
	if (c->o.take)
		err = take_by_hand(c, d);
	for (unsigned int i = 0; i < c->runs.count && !err; i++)
		complete_one(c, i);
	if (!err)
		tell_end(&c->tell, &c->relics, &c->runs, c->pairs);
	return err;
}

int collect_main(int argc, char **argv)
{
	struct collect c = { .runs = { NULL, 0 } };
	struct diag d = { 0 };
	int err = collect_options_parse(argc, argv, &c.o);

	if (err)
		return err < 0 ? EXIT_BROKEN : 0;
	tell_begin(&c.tell, c.o.json, c.o.quiet);
	err = collect(&c, &d);
	if (err < 0) {
		if (!d.message[0])
			diag_set(&d, err, "%s", strerror(-err));
		diag_print(&d, stderr);
		tell_drop(&c.tell);
	}
	free(c.pairs);
	relics_clear(&c.relics);
	losts_clear(&c.runs);
	return err < 0 || c.failed || fflush(stdout) ? EXIT_BROKEN : 0;
}

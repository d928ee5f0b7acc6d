/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The order matters more than the steps: the record first, so that whatever follows is told; the
 * undo log before the first change; groups before processes; watchers before the storm, since they
 * may open nothing later.
 */
#include "run/session.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#include "base/cleanup.h"
#include "base/clock.h"
#include "base/textfile.h"
#include "cgroup/bind.h"
#include "run/arm.h"
#include "run/manifest_fill.h"
#include "run/wire_port.h"
#include "scenario/scale.h"
#include "scenario/scenario_path.h"
#include "setup/scratch_device.h"

static uint64_t draw_seed(void)
{
	uint64_t seed = now_us();

	if (getrandom(&seed, sizeof(seed), GRND_NONBLOCK) < 0)
		seed = seed * 0x9e3779b97f4a7c15u;
	return seed >> 1; /* JSON readers keep 63 bits */
}

int session_load(struct session *s, const struct run_options *o, struct diag *d)
{
	_cleanup_free_ char *path = scenario_path_find(o->scenario);
	int err;

	memset(s, 0, sizeof(*s));
	s->options = *o;
	s->epoch_us = now_us();
	s->rundir.fd = s->rundir.lock_fd = s->wire_fd = -1;
	if (!path)
		return -ENOMEM;
	err = o->wire ? wire_port_open(o->wire, &s->wire_fd, d) : 0;
	if (err < 0)
		return err;
	err = catalogue_load(&s->catalogue, d);
	if (err < 0)
		return err;
	err = scenario_load(path, s->catalogue, &s->scenario, d);
	if (!err && o->scratch_device)
		err = scratch_use_device(&s->scenario->scratch, o->scratch_device);
	if (!err)
		err = arm_usage(s, d);
	if (err < 0)
		return err;
	err = host_probe("", &s->host);
	if (err < 0)
		return diag_set(d, err, "cannot look at this machine: /proc: %s", strerror(-err));
	s->scale = scale_groups(s->scenario, s->host.memory_bytes);
	s->seed = o->seed != UNSET             ? o->seed
		  : s->scenario->seed != UNSET ? s->scenario->seed
					       : draw_seed();
	return 0;
}

static void journal_run_begin(struct session *s)
{
	struct jline *line = journal_begin(s->journal, "run-begin");

	jline_str(line, "scenario", s->scenario->path);
	jline_str(line, "name", s->scenario->name);
	jline_uint(line, "seed", s->seed);
	jline_uint(line, "repeat", s->options.repeat ? s->options.repeat : s->scenario->repeat);
	journal_commit(s->journal);
}

/* Whoever compares two machines must see it. */
static void tell_scale(struct session *s)
{
	if (s->scale < 100)
		journal_note(s->journal,
			     "limits of groups at %u%%: made for %llu MiB, this machine has %llu",
			     s->scale, (unsigned long long)(s->scenario->made_for_bytes >> 20),
			     (unsigned long long)(s->host.memory_bytes >> 20));
}

int session_begin(struct session *s, int argc, char **argv, struct diag *d)
{
	int err = rundir_create(&s->rundir, s->options.out, s->scenario->name);

	if (err == -EEXIST)
		return diag_set(d, err, "--out %s: is not empty; name a new directory",
				s->options.out);
	if (err < 0)
		return diag_set(d, err,
				"cannot make the run directory %s: %s; choose another with --out",
				s->options.out ? s->options.out : s->rundir.path, strerror(-err));
	s->rundir_made = true;
	if (s->resume)
		resume_link(s->resume, s->rundir.path);
	err = textfile_replace_at(s->rundir.fd, "scenario.json", s->scenario->text,
				  s->scenario->text_size);
	if (err == 0)
		err = manifest_fill_and_write(s, argc, argv);
	if (err == 0)
		err = journal_open(s->rundir.fd, s->epoch_us, &s->journal);
	if (err < 0)
		return diag_set(d, err, "cannot write the record in %s: %s", s->rundir.path,
				strerror(-err));
	if (s->wire_fd >= 0)
		journal_mirror(s->journal, s->wire_fd);
	judge_init(&s->judge, &s->scenario->expect, s->journal, s->epoch_us);
	journal_run_begin(s);
	tell_scale(s);
	return 0;
}

static void journal_setup(struct session *s, const char *what, const char *detail)
{
	struct jline *line = journal_begin(s->journal, "setup");

	jline_str(line, "what", what);
	jline_str(line, "detail", detail);
	journal_commit(s->journal);
}

static bool tell_skips(struct session *s)
{
	for (unsigned int i = 0; i < s->plan->n_skips; i++) {
		const struct plan_skip *skip = &s->plan->skips[i];
		struct jline *line = journal_begin(s->journal, "skip");

		jline_str(line, "what", skip->what);
		jline_str(line, "why", skip->why);
		jline_str(line, "remedy", skip->remedy);
		jline_bool(line, "fatal", skip->fatal);
		journal_commit(s->journal);
		panel_say(&s->panel, "%s %s: %s; %s", skip->fatal ? "SKIP" : "without", skip->what,
			  skip->why, skip->remedy);
		if (skip->fatal && !s->why[0])
			snprintf(s->why, sizeof(s->why), "%s: %s; %s", skip->what, skip->why,
				 skip->remedy);
	}
	s->judge.tally.skipped = plan_is_skipped(s->plan);
	return s->judge.tally.skipped;
}

static int make_plan(struct session *s, struct diag *d)
{
	int err = scratch_dir_of(&s->scenario->scratch, &s->rundir, s->scratch_dir, d);

	if (err < 0)
		return err;
	err = plan_make(s->scenario, &s->host, s->catalogue, s->seed, s->scratch_dir,
			s->rundir.path, &s->plan, d);
	if (err < 0)
		return err;
	return tell_skips(s) ? 1 : 0;
}

/* Limits that an optional group could not get: said, and gone without. */
static void tell_gone_without(struct session *s)
{
	for (unsigned int i = 0; i < s->tree->n_gone_without; i++) {
		journal_note(s->journal, "%s", s->tree->gone_without[i]);
		panel_say(&s->panel, "without %s", s->tree->gone_without[i]);
	}
}

static int change_machine(struct session *s, struct diag *d)
{
	int err = undo_open(&s->rundir, &s->undo);

	if (err < 0)
		return diag_set(d, err, "%s/undo.jsonl: %s", s->rundir.path, strerror(-err));
	err = settings_apply(s->scenario, &s->host, s->undo, d);
	if (err < 0)
		return err;
	err = scratch_make(s->scenario, &s->rundir, s->undo, s->options.force, s->scratch_dir, d);
	if (err < 0)
		return err;
	journal_setup(s, "scratch", s->scratch_dir);
	err = cgroup_tree_make(s->plan, &s->host, s->rundir.id, s->undo, &s->tree, d);
	if (err < 0)
		return err;
	journal_setup(s, "groups", s->tree->kernel_path);
	tell_gone_without(s);
	return cgroup_bind(s->plan, s->tree, d);
}

static void fill_watch_ctx(struct session *s)
{
	s->watch_ctx = (struct watch_ctx){
		.scenario = s->scenario,
		.plan = s->plan,
		.host = &s->host,
		.tree = s->tree,
		.launcher = s->launcher,
		.rundir = &s->rundir,
		.journal = s->journal,
		.tracer = s->tracer,
		.sink = { judge_take, &s->judge },
		.epoch_us = s->epoch_us,
		.unseen = &s->watchers.unseen,
	};
}

static uint64_t run_until(const struct session *s)
{
	uint64_t for_us = s->options.for_us != UNSET ? s->options.for_us : s->scenario->for_us;

	return for_us == UNSET ? UINT64_MAX : now_us() + for_us;
}

/* Before the watchers: what they see is noted in it. */
static int begin_to_trace(struct session *s, struct diag *d)
{
	int r = tracer_open(&s->scenario->trace, &s->host, s->rundir.id, s->undo, s->rundir.fd,
			    s->journal, s->epoch_us, &s->tracer, d);

	return r > 0 ? session_skip(s, "trace", "boot a kernel that can, or leave \"required\" out",
				    d)
		     : r;
}

static int make_ready(struct session *s, struct diag *d)
{
	int err = launcher_open(s->plan, s->tree, &s->rundir, s->journal, &s->launcher, d);
	struct respond_options respond;

	if (err < 0)
		return err;
	err = works_open(&s->works, s->plan);
	if (err < 0)
		return err;
	fill_watch_ctx(s);
	err = watchers_open(&s->watchers, &s->watch_ctx, d);
	if (err < 0)
		return err;
	err = deltas_open(s->host.root, &s->rundir, s->journal, s->epoch_us, &s->deltas);
	if (err < 0)
		return diag_set(d, err, "evidence/deltas.txt: %s", strerror(-err));
	plants_open(&s->plants, s->host.root, s->journal);
	respond = arm_options(s);
	err = responder_open(&s->watch_ctx, &respond, &s->responder, d);
	if (err)
		return err;
	conductor_init(&s->conductor, s->launcher, s->plan, &s->host, s->tree, s->journal,
		       s->options.repeat ? s->options.repeat : s->scenario->repeat, run_until(s));
	s->conductor_made = true;
	return 0;
}

int session_skip(struct session *s, const char *what, const char *remedy, const struct diag *d)
{
	struct jline *line = journal_begin(s->journal, "skip");

	jline_str(line, "what", what);
	jline_str(line, "why", d->message);
	jline_str(line, "remedy", remedy);
	jline_bool(line, "fatal", true);
	journal_commit(s->journal);
	panel_say(&s->panel, "SKIP %s", d->message);
	s->judge.tally.skipped = true;
	snprintf(s->why, sizeof(s->why), "%s", d->message);
	return 1;
}

static int begin_to_beat(struct session *s, struct diag *d)
{
	if (!s->options.heartbeat)
		return 0;
	return heart_open(s->options.heartbeat, s->options.heartbeat_key, s->rundir.id,
			  s->host.release, s->journal, &s->heart, d);
}

int session_open(struct session *s, struct diag *d)
{
	int r = begin_to_beat(s, d);

	if (!r)
		r = make_plan(s, d);
	if (!r)
		r = arm_check(s, d);
	if (!r)
		r = change_machine(s, d);
	if (!r)
		r = begin_to_trace(s, d);
	if (r)
		return r;
	r = make_ready(s, d);
	return r > 0 ? arm_skip(s, d) : r;
}

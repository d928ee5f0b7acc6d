/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Before the storm: each rung and the trigger are checked, told in the journal, and opened with all
 * that they will need. What would not work is said now, with the remedy, and not in the morning.
 */
#include "respond/responder.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "rundir.h"

static void journal_check(const struct watch_ctx *ctx, const char *name, const char *why)
{
	struct jline *line;

	if (!ctx->journal)
		return;
	line = journal_begin(ctx->journal, "rung");
	jline_str(line, "name", name);
	jline_str(line, "result", why ? "unusable" : "usable");
	jline_str(line, "detail", why);
	journal_commit(ctx->journal);
}

static const struct rung_ops *find_rung(const char *name)
{
	for (unsigned int i = 0; rungs[i]; i++)
		if (!strcmp(rungs[i]->name, name))
			return rungs[i];
	return NULL;
}

static int add_rung(struct responder *r, const char *name, struct diag *d)
{
	const struct rung_ops *ops = find_rung(name);
	struct diag why = { 0 };
	int got;

	if (!ops)
		return diag_set(d, -EINVAL, "no evidence is called \"%s\"", name);
	got = ops->check(r->ctx, ops->with, &why);
	if (!got)
		got = ladder_add(&r->ladder, ops, r->ctx, &why);
	if (got < 0)
		return diag_set(d, got, "evidence %s: %s", name, why.message);
	journal_check(r->ctx, name, got ? why.message : NULL);
	return 0;
}

static bool is_named(char *const *names, const char *name)
{
	for (; names && *names; names++)
		if (!strcmp(*names, name))
			return true;
	return false;
}

static int add_rungs(struct responder *r, struct diag *d)
{
	char **names = r->ctx->scenario->on_match.evidence;
	int err = ladder_init(&r->ladder, r->ctx->rundir->fd);

	if (!err && mkdirat(r->ctx->rundir->fd, "evidence", 0755) < 0 && errno != EEXIST)
		err = -errno;
	if (err < 0)
		return diag_set(d, err, "evidence: %s", strerror(-err));
	for (unsigned int i = 0; names && names[i] && !err; i++)
		err = add_rung(r, names[i], d);
	if (!err && r->ctx->tracer && !is_named(names, "trace"))
		err = add_rung(r, "trace", d); /* who has it traced wants to read it */
	if (err < 0)
		return err;
	err = ladder_ready(&r->ladder);
	return err < 0 ? diag_set(d, err, "evidence: no thread: %s", strerror(-err)) : 0;
}

/* What would have been done, and how to have it done. */
static void tell_unarmed(const struct responder *r)
{
	const char *dump = r->ctx->scenario->on_match.dump;

	if (!dump || strcmp(dump, "vmcore") || r->trigger.ops->before || !r->ctx->journal)
		return;
	journal_note(
		r->ctx->journal,
		"dump \"%s\" is not taken: this run may not crash its machine; `hangar vm` runs "
		"the scenario in a guest that may be, and `hangar run --arm` does it here, where "
		"`hangar doctor` agrees",
		dump);
}

static int add_trigger(struct responder *r, const struct respond_options *o, struct diag *d)
{
	const struct trigger_ops *ops;
	struct diag why = { 0 };
	int err = trigger_choose(&r->ctx->scenario->on_match, o, &ops, d);
	int refused;

	if (err < 0)
		return err;
	refused = ops->check(r->ctx, o, &why);
	if (ops->before)
		journal_check(r->ctx, ops->name, refused ? why.message : NULL);
	if (refused)
		return diag_set(d, 1, "--arm: trigger %s would not work: %s", ops->name,
				why.message);
	err = firing_open(&r->trigger, ops, r->ctx, o, d);
	if (!err)
		tell_unarmed(r);
	return err;
}

void responder_dismantle(struct responder *r)
{
	bool trigger = !r->trigger.ops || firing_close(&r->trigger);

	if (ladder_close(&r->ladder) && trigger)
		free(r);
}

int responder_open(const struct watch_ctx *ctx, const struct respond_options *o,
		   struct responder **ret, struct diag *d)
{
	struct responder *r = calloc(1, sizeof(*r));
	int err;

	if (!r)
		return -ENOMEM;
	r->ctx = ctx;
	err = add_rungs(r, d);
	if (!err)
		err = add_trigger(r, o, d);
	if (err) {
		responder_dismantle(r);
		return err;
	}
	*ret = r;
	return 0;
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What comes back: reports of children on their way to exec, and exits. Both are about a copy, but
 * a process that is killed at birth can be reaped before the spawner has told whose it was; such
 * strays are kept until the report comes. As the subreaper we also reap orphans of stressors, which
 * nobody waits for.
 */
#include "launch/internal.h"

#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"

/* How often groups' OOM kills are looked at for strays; see kills.c. */
#define LOOK_EVERY_US 1000000u
#define FIO_BEGINS_US 15000000u

static void schedule(struct launcher *l, unsigned int index, enum exit_kind kind, uint64_t now)
{
	static const struct restart_spec never = { .policy = RESTART_NEVER };
	const struct plan_launch *launch = &l->plan->launches[index];
	struct copy *c = &l->copies[index];

	c->state = COPY_ENDED;
	if (c->stopping || !restart_decide(launch->from ? &launch->from->restart : &never, kind,
					   now - c->spawned_us, c->restarts, &c->backoff_us))
		return;
	c->state = COPY_BACKOFF;
	c->due_us = now + c->backoff_us;
	launch_say_restart(l, index, now);
}

static void count(struct launcher *l, enum exit_kind kind)
{
	l->alive--;
	l->oom_kills += kind == EXIT_OOM_KILLED;
	l->failed += kind == EXIT_FAILED;
	l->skipped += kind == EXIT_SKIPPED;
}

/* fio has no start line: what it maps and touches before its jobs begin is done in a second. In a
 * full group each page of that waits for reclaim: 2.5 s were seen on a quiet machine under TCG. */
static bool is_unborn_fio(const struct copy *c, uint64_t now)
{
	return now - c->spawned_us < FIO_BEGINS_US;
}

/* A page for the arguments that the group does not grant is answered with E2BIG, as if
 * they were too long (copy_strings() in fs/exec.c); ours have a few hundred bytes. */
static bool had_no_memory(const struct copy *c)
{
	return c->start_error == ENOMEM || c->start_error == E2BIG;
}

static bool is_limited(const struct cgroup_tree *tree, unsigned int group)
{
	int at = (int)group;

	while (at >= 0 && tree->nodes[at].limit_bytes == UNSET)
		at = tree->nodes[at].group->parent;
	return at >= 0;
}

void launch_ended(struct launcher *l, unsigned int index, int status, uint64_t now,
		  const struct exit_sink *sink)
{
	const struct plan_launch *launch = &l->plan->launches[index];
	struct copy *c = &l->copies[index];
	struct exit_facts f = { .status = status,
				.stopping = c->stopping,
				.is_fio = launch->is_fio,
				.oom_told = c->oom_told,
				.unborn = launch->is_fio
						  ? is_unborn_fio(c, now)
						  : launch_slot(l, index)->state < SLOT_READY,
				.limited = is_limited(l->tree, launch->group),
				.no_memory = had_no_memory(c) };
	bool killed = WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL;
	enum exit_kind kind;

	if (killed || (launch->is_fio && status))
		f.oom_counted = launch_take_oom_kill(l, launch->group, now, &f.oom_unknown);
	kind = exit_classify(&f);
	c->status = status;
	count(l, kind);
	launch_say_exit(l, index, kind, now);
	schedule(l, index, kind, now);
	if (sink->on_exit)
		sink->on_exit(sink->ctx, index, kind);
}

static void end_unborn(struct launcher *l, uint64_t now, const struct exit_sink *sink)
{
	for (unsigned int i = 0; i < l->plan->n_launches; i++) {
		const struct copy *c = &l->copies[i];

		if (c->state == COPY_ALIVE && c->start_error && c->start_stage == CHILD_BORN)
			launch_ended(l, i, W_EXITCODE(127, 0), now, sink);
	}
}

static bool is_unborn(const struct copy *c)
{
	return c->state == COPY_ALIVE && !c->pid;
}

static bool any_unborn(const struct launcher *l)
{
	for (unsigned int i = 0; i < l->plan->n_launches; i++)
		if (is_unborn(&l->copies[i]))
			return true;
	return false;
}

/* Strays are forgotten as soon as no copy waits for its pid: the kernel will use that number again.
 */
static void match_strays(struct launcher *l, uint64_t now, const struct exit_sink *sink)
{
	bool keep = any_unborn(l);

	for (unsigned int i = 0; i < l->n_strays; i++) {
		struct stray *s = &l->strays[i];
		int index = s->pid ? launch_copy_of(l, s->pid) : -1;

		if (index < 0)
			continue;
		s->pid = 0;
		launch_ended(l, (unsigned int)index, s->status, now, sink);
	}
	if (!keep)
		l->n_strays = 0;
}

static void keep_stray(struct launcher *l, pid_t pid, int status)
{
	if (!any_unborn(l))
		return; /* an orphan */
	if (l->n_strays == STRAYS_MAX) {
		memmove(l->strays, l->strays + 1, sizeof(l->strays) - sizeof(l->strays[0]));
		l->n_strays--;
	}
	l->strays[l->n_strays++] = (struct stray){ pid, status };
}

static void spawner_died(struct launcher *l)
{
	l->spawner.pid = 0;
	for (unsigned int i = 0; i < l->plan->n_launches; i++)
		if (is_unborn(&l->copies[i]))
			launch_not_born(l, i, EPIPE);
	if (l->journal)
		journal_note(l->journal, "the spawner process died: no copy is started again");
}

static void reaped(struct launcher *l, pid_t pid, int status, uint64_t now,
		   const struct exit_sink *sink)
{
	int index = launch_copy_of(l, pid);

	if (index >= 0)
		launch_ended(l, (unsigned int)index, status, now, sink);
	else if (pid == l->spawner.pid)
		spawner_died(l);
	else
		keep_stray(l, pid, status);
}

void launcher_reap(struct launcher *l, uint64_t now,
		   void (*on_exit)(void *ctx, unsigned int index, enum exit_kind kind), void *ctx)
{
	const struct exit_sink sink = { on_exit, ctx };
	int status;
	pid_t pid;

	launch_take_reports(l);
	while ((pid = waitpid(-1, &status, WNOHANG)) > 0) {
		if (launch_copy_of(l, pid) < 0)
			launch_take_reports(l);
		reaped(l, pid, status, now, &sink);
	}
	match_strays(l, now, &sink);
	end_unborn(l, now, &sink);
}

static void start_again(struct launcher *l, uint32_t index, uint64_t now)
{
	struct copy *c = &l->copies[index];
	int err;

	c->restarts++;
	launch_ready(l, index, now, true);
	err = spawner_ask(&l->spawner, index);
	if (!err) {
		l->restarts++;
		return;
	}
	/* The spawner is dead: there is no other life. */
	l->alive--;
	c->restarts--;
	c->state = COPY_ENDED;
}

void launcher_tick(struct launcher *l, uint64_t now)
{
	launch_take_reports(l);
	for (unsigned int i = 0; i < l->plan->n_launches; i++)
		if (l->copies[i].state == COPY_BACKOFF && now >= l->copies[i].due_us)
			start_again(l, i, now);
	launch_say_untold(l, now);
	if (now < l->next_look_us)
		return;
	l->next_look_us = now + LOOK_EVERY_US;
	launch_forget_oom_kills(l, now);
}

void launcher_oom_victim(struct launcher *l, pid_t pid)
{
	int index = pid > 0 ? launch_copy_of(l, pid) : -1;

	if (index >= 0)
		l->copies[index].oom_told = true;
}

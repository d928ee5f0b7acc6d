/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Starting the copies of a phase and sending them off together. They set up and wait at the start
 * line, on a word in shared memory: otherwise the first would have stormed for seconds before the
 * last is there, and no two runs were alike.
 */
#include "launch/internal.h"

#include <errno.h>
#include <poll.h>
#include <string.h>

#include "base/clock.h"
#include "launch/slots_map.h"

/* Odd, so that each restart draws another sequence, and the same one in the same run. */
#define SEED_STEP 0x9e3779b97f4a7c15ull

void launch_ready(struct launcher *l, unsigned int index, uint64_t now, bool restart)
{
	struct copy *c = &l->copies[index];
	const unsigned int restarts = restart ? c->restarts : 0;
	const uint64_t backoff = restart ? c->backoff_us : 0;
	const pid_t last = c->pid ? c->pid : c->last_pid;

	*c = (struct copy){ .state = COPY_ALIVE,
			    .spawned_us = now,
			    .restarts = restarts,
			    .lives = c->lives + 1,
			    .lives_again = c->lives_again + restart,
			    .backoff_us = backoff,
			    .last_pid = last };
	slots_reset(launch_slot(l, index), l->plan->launches[index].seed + restarts * SEED_STEP,
		    !restart);
	l->alive++;
}

static int ask_for_phase(struct launcher *l, unsigned int phase)
{
	const uint64_t now = now_us();

	for (uint32_t i = 0; i < l->plan->n_launches; i++) {
		int err;

		if (l->plan->launches[i].phase != phase || l->copies[i].state == COPY_ALIVE)
			continue;
		launch_ready(l, i, now, false);
		err = spawner_ask(&l->spawner, i);
		if (err) {
			l->copies[i].state = COPY_ENDED;
			l->alive--;
			return err;
		}
	}
	return 0;
}

/* The first copy of @phase that is not cloned yet (*ret_error 0) or could not be started, or -1. */
static int unstarted(const struct launcher *l, unsigned int phase, int *ret_error)
{
	int waiting = -1;

	*ret_error = 0;
	for (unsigned int i = 0; i < l->plan->n_launches; i++) {
		const struct copy *c = &l->copies[i];

		if (l->plan->launches[i].phase != phase)
			continue;
		if (c->start_error) {
			*ret_error = c->start_error;
			return (int)i;
		}
		if (c->state == COPY_ALIVE && !c->pid && waiting < 0)
			waiting = (int)i;
	}
	return waiting;
}

static int not_started(const struct launcher *l, unsigned int index, struct diag *d)
{
	const struct plan_launch *launch = &l->plan->launches[index];
	const struct copy *c = &l->copies[index];

	return diag_set(d, -c->start_error, "%s in group %s could not %s: %s", launch->name,
			l->plan->groups[launch->group].path, child_stage_doing(c->start_stage),
			strerror(c->start_error));
}

int launcher_ask_phase(struct launcher *l, unsigned int phase, struct diag *d)
{
	int err = ask_for_phase(l, phase);

	return err ? diag_set(d, err, "the spawner process does not take requests: %s",
			      strerror(-err))
		   : 0;
}

int launcher_await_phase(struct launcher *l, unsigned int phase, uint64_t for_us, struct diag *d)
{
	const uint64_t until = now_us() + for_us;
	int index, error;

	for (;;) {
		struct pollfd p = { .fd = l->report_fd[0], .events = POLLIN };
		uint64_t now = now_us();

		launch_take_reports(l);
		index = unstarted(l, phase, &error);
		if (index < 0)
			return 0;
		if (error)
			return not_started(l, (unsigned int)index, d);
		if (now >= until)
			return 1;
		poll(&p, 1, (int)((until - now) / 1000 + 1));
	}
}

int launcher_spawn_phase(struct launcher *l, unsigned int phase, struct diag *d)
{
	int err = launcher_ask_phase(l, phase, d);

	if (!err)
		err = launcher_await_phase(l, phase, LAUNCH_CLONED_WITHIN_US, d);
	return err > 0 ? launcher_not_cloned(l, phase, d) : err;
}

int launcher_not_cloned(const struct launcher *l, unsigned int phase, struct diag *d)
{
	int error, index = unstarted(l, phase, &error);

	return diag_set(d, -ETIMEDOUT, "%s was not cloned within %u s",
			index < 0 ? "a copy" : l->plan->launches[index].name,
			LAUNCH_CLONED_WITHIN_US / 1000000u);
}

/* A copy is at the line when it waits there, or will not come any more. */
static bool is_there(const struct launcher *l, unsigned int index)
{
	const struct copy *c = &l->copies[index];

	if (c->state != COPY_ALIVE)
		return true;
	if (l->plan->launches[index].is_fio)
		return c->started;
	return __atomic_load_n(&launch_slot(l, index)->state, __ATOMIC_ACQUIRE) >= SLOT_READY;
}

bool launcher_phase_ready(const struct launcher *l, unsigned int phase)
{
	for (unsigned int i = 0; i < l->plan->n_launches; i++)
		if (l->plan->launches[i].phase == phase && !is_there(l, i))
			return false;
	return true;
}

void launcher_go(struct launcher *l, unsigned int phase, uint64_t now)
{
	for (unsigned int i = 0; i < l->plan->n_launches; i++) {
		if (l->plan->launches[i].phase != phase)
			continue;
		__atomic_store_n(&launch_slot(l, i)->go, 1, __ATOMIC_RELEASE);
		slots_wake(&launch_slot(l, i)->go);
	}
}

uint64_t launcher_steps(const struct launcher *l, const char *use)
{
	uint64_t sum = 0;

	for (unsigned int i = 0; i < l->plan->n_launches; i++) {
		const char *own = l->plan->launches[i].from ? l->plan->launches[i].from->use : NULL;

		if (!use || (own && !strcmp(own, use)))
			sum += __atomic_load_n(&launch_slot(l, i)->steps, __ATOMIC_RELAXED);
	}
	return sum;
}

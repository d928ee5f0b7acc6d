/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Stuck means: in D, and not once put on a CPU, for longer than the limit. Without the second half
 * a task that waits for a slow disk a thousand times a second would look stuck to a watcher that
 * looks once a second.
 */
#include "watch/task_decide.h"

#include <stddef.h>
#include <string.h>

#include "base/cleanup.h"

/* A task that is stuck was seen so this often: what was seen twice in half a minute may be slow. */
#define LOOKS_AT_LEAST 10

/* Kernel threads that rest in D where TASK_IDLE (4.2) or a killable sleep would be meant. Both
 * names must fit. */
static const struct {
	const char *comm;  /* begins so; "" is any */
	const char *wchan; /* is exactly this; "" is any */
	const char *why;
} resting[] = {
	{ "", "kthread", "made by kthread_create() and not woken yet" },
	{ "", "kthread_parkme", "parked: its CPU is offline" },
	{ "", "kthread_parkit", "parked, up to 4.19" },
	{ "", "smpboot_thread_fn", "parked, inlined" },
	{ "", "rcu_gp_kthread", "waits for a grace period, 3.x to 4.x" },
	{ "", "rcu_nocb_kthread", "no callbacks to run, 3.x" },
	{ "hv_balloon", "", "Hyper-V balloon: rests in wait_for_completion_timeout()" },
	{ "vmw_", "", "VMware drivers" },
	{ "w1_bus_master", "", "1-Wire bus" },
	{ "mdX_", "", "MD threads of old" },
};

bool task_idles_in_d(const char *comm, const char *wchan)
{
	for (size_t i = 0; i < ARRAY_SIZE(resting); i++)
		if (!strncmp(comm, resting[i].comm, strlen(resting[i].comm)) &&
		    (!resting[i].wchan[0] || !strcmp(wchan, resting[i].wchan)))
			return true;
	return false;
}

uint64_t task_stack_hash(const char *stack)
{
	uint64_t h = 0xcbf29ce484222325u;

	if (!stack[0])
		return 0;
	for (; *stack; stack++)
		h = (h ^ (unsigned char)*stack) * 0x100000001b3u;
	return h ? h : 1;
}

bool task_needs_stat(const struct task *t, uint64_t switches)
{
	return !t->looked || switches != t->switches || t->state == 'R';
}

/* Out of D, or moved within it: whatever was held against the task is void. */
static enum task_event acquit(struct task *t, uint64_t now, uint64_t *ret_stuck_us)
{
	bool told = t->told;

	*ret_stuck_us = t->d_since_us ? now - t->d_since_us : 0;
	t->d_since_us = t->stack_hash = 0;
	t->suspected = t->told = false;
	return told ? TASK_RECOVERED : TASK_NOTHING;
}

enum task_event task_decide(struct task *t, char state, uint64_t switches, uint64_t now,
			    uint64_t stuck_for_us, uint64_t *ret_stuck_us)
{
	bool moved = t->looked && switches != t->switches;
	enum task_event event = TASK_NOTHING;

	t->looked = true;
	t->state = state;
	t->switches = switches;
	if (moved)
		t->idle = false;
	if (state != 'D' || moved)
		event = acquit(t, now, ret_stuck_us);
	if (state != 'D')
		return event;
	if (!t->d_since_us)
		t->d_since_us = now;
	if (event != TASK_NOTHING || t->idle || t->told)
		return event;
	if (now - t->d_since_us >= stuck_for_us)
		return TASK_STUCK;
	if (!t->suspected && now - t->d_since_us >= stuck_for_us / 2)
		return TASK_SUSPECT;
	return TASK_NOTHING;
}

uint64_t task_unseen_us(uint64_t gap_us, uint64_t every_us, uint64_t stuck_for_us)
{
	uint64_t speaks_for = stuck_for_us / LOOKS_AT_LEAST;

	if (speaks_for < 2 * every_us)
		speaks_for = 2 * every_us;
	return gap_us > speaks_for ? gap_us - speaks_for : 0;
}

bool task_stack_holds(struct task *t, uint64_t stack_hash, uint64_t now)
{
	if (!t->suspected || !t->stack_hash || !stack_hash || stack_hash == t->stack_hash)
		return true;
	t->d_since_us = now;
	t->stack_hash = stack_hash;
	return false;
}

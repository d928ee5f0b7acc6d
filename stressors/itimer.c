/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * itimer: timers armed, read, cancelled and firing, and the signals that come of it. Whatever the
 * timer, its expiry ends under the signal lock of the process, in an interrupt or in the tick,
 * while a system call of the same process may hold that lock to cancel it. A cancel that meets its
 * own expiry is the race that old bugs lived in.
 */
#include "stressor.h"

#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

#include "timers.h"

enum op {
	OP_ALARM,
	OP_REAL,
	OP_VIRTUAL,
	OP_PROF,
	OP_POSIX,
	OP_CREATE,
	OP_CANCEL,
	OP_RACE,
	OP_SLEEP,
	OP_SIGNAL,
};

static const char *const op_names[] = { "alarm",  "real", "virtual", "prof",   "posix", "create",
					"cancel", "race", "sleep",   "signal", NULL };
static const char *const aux_names[] = { /* in the order of enum timers_aux */
					 "arms",    "cancels", "races",    "sigalrm", "sigvtalrm",
					 "sigprof", "sigrt",   "overruns", NULL
};

static struct {
	uint64_t mix[STRESSOR_MIX_MAX], timers, threads;
	struct timers_opts set;
} opt;

static const struct param params[] = {
	{ "mix", PARAM_MIX,
	  "alarm:1,real:4,virtual:2,prof:2,posix:4,create:1,cancel:2,race:1,signal:1", 0, 0,
	  op_names,
	  "operations and their weights: alarm(1); setitimer real, virtual, prof; arm one of the "
	  "POSIX timers; delete and create one; cancel any; race: cancel one as it fires; sleep "
	  "until a signal; queue a signal to itself",
	  opt.mix },
	{ "interval", PARAM_DURATION, "1ms", 1, 3600000000ull, NULL,
	  "longest time to expiry; each is drawn from 1us to this", &opt.set.interval_us },
	{ "periodic", PARAM_BOOL, "true", 0, 0, NULL,
	  "timers go on firing at the interval that was drawn", &opt.set.periodic },
	{ "rearm", PARAM_PERCENT, "20%", 0, 100, NULL,
	  "chance that a periodic timer that has fired is set anew when its turn comes; otherwise "
	  "it is read",
	  &opt.set.rearm_percent },
	{ "timers", PARAM_COUNT, "16", 1, 10000, NULL, "POSIX timers of each thread", &opt.timers },
	{ "threads", PARAM_COUNT, "1", 1, 256, NULL,
	  "threads; the timers of setitimer are common to all", &opt.threads },
	{ NULL },
};

static unsigned int threads(void)
{
	return (unsigned int)opt.threads;
}

static int prepare(struct stressor_run *run)
{
	int err = run->thread == 0 ? timers_catch(&opt.set, run->slot) : 0;
	struct timer *timers;

	if (err)
		return err;
	timers = run->own = calloc(opt.timers, sizeof(*timers));
	if (!timers)
		return -ENOMEM;
	for (uint64_t i = 0; !err && i < opt.timers; i++)
		err = timer_make(&timers[i], run);
	/* Only some are allowed (RLIMIT_SIGPENDING, memory): those will do, the others are tried
	 * again. */
	if (err && stressor_is_pressure(-err) && timers[0].made) {
		run->pressure++;
		err = 0;
	}
	return err;
}

static struct timer *any_timer(struct stressor_run *run)
{
	struct timer *timers = run->own;

	return &timers[stressor_below(run, opt.timers)];
}

static int do_alarm(struct stressor_run *run)
{
	timers_alarm(run);
	return 0;
}

static int do_real(struct stressor_run *run)
{
	return timers_set_itimer(run, ITIMER_REAL);
}

static int do_virtual(struct stressor_run *run)
{
	return timers_set_itimer(run, ITIMER_VIRTUAL);
}

static int do_prof(struct stressor_run *run)
{
	return timers_set_itimer(run, ITIMER_PROF);
}

static int do_posix(struct stressor_run *run)
{
	return timer_set(any_timer(run), run);
}

static int do_create(struct stressor_run *run)
{
	return timer_make(any_timer(run), run);
}

static int do_cancel(struct stressor_run *run)
{
	static const __itimer_which_t itimers[] = { ITIMER_REAL, ITIMER_VIRTUAL, ITIMER_PROF };
	uint64_t which = stressor_below(run, 4);

	if (which < 3)
		return timers_cancel_itimer(run, itimers[which]);
	return timer_cancel(any_timer(run), run);
}

static int do_race(struct stressor_run *run)
{
	return timer_race(any_timer(run), run);
}

static int do_sleep(struct stressor_run *run)
{
	uint64_t us = opt.set.interval_us;
	struct timespec t = { (time_t)(us / 1000000), (long)(us % 1000000) * 1000 };

	nanosleep(&t, NULL); /* EINTR is what it is for */
	return 0;
}

static int do_signal(struct stressor_run *run)
{
	const union sigval none = { 0 };

	return sigqueue(getpid(), SIGRTMIN, none) < 0 ? -errno : 0;
}

static int (*const ops[])(struct stressor_run *) = {
	[OP_ALARM] = do_alarm,   [OP_REAL] = do_real,   [OP_VIRTUAL] = do_virtual,
	[OP_PROF] = do_prof,     [OP_POSIX] = do_posix, [OP_CREATE] = do_create,
	[OP_CANCEL] = do_cancel, [OP_RACE] = do_race,   [OP_SLEEP] = do_sleep,
	[OP_SIGNAL] = do_signal,
};

static int work(struct stressor_run *run)
{
	unsigned int op = stressor_pick(run, opt.mix);

	timers_step();
	run->doing = op_names[op];
	return ops[op](run);
}

static void finish(struct stressor_run *run)
{
	struct timer *timers = run->own;

	timers_ignore(); /* before the memory goes that signals point to */
	for (uint64_t i = 0; timers && i < opt.timers; i++)
		timer_unmake(&timers[i]);
	free(timers);
	run->own = NULL;
}

static const struct stressor itimer = {
	.name = "itimer",
	.about = "Arms, reads and cancels timers of all kinds and takes their signals.",
	.step = "one operation of the mix: one or two system calls on one timer",
	.params = params,
	.aux = aux_names,
	.threads = threads,
	.prepare = prepare,
	.work = work,
	.finish = finish,
};

STRESSOR_MAIN(itimer)

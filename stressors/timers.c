/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * ITIMER_REAL and POSIX timers on wall clocks fire in the timer interrupt; ITIMER_VIRTUAL,
 * ITIMER_PROF and CPU clocks are looked at in the tick only, so whoever arms them anew all the time
 * never sees them fire. That is why a timer is armed again only after it has fired: until then it
 * is read or, by the operations that are there for it, cancelled.
 */
#include "timers.h"

#include <errno.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/clock.h"

/*
 * A timer that fires faster than its handler runs leaves no time for anything else, not even for
 * the stop flag. So the timer behind every eighth signal without a step between is switched off,
 * until a step arms it again. (A virtual machine needs 20 to 30 us for the interrupt alone: eight
 * are a step of at most 0.2 ms.)
 */
#define SIGNALS_PER_STEP 8

/*
 * A raced timer fires 1 to 6 us after it is armed, about what arming, the interrupt and cancelling
 * take, and is cancelled up to twice as long after: some before, some behind, some in the middle of
 * it.
 */
#define RACE_MAX_US 6u

static const clockid_t clocks[] = {
	CLOCK_REALTIME,
	CLOCK_MONOTONIC,
	CLOCK_BOOTTIME,
	CLOCK_PROCESS_CPUTIME_ID,
};

static const struct {
	int number;
	enum timers_aux counts_as;
} itimer_signals[] = {
	[ITIMER_REAL] = { SIGALRM, TIMERS_SIGALRM },
	[ITIMER_VIRTUAL] = { SIGVTALRM, TIMERS_SIGVTALRM },
	[ITIMER_PROF] = { SIGPROF, TIMERS_SIGPROF },
};

/* These belong to the process: all threads share them. */
static volatile sig_atomic_t itimer_states[3];
static volatile sig_atomic_t signals_since_step;
static const struct timers_opts *opts;
static struct slot *counters;

void timers_step(void)
{
	signals_since_step = 0;
}

static void count_signal(enum timers_aux which, uint64_t n)
{
	__atomic_fetch_add(&counters->aux[which], n, __ATOMIC_RELAXED);
}

/* What it is in after it has fired. */
static sig_atomic_t state_after(sig_atomic_t state, bool switched_off)
{
	return state != TIMER_OFF && opts->periodic && !switched_off ? TIMER_FIRED : TIMER_OFF;
}

static void itimer_fired(int which, bool switch_off)
{
	const struct itimerval off = { 0 };

	count_signal(itimer_signals[which].counts_as, 1);
	itimer_states[which] = state_after(itimer_states[which], switch_off);
	if (switch_off)
		setitimer((__itimer_which_t)which, &off, NULL);
}

static void timer_fired(struct timer *t, const siginfo_t *info, bool switch_off)
{
	const struct itimerspec off = { 0 };

	if (info->si_overrun > 0)
		count_signal(TIMERS_OVERRUNS, (uint64_t)info->si_overrun);
	t->state = state_after(t->state, switch_off);
	if (switch_off && t->made)
		timer_settime(t->id, 0, &off, NULL);
}

static void on_signal(int number, siginfo_t *info, void *context)
{
	bool switch_off = ++signals_since_step % SIGNALS_PER_STEP == 0;

	for (int i = ITIMER_REAL; i <= ITIMER_PROF; i++)
		if (itimer_signals[i].number == number)
			itimer_fired(i, switch_off);
	if (number != SIGRTMIN)
		return;
	count_signal(TIMERS_SIGRT, 1);
	if (info->si_code == SI_TIMER)
		timer_fired(info->si_value.sival_ptr, info, switch_off);
}

static int for_each_signal(const struct sigaction *action)
{
	const int numbers[] = { SIGALRM, SIGVTALRM, SIGPROF, SIGRTMIN };

	for (size_t i = 0; i < ARRAY_SIZE(numbers); i++)
		if (sigaction(numbers[i], action, NULL) < 0)
			return -errno;
	return 0;
}

int timers_catch(const struct timers_opts *o, struct slot *slot)
{
	struct sigaction action = { .sa_sigaction = on_signal,
				    .sa_flags = SA_SIGINFO | SA_RESTART };

	opts = o;
	counters = slot;
	return for_each_signal(&action);
}

void timers_ignore(void)
{
	struct sigaction action = { .sa_handler = SIG_IGN };

	for_each_signal(&action);
}

/* What is drawn for a timer whose turn it is, whether it is used or not: what has fired must not
 * change later choices. */
struct draw {
	uint64_t us;
	bool rearm;
};

static struct draw draw(struct stressor_run *run)
{
	struct draw d = { .us = 1 + stressor_below(run, opts->interval_us) };

	d.rearm = stressor_below(run, 100) < opts->rearm_percent;
	return d;
}

/* Is a timer in @state to be left as it is, and only read? */
static bool keep(const struct draw *d, sig_atomic_t state)
{
	return state == TIMER_ARMED || (state == TIMER_FIRED && !d->rearm);
}

int timers_set_itimer(struct stressor_run *run, __itimer_which_t which)
{
	struct draw d = draw(run);
	struct itimerval v = { 0 };

	if (keep(&d, itimer_states[which]))
		return getitimer(which, &v) < 0 ? -errno : 0;
	v.it_value = (struct timeval){ (time_t)(d.us / 1000000), (suseconds_t)(d.us % 1000000) };
	if (opts->periodic)
		v.it_interval = v.it_value;
	run->aux[TIMERS_ARMS]++;
	itimer_states[which] = TIMER_ARMED;
	return setitimer(which, &v, NULL) < 0 ? -errno : 0;
}

int timers_cancel_itimer(struct stressor_run *run, __itimer_which_t which)
{
	const struct itimerval off = { 0 };

	run->aux[TIMERS_CANCELS]++;
	itimer_states[which] = TIMER_OFF;
	return setitimer(which, &off, NULL) < 0 ? -errno : 0;
}

void timers_alarm(struct stressor_run *run)
{
	run->aux[TIMERS_ARMS]++;
	itimer_states[ITIMER_REAL] = TIMER_OFF; /* the next set arms it in microseconds again */
	alarm(1);
}

int timer_make(struct timer *t, struct stressor_run *run)
{
	struct sigevent event = { .sigev_notify = SIGEV_SIGNAL,
				  .sigev_signo = SIGRTMIN,
				  .sigev_value.sival_ptr = t };
	int err = timer_unmake(t);

	if (err)
		return err;
	if (timer_create(clocks[stressor_below(run, ARRAY_SIZE(clocks))], &event, &t->id) < 0)
		return -errno;
	t->made = true;
	return 0;
}

int timer_unmake(struct timer *t)
{
	t->state = TIMER_OFF;
	if (t->made && timer_delete(t->id) < 0)
		return -errno;
	t->made = false;
	return 0;
}

static int arm(struct timer *t, struct stressor_run *run, uint64_t us)
{
	struct itimerspec v = { 0 };

	v.it_value = (struct timespec){ (time_t)(us / 1000000), (long)(us % 1000000) * 1000 };
	if (opts->periodic)
		v.it_interval = v.it_value;
	run->aux[TIMERS_ARMS]++;
	t->state = TIMER_ARMED;
	return timer_settime(t->id, 0, &v, NULL) < 0 ? -errno : 0;
}

int timer_set(struct timer *t, struct stressor_run *run)
{
	struct draw d = draw(run);
	struct itimerspec v;

	if (!t->made)
		return timer_make(t, run);
	if (keep(&d, t->state))
		return timer_gettime(t->id, &v) < 0 ? -errno : 0;
	return arm(t, run, d.us);
}

int timer_cancel(struct timer *t, struct stressor_run *run)
{
	const struct itimerspec off = { 0 };

	if (!t->made)
		return timer_make(t, run);
	run->aux[TIMERS_CANCELS]++;
	t->state = TIMER_OFF;
	return timer_settime(t->id, 0, &off, NULL) < 0 ? -errno : 0;
}

int timer_race(struct timer *t, struct stressor_run *run)
{
	uint64_t fires_us = 1 + stressor_below(run, RACE_MAX_US);
	uint64_t until = now_us() + stressor_below(run, 2 * fires_us + 1);
	int err = t->made ? 0 : timer_make(t, run);

	if (!err)
		err = arm(t, run, fires_us);
	if (err)
		return err;
	while (now_us() < until)
		;
	run->aux[TIMERS_RACES]++;
	return timer_cancel(t, run);
}

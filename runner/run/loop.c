/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A tick every 100 ms drives everything that is due by time; signals, log records and OOM events
 * come as they happen. Between 'armed' and the end of the storm nothing here allocates or opens:
 * what a step needs was made ready in session_open().
 */
#include "run/loop.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/signalfd.h>
#include <sys/timerfd.h>

#include "base/cleanup.h"
#include "base/clock.h"
#include "run/marks.h"
#include "run/observer.h"
#include "run/pause.h"
#include "run/pulse.h"

#define TICK_US 100000u /* a tenth of the 1 s within which a stall must be noticed */
#define SYNC_WAIT_US                                                                               \
	2000000u /* a finding goes to disk before evidence is taken, if the disk still answers */

enum { TAG_SIGNAL, TAG_TIMER, TAG_REPORT, TAG_WATCHERS };

struct loop {
	struct session *s;
	int epoll_fd, signal_fd, timer_fd;
	unsigned int interrupts;
	struct pulse pulse;
	uint64_t stop_at_us; /* a match has been seen: stop when the log has settled */
	uint64_t decisive_seq;
	bool responded;
	struct marks marks;
	bool gap; /* the loop stood while the host was asked */
	char stop_why[256];
};

static void wanted_signals(sigset_t *set)
{
	sigemptyset(set);
	sigaddset(set, SIGINT);
	sigaddset(set, SIGTERM);
	sigaddset(set, SIGHUP);
	sigaddset(set, SIGCHLD);
}

void loop_block_signals(void)
{
	sigset_t set;

	wanted_signals(&set);
	sigprocmask(SIG_BLOCK, &set, NULL);
	signal(SIGPIPE, SIG_IGN);
	signal(SIGXFSZ, SIG_IGN); /* a file size limit is an error of write(), not our death */
}

void loop_unblock_signals(void)
{
	const struct timespec none = { 0 };
	sigset_t set;

	wanted_signals(&set);
	while (sigtimedwait(&set, NULL, &none) > 0)
		;
	sigprocmask(SIG_UNBLOCK, &set, NULL);
}

static int add(struct loop *l, int fd, uint32_t tag)
{
	struct epoll_event ev = { .events = EPOLLIN, .data.u32 = tag };

	return epoll_ctl(l->epoll_fd, EPOLL_CTL_ADD, fd, &ev) < 0 ? -errno : 0;
}

static int loop_open(struct loop *l)
{
	const struct itimerspec every = { { 0, TICK_US * 1000u }, { 0, TICK_US * 1000u } };
	sigset_t set;
	int err;

	wanted_signals(&set);
	l->epoll_fd = epoll_create1(EPOLL_CLOEXEC);
	l->signal_fd = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
	l->timer_fd = timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC | TFD_NONBLOCK);
	if (l->epoll_fd < 0 || l->signal_fd < 0 || l->timer_fd < 0 ||
	    timerfd_settime(l->timer_fd, 0, &every, NULL) < 0)
		return -errno;
	err = add(l, l->signal_fd, TAG_SIGNAL);
	if (!err)
		err = add(l, l->timer_fd, TAG_TIMER);
	if (!err)
		err = add(l, l->s->launcher->report_fd[0], TAG_REPORT);
	return err ? err : watchers_poll(&l->s->watchers, l->epoll_fd, TAG_WATCHERS);
}

static void loop_close(struct loop *l)
{
	close_fd(l->epoll_fd);
	close_fd(l->signal_fd);
	close_fd(l->timer_fd);
}

/* The conductor says: every copy of the first phase waits at the start line. */
static void arm(void *ctx)
{
	struct loop *l = ctx;
	struct session *s = l->s;
	struct jline *line;

	observer_protect(s->journal);
	watchers_tick(&s->watchers, now_us(), true);
	line = journal_begin(s->journal, "armed");
	jline_uint(line, "watchers", s->watchers.count);
	jline_uint(line, "tasks", s->launcher->alive);
	journal_commit(s->journal);
	observer_armed = 1;
}

static void told(void *ctx, const struct finding *f, uint64_t seq)
{
	struct loop *l = ctx;

	l->decisive_seq = seq;
	if (f->kind == FINDING_OOM_KILL && f->pid)
		launcher_oom_victim(l->s->launcher, f->pid);
	panel_finding(&l->s->panel, f);
	marks_finding(l->s, f);
}

static void on_exit_of_copy(void *ctx, unsigned int index, enum exit_kind kind)
{
	struct loop *l = ctx;
	struct session *s = l->s;

	works_exit(&s->works, index, kind);
	watch_exit(s->watchers.list, s->watchers.count, index, kind);
	if (kind != EXIT_SKIPPED)
		return;
	s->judge.tally.skipped = true;
	if (!s->why[0]) {
		s->skipped = &s->plan->launches[index];
		snprintf(s->why, sizeof(s->why), "%s cannot run here; see %s/%s", s->skipped->name,
			 s->rundir.path, s->skipped->out);
	}
	conductor_stop(&s->conductor, now_us(), false, s->why);
}

static void take_signals(struct loop *l, uint64_t now)
{
	struct signalfd_siginfo info;

	while (read(l->signal_fd, &info, sizeof(info)) == (ssize_t)sizeof(info)) {
		if (info.ssi_signo == SIGCHLD)
			continue;
		if (l->interrupts++)
			l->s->conductor.hard = true;
		else
			panel_say(&l->s->panel, "stopping; once more to stop hard");
		responder_give_up(l->s->responder);
		conductor_stop(&l->s->conductor, now, true, "stopped by a signal");
	}
	launcher_reap(l->s->launcher, now, on_exit_of_copy, l);
}

/* A fault is on record: take evidence once, and stop when the scenario says so. */
static void respond(struct loop *l, uint64_t now)
{
	struct session *s = l->s;
	const struct judge *j = &s->judge;
	bool stop =
		j->tally.broken || (j->tally.expected && s->scenario->on_match.then == AFTER_STOP);

	if (!l->responded && (j->tally.expected || j->tally.other)) {
		l->responded = true;
		plants_tick(&s->plants, now, true);
		journal_wait(s->journal, l->decisive_seq, SYNC_WAIT_US);
		responder_fire(s->responder, &j->decisive);
	}
	if (stop && !l->stop_at_us) {
		l->stop_at_us = now + s->scenario->on_match.settle_us;
		snprintf(l->stop_why, sizeof(l->stop_why), "%s",
			 j->tally.expected ? "the scenario's signature was found"
					   : "a stressor or the harness failed");
	}
	if (l->stop_at_us && now >= l->stop_at_us && !responder_holds(s->responder))
		conductor_stop(&s->conductor, now, !j->tally.expected && !j->tally.broken,
			       l->stop_why);
}

static void check_record(struct loop *l, uint64_t now)
{
	struct session *s = l->s;
	int err = journal_error(s->journal);
	struct finding f;

	if (err >= 0 || s->judge.tally.record_lost)
		return;
	s->judge.tally.record_lost = true;
	finding_init(&f, FINDING_RECORD_LOST, "journal", now);
	snprintf(f.text, sizeof(f.text),
		 "%s/journal.jsonl cannot be written: %s; make room, or choose another --out",
		 s->rundir.path, strerror(-err));
	judge_take(&s->judge, &f);
	conductor_stop(&s->conductor, now, true, f.text);
}

static int tick(struct loop *l, uint64_t now, struct diag *d)
{
	struct session *s = l->s;
	uint64_t expirations;
	ssize_t n = read(l->timer_fd, &expirations, sizeof(expirations));
	int err;

	(void)n; /* an early wake-up reads nothing: a tick more does no harm */
	launcher_reap(s->launcher, now, on_exit_of_copy, l);
	watchers_tick(&s->watchers, now, false);
	err = responder_holds(s->responder) ? 0 : conductor_tick(&s->conductor, now, d);
	marks_phase(&l->marks, s, now);
	check_record(l, now);
	plants_tick(&s->plants, now, false);
	respond(l, now);
	responder_poll(s->responder);
	tracer_poll(s->tracer);
	deltas_poll(s->deltas);
	observer_tell(s->journal);
	pulse_beat(&l->pulse, s, now);
	return err;
}

static int dispatch(struct loop *l, const struct epoll_event *ev, struct diag *d)
{
	uint64_t now = now_us();

	switch (ev->data.u32) {
	case TAG_SIGNAL:
		take_signals(l, now);
		return 0;
	case TAG_TIMER:
		return tick(l, now, d);
	case TAG_REPORT:
		launcher_reap(l->s->launcher, now, on_exit_of_copy, l);
		return 0;
	default:
		watchers_ready(&l->s->watchers, ev->data.u32 - TAG_WATCHERS, now);
		return 0;
	}
}

static int turn(struct loop *l, struct diag *d)
{
	struct epoll_event events[32];
	uint64_t began = now_us();
	int n = epoll_wait(l->epoll_fd, events, ARRAY_SIZE(events), -1);
	int err = 0;

	pause_mind(l->s, &l->gap, now_us() - began);
	if (n < 0)
		return errno == EINTR ? 0 : diag_set(d, -errno, "epoll_wait: %s", strerror(errno));
	journal_tick(l->s->journal);
	for (int i = 0; i < n && !err; i++)
		err = dispatch(l, &events[i], d);
	return err;
}

int loop_run(struct session *s, struct diag *d)
{
	struct loop l = { .s = s, .epoll_fd = -1, .signal_fd = -1, .timer_fd = -1 };
	int err = loop_open(&l);

	if (err < 0)
		diag_set(d, err, "cannot set up the event loop: %s", strerror(-err));
	s->conductor.lined_up = arm;
	s->conductor.ctx = &l;
	s->judge.told = told;
	s->judge.ctx = &l;
	pulse_start(&l.pulse, now_us());
	while (!err && (s->conductor.stage != STAGE_OVER || responder_holds(s->responder)))
		err = turn(&l, d);
	observer_armed = 0;
	heart_turn(s->heart, NULL);
	watchers_tick(&s->watchers, now_us(), true); /* what the last moment brought */
	respond(&l, now_us());
	while (!err && responder_holds(s->responder))
		err = turn(&l, d);
	observer_release();
	panel_clear(&s->panel);
	s->judge.told = NULL;
	loop_close(&l);
	return err;
}

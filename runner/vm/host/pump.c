/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * One poll() over the guest's two ports, QEMU's monitor and the user's signals. Who waits for
 * something in particular (a capture, an answer) pumps until it is there, so that nothing else is
 * missed meanwhile.
 */
#include "vm/host/pump.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "base/clock.h"
#include "vm/host/stage.h"

#define TURN_US 100000

static void take_line(void *ctx, const char *text, size_t size)
{
	struct outside *o = ctx;
	char say[256];
	enum story_step step = story_line(&o->story, text, size, say, sizeof(say));

	switch (step) {
	case STORY_BEGAN:
		stage_run_begins(o, say);
		break;
	case STORY_FINDING:
		if (!o->symptom_us)
			o->symptom_us = now_us();
		panel_say(&o->panel, "%7.1f s  %s", o->story.t, say);
		break;
	case STORY_PHASE:
		panel_say(&o->panel, "%7.1f s  %s", o->story.t, say);
		break;
	case STORY_QUIET:
	case STORY_ASKED:
	case STORY_ENDED:
	default:
		break;
	}
}

int pump_open(struct outside *o)
{
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGINT);
	sigaddset(&set, SIGTERM);
	sigaddset(&set, SIGHUP);
	sigprocmask(SIG_BLOCK, &set, NULL);
	signal(SIGPIPE, SIG_IGN);
	o->receiver.line = take_line;
	o->receiver.ctx = o;
	o->signal_fd = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
	return o->signal_fd < 0 ? -errno : 0;
}

void pump_close(struct outside *o)
{
	o->signal_fd = close_fd(o->signal_fd);
}

static void take_signals(struct outside *o)
{
	struct signalfd_siginfo info;

	while (read(o->signal_fd, &info, sizeof(info)) == (ssize_t)sizeof(info))
		o->interrupts++;
}

static void take_port(struct outside *o, enum receive_port port, int *fd)
{
	int r = *fd < 0 ? 0 : receiver_read(&o->receiver, port, *fd, now_us());

	if (r == 0 || (r < 0 && r != -EAGAIN))
		*fd = close_fd(*fd); /* QEMU is going; its end tells why */
}

/* With QEMU's own time: some events come to us only after a long command. */
static void note_event(struct outside *o, const char *name, const json_t *stamp)
{
	json_int_t seconds = json_integer_value(json_object_get(stamp, "seconds"));
	json_int_t us = json_integer_value(json_object_get(stamp, "microseconds"));
	struct jline *line = journal_begin(o->journal, "note");
	char text[96];

	snprintf(text, sizeof(text), "QEMU: %s", name);
	jline_str(line, "text", text);
	if (seconds > 0 && us >= 0)
		jline_int(line, "qemu_us", (int64_t)seconds * 1000000 + us);
	journal_commit(o->journal);
}

static void take_event(struct outside *o, const json_t *event)
{
	const char *name = json_string_value(json_object_get(event, "event"));

	if (!name)
		return;
	if (!strcmp(name, "GUEST_PANICKED") || !strcmp(name, "GUEST_CRASHLOADED"))
		o->panicked = true;
	if (!strcmp(name, "WATCHDOG"))
		o->fired_watchdog = true;
	note_event(o, name, json_object_get(event, "timestamp"));
}

static void take_events(struct outside *o)
{
	json_t *event;

	while (o->qmp && qmp_event(o->qmp, &event) == 1) {
		take_event(o, event);
		json_decref(event);
	}
}

static short ready(const struct pollfd *p)
{
	return (short)(p->revents & (POLLIN | POLLHUP | POLLERR));
}

int pump(struct outside *o, uint64_t timeout_us)
{
	struct pollfd p[] = {
		{ .fd = o->machine.journal_fd, .events = POLLIN },
		{ .fd = o->machine.files_fd, .events = POLLIN },
		{ .fd = o->qmp ? o->machine.qmp_fd : -1, .events = POLLIN },
		{ .fd = o->signal_fd, .events = POLLIN },
	};
	int n = poll(p, ARRAY_SIZE(p), (int)(timeout_us / 1000));

	if (n < 0 && errno != EINTR)
		return -errno;
	if (n > 0 && ready(&p[0]))
		take_port(o, RECEIVE_JOURNAL, &o->machine.journal_fd);
	if (n > 0 && ready(&p[1]))
		take_port(o, RECEIVE_FILES, &o->machine.files_fd);
	if (n > 0 && ready(&p[2]))
		take_events(o);
	if (n > 0 && ready(&p[3]))
		take_signals(o);
	stage_follow(o);
	if (o->machine.journal_fd < 0 && o->machine.files_fd < 0 && n > 0 &&
	    !machine_ended(&o->machine))
		poll(NULL, 0, 10); /* both ports are closed: QEMU needs a moment to end */
	if (machine_ended(&o->machine))
		stage_ended(o);
	return 0;
}

bool pump_until(struct outside *o, bool (*done)(const struct outside *o), uint64_t timeout_us)
{
	uint64_t until = now_us() + timeout_us;

	while (!done(o)) {
		if (now_us() >= until || o->interrupts || pump(o, TURN_US) < 0)
			return false;
		if (o->stage == VM_STAGE_ENDED)
			return done(o);
	}
	return true;
}

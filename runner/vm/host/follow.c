/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A guest can end in five ways: it finishes and powers off; it asks for a dump and goes on; it
 * panics; it falls silent; QEMU goes away. For each there is one function here, and a limit in
 * time.
 */
#include "vm/host/follow.h"

#include <errno.h>
#include <string.h>

#include "base/clock.h"
#include "vm/dump/dump.h"
#include "vm/host/answer.h"
#include "vm/host/pump.h"
#include "vm/host/stage.h"

#define TURN_US 100000
/* Evidence is on its way while the trigger asks: the courier looks ten times a second. */
#define QUIET_US 300000
#define QUIET_MAX_US 5000000
/* What is in a port of QEMU comes at once; the two ports come in no order. */
#define LAST_WORDS_US 200000
/* How long a guest that was told to stop may take for its last words. */
#define STOP_US 15000000
/* A turn takes 0.1 s and what came in is synced in milliseconds: past this the host stood still. */
#define DEAF_US 1000000

static void found(struct outside *o, enum finding_kind kind, const char *watcher, uint64_t began,
		  const char *text)
{
	struct finding f;

	finding_init(&f, kind, watcher, now_us());
	f.began_us = began;
	snprintf(f.release, sizeof(f.release), "%.63s", o->receiver.release);
	snprintf(f.text, sizeof(f.text), "%s", text);
	snprintf(f.signature, sizeof(f.signature), "%s", finding_kind_name(kind));
	if (!o->symptom_us)
		o->symptom_us = f.noticed_us;
	judge_take(&o->judge, &f);
	panel_finding(&o->panel, &f);
}

static bool files_quiet(const struct outside *o)
{
	return now_us() - o->receiver.files_heard_us > QUIET_US;
}

/* The guest's trigger waits: its evidence and journal are safe here when the dump begins. */
static bool asked(struct outside *o)
{
	bool lives = true;

	pump_until(o, files_quiet, QUIET_MAX_US);
	if (o->dump_on_match && !o->dumped)
		lives = ladder_climb(o, true);
	o->story.asked = false;
	if (!lives)
		return false;
	o->receiver.heard_us = o->receiver.ticked_us = now_us(); /* it stood still meanwhile */
	answer(o, RECEIVE_JOURNAL, "resume");
	return true;
}

/* The console has the words; the vmcore will have them too. */
static void panicked(struct outside *o)
{
	found(o, FINDING_PANIC, "pvpanic", 0,
	      "the guest's kernel panicked (told by its pvpanic device)");
	if (!o->dumped)
		ladder_climb(o, false);
}

static void crashed(struct outside *o)
{
	struct diag d = { 0 };
	uint64_t began = now_us();

	found(o, FINDING_PANIC, o->fired_watchdog ? "watchdog" : "outside", 0,
	      o->fired_watchdog ? "nobody fed the watchdog: its NMI led to a panic"
				: "the guest crashed: its crash kernel came up by itself");
	ladder_captured(o, began, capture_take(o, "crash", &d), &d);
}

static void silent(struct outside *o, enum heart_state state, uint64_t now)
{
	uint64_t since = state == HEART_STUCK ? o->receiver.ticked_us : o->receiver.heard_us;
	char text[256];

	snprintf(
		text, sizeof(text), "%s for %.1f s%s%s",
		state == HEART_STUCK ? "the runner's loop has stood still" : "the guest was silent",
		(double)(now - since) / 1e6, o->story.phase[0] ? " in phase " : "", o->story.phase);
	o->fell_silent = true;
	found(o, FINDING_SILENCE, "outside", since, text);
	if (!o->dumped)
		ladder_climb(o, false);
}

/* Nothing is armed in there yet, and the console may have no word: QEMU's dump needs neither. */
static bool not_up(struct outside *o, uint64_t now)
{
	if (!o->panicked && now - o->started_us < o->limits.boot_us)
		return false;
	if (o->panicked) {
		found(o, FINDING_PANIC, "pvpanic", 0,
		      "the guest's kernel panicked while it booted");
	} else {
		snprintf(o->why, sizeof(o->why),
			 "the guest did not come up within %.0f s; console.log in the run "
			 "directory has its last words",
			 (double)o->limits.boot_us / 1e6);
		found(o, FINDING_SILENCE, "outside", o->started_us, o->why);
	}
	ladder_climb(o, false);
	return true;
}

/*
 * Its last file is here, and its verdict: what is left is a sync and a power-off, some 0.2 s, and
 * no end of it where a file system hangs. Nothing of the guest is kept, so it need not come to
 * that.
 */
static bool ending(struct outside *o, uint64_t now)
{
	uint64_t waited;

	if (!o->ending_us)
		o->ending_us = now;
	waited = now - o->ending_us;
	if (!o->receiver.ended[RECEIVE_FILES] || !o->story.ended || waited < LAST_WORDS_US)
		return waited > outside_scaled(o, o->limits.end_us);
	stage_complete(o);
	return true;
}

/* True: the guest is done with, one way or the other. */
static bool running(struct outside *o, uint64_t now)
{
	enum heart_state heart;

	ladder_check(o);
	if (o->story.asked && !asked(o))
		return true;
	if (o->receiver.ended[RECEIVE_FILES] || o->story.ended)
		return ending(o, now);
	if (o->panicked && !o->kdump_loaded) {
		panicked(o);
		return true;
	}
	heart = heart_judge(&o->receiver, now, outside_scaled(o, o->limits.silent_us),
			    outside_scaled(o, o->limits.stuck_us));
	if (heart == HEART_BEATS)
		return false;
	silent(o, heart, now);
	return true;
}

static bool has_ended(const struct outside *o)
{
	return o->stage == VM_STAGE_ENDED;
}

/* Once: the guest's own runner stops and gives its verdict; twice, or no answer: QEMU goes. */
static void stop(struct outside *o)
{
	o->stopped = true;
	panel_say(&o->panel, "stopping the guest; once more to end it at once");
	if (o->stage != VM_STAGE_RUN || answer(o, RECEIVE_FILES, "stop") < 0)
		return;
	o->interrupts = 0;
	pump_until(o, has_ended, outside_scaled(o, STOP_US));
}

static bool turn(struct outside *o, uint64_t now)
{
	if (o->interrupts) {
		stop(o);
		return true;
	}
	switch (o->stage) {
	case VM_STAGE_BOOT:
		return not_up(o, now);
	case VM_STAGE_RUN:
		return running(o, now);
	case VM_STAGE_CAPTURE:
		crashed(o);
		return true;
	case VM_STAGE_ENDED:
	default:
		return true;
	}
}

/* One turn of the pump. Beats that wait in the socket while we write to a slow disk are no silence.
 */
static int listen(struct outside *o)
{
	uint64_t from = now_us(), took;
	int err = pump(o, TURN_US);

	took = now_us() - from;
	if (took < DEAF_US)
		return err;
	heart_excuse(&o->receiver, took, from + took);
	journal_note(o->journal, "this host stood still for %.1f s, and heard nothing meanwhile",
		     (double)took / 1e6);
	return err;
}

int outside_follow(struct outside *o)
{
	int err = 0;

	while (!err && !turn(o, now_us()))
		err = listen(o);
	return err;
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The first HELLO tells how fast this guest is; every later limit is measured with it. */
#include "vm/host/stage.h"

#include <string.h>

#include "base/clock.h"
#include "vm/qemu/accel.h"

static void enter(struct outside *o, enum vm_stage stage, const char *name, const char *detail)
{
	struct jline *line = journal_begin(o->journal, "stage");

	o->stage = stage;
	jline_str(line, "name", name);
	jline_str(line, "detail", detail);
	journal_commit(o->journal);
}

void stage_run_begins(struct outside *o, const char *say)
{
	o->judge.expect = &o->scenario->expect;
	journal_begin(o->journal, "run-begin");
	journal_commit(o->journal);
	panel_say(&o->panel, "%s", say);
}

static void up(struct outside *o)
{
	uint64_t boot_us = now_us() - o->started_us;
	char detail[256];

	o->pace = pace_factor(boot_us);
	snprintf(detail, sizeof(detail), "%s up after %.1f s, pace %.2f", o->receiver.release,
		 (double)boot_us / 1e6, o->pace);
	enter(o, VM_STAGE_RUN, "hello", detail);
	panel_say(&o->panel, "%s", detail);
}

void stage_follow(struct outside *o)
{
	const struct receiver *r = &o->receiver;

	if (o->stage == VM_STAGE_BOOT && r->hello[RECEIVE_FILES])
		up(o);
	if (o->stage == VM_STAGE_RUN && !strcmp(r->kind, "capture")) {
		o->captured_us = now_us();
		enter(o, VM_STAGE_CAPTURE, "capture", "the crash kernel is up");
		panel_say(&o->panel, "the crash kernel is up");
	}
}

void stage_ended(struct outside *o)
{
	char how[64], detail[96];

	if (o->stage == VM_STAGE_ENDED)
		return;
	snprintf(detail, sizeof(detail), "QEMU %s",
		 machine_how_ended(&o->machine, how, sizeof(how)));
	enter(o, VM_STAGE_ENDED, "ended", detail);
}

void stage_complete(struct outside *o)
{
	enter(o, VM_STAGE_ENDED, "ended", "the guest's record is complete, QEMU is ended");
}

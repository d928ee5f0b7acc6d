/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The three ways into the guest's own crash kernel: asked for politely (sysrq c by its trigger), by
 * an NMI that its kernel takes for a reason to panic, and by a watchdog that nobody feeds any more.
 */
#include <errno.h>
#include <string.h>

#include "vm/dump/dump.h"
#include "vm/host/answer.h"
#include "vm/host/pump.h"

/* ib700 counts 6 s from the last feed; the NMI comes at once. */
#define WATCHDOG_US 30000000

static int fire_sysrq_c(struct outside *o, struct diag *d)
{
	int err = answer(o, RECEIVE_JOURNAL, "sysrq-c");

	return err < 0 ? diag_set(d, err, "the guest cannot be told to crash: %s", strerror(-err))
		       : capture_take(o, "sysrq c", d);
}

static int fire_nmi(struct outside *o, struct diag *d)
{
	char why[256] = "";
	int err = qmp_call(o->qmp, "inject-nmi", NULL, outside_scaled(o, 10000000), NULL, why,
			   sizeof(why));

	return err < 0 ? diag_set(d, err, "QMP inject-nmi: %s", why[0] ? why : strerror(-err))
		       : capture_take(o, "NMI", d);
}

static bool watchdog_told(const struct outside *o)
{
	return o->fired_watchdog || o->stage == VM_STAGE_CAPTURE;
}

static int fire_watchdog(struct outside *o, struct diag *d)
{
	/* one that lives must stop feeding; one that hangs has stopped already */
	answer(o, RECEIVE_FILES, "starve");
	if (!pump_until(o, watchdog_told, outside_scaled(o, WATCHDOG_US)))
		return diag_set(d, -ETIMEDOUT, "the watchdog did not fire: somebody feeds it");
	return capture_take(o, "watchdog", d);
}

const struct dump_rung rung_sysrq_c = { "sysrq-c", true, true, true, fire_sysrq_c };
const struct dump_rung rung_nmi = { "nmi", true, false, true, fire_nmi };
const struct dump_rung rung_watchdog = { "watchdog", true, false, true, fire_watchdog };

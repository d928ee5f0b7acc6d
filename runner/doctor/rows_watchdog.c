/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Hardware watchdogs are friend and foe. One that fires its pretimeout while hangar does not feed
 * it panics a machine that cannot do so itself; one that somebody started and nobody feeds after
 * the panic resets the machine in the middle of its dump.
 */
#include "doctor/rows.h"

#include <string.h>

/* A timer of the kernel that has panicked: it does not outlive it. */
static bool dies_with_kernel(const struct watchdog_facts *w)
{
	return !strcmp(w->identity, "Software Watchdog");
}

/* These raise what the host's -action watchdog= says, which may be an NMI. */
static bool is_emulated(const struct doctor_facts *f, const struct watchdog_facts *w)
{
	return f->guest && (strstr(w->identity, "i6300") || strstr(w->identity, "ib700") ||
			    strstr(w->identity, "IB700"));
}

static enum doctor_verdict judge_watchdog(const struct doctor_facts *f, struct doctor_row *r)
{
	const struct watchdog_facts *w = &f->watchdogs[0];

	if (!f->watchdog_node) {
		row_remedy(r,
			   "load its driver (`modprobe iTCO_wdt`, `sp5100_tco`, `ipmi_watchdog`; "
			   "`softdog` where there is no hardware)");
		return row_say(r, DOCTOR_BAD, "there is none");
	}
	if (!f->n_watchdogs)
		return row_say(r, DOCTOR_UNKNOWN, "there is one; this kernel tells no more of it");
	if (!strcmp(w->state, "active")) {
		row_remedy(r,
			   "stop who feeds it (RuntimeWatchdogSec=off in /etc/systemd/system.conf, "
			   "`systemctl stop watchdog`)");
		return row_say(r, DOCTOR_BAD, "%s (%s) is in another program's hands", w->name,
			       w->identity);
	}
	if (w->nowayout == 1) {
		row_remedy(r, "load its module with nowayout=0");
		return row_say(
			r, DOCTOR_BAD,
			"%s (%s) cannot be stopped again: it would reset the machine after a "
			"run that went well",
			w->name, w->identity);
	}
	return row_say(r, DOCTOR_GOOD, "%s: %s, timeout %ld s", w->name, w->identity, w->timeout);
}

static enum doctor_verdict say_no_pretimeout(const struct doctor_facts *f,
					     const struct watchdog_facts *w, struct doctor_row *r)
{
	if (is_emulated(f, w)) {
		row_remedy(r, "on the host: -action watchdog=inject-nmi; here: `sysctl -w "
			      "kernel.unknown_nmi_panic=1`");
		return row_say(r, f->unknown_nmi_panic == 1 ? DOCTOR_WARN : DOCTOR_BAD,
			       "no pretimeout: what it does is the host's -action watchdog=");
	}
	row_remedy(r, "take a watchdog with a pretimeout (hpwdt, ipmi_watchdog), or a kernel with "
		      "CONFIG_WATCHDOG_HRTIMER_PRETIMEOUT (5.12 and later), which gives one to "
		      "each");
	return row_say(r, DOCTOR_BAD, "no pretimeout: it would reset the machine, without a dump");
}

static enum doctor_verdict judge_pretimeout(const struct doctor_facts *f, struct doctor_row *r)
{
	const struct watchdog_facts *w = &f->watchdogs[0];
	long dump = (long)doctor_dump_seconds(f);

	if (!f->n_watchdogs)
		return row_say(r, DOCTOR_UNKNOWN, "no watchdog can be asked");
	if (w->pretimeout < 0)
		return say_no_pretimeout(f, w, r);
	if (strcmp(w->governor, "panic") != 0) {
		row_remedy(r,
			   "`modprobe pretimeout_panic; echo panic > "
			   "/sys/class/watchdog/%s/pretimeout_governor`",
			   w->name);
		return row_say(r, DOCTOR_BAD, "the pretimeout governor is \"%s\": nothing panics",
			       w->governor);
	}
	if (!dies_with_kernel(w) && w->timeout > 0 && w->timeout <= dump) {
		row_remedy(r, "a longer timeout: heartbeat= of its module");
		return row_say(r, DOCTOR_BAD,
			       "timeout %ld s: between pretimeout and reset the dump needs %ld s",
			       w->timeout, dump);
	}
	return row_say(r, DOCTOR_GOOD, "panics at the pretimeout; the dump has the rest of %ld s",
		       w->timeout);
}

static enum doctor_verdict judge_watchdog_dump(const struct doctor_facts *f, struct doctor_row *r)
{
	long dump = (long)doctor_dump_seconds(f);

	for (unsigned int i = 0; i < f->n_watchdogs; i++) {
		const struct watchdog_facts *w = &f->watchdogs[i];

		if (strcmp(w->state, "active") != 0 || dies_with_kernel(w) || w->timeout < 0 ||
		    w->timeout > dump)
			continue;
		row_remedy(r,
			   "a timeout of at least %ld s (RebootWatchdogSec=, RuntimeWatchdogSec= "
			   "in /etc/systemd/system.conf), or stop it while hangar runs",
			   2 * dump);
		return row_say(r, DOCTOR_BAD,
			       "%s (%s) resets the machine after %ld s; a dump takes about %ld s",
			       w->name, w->identity, w->timeout, dump);
	}
	return row_say(r, DOCTOR_GOOD, "none cuts a dump of about %ld s short", dump);
}

const struct doctor_check check_watchdog = { "watchdog", "/dev/watchdog, /sys/class/watchdog",
					     "fires when hangar itself is stuck", FOR(WATCHDOG),
					     judge_watchdog };
const struct doctor_check check_pretimeout = {
	"watchdog-pretimeout", "/sys/class/watchdog/watchdog0/pretimeout, pretimeout_governor",
	"it panics before it resets", FOR(WATCHDOG), judge_pretimeout
};
const struct doctor_check check_watchdog_dump = { "watchdog-vs-dump",
						  "/sys/class/watchdog/*/timeout",
						  "a dump is not cut short by a reset", FOR_KDUMP,
						  judge_watchdog_dump };

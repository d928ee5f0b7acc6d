/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What turns a symptom into a panic: by hand (sysrq), by the kernel's detectors, by an NMI. */
#include "doctor/rows.h"

#include <errno.h>
#include <string.h>

#define SYSRQ_DUMPS 8 /* Documentation/admin-guide/sysrq.rst: debugging dumps of processes */

static enum doctor_verdict judge_sysrq_trigger(const struct doctor_facts *f, struct doctor_row *r)
{
	if (f->sysrq_trigger == 0)
		return row_say(r, DOCTOR_GOOD, "may be written");
	if (f->sysrq_trigger == -ENOENT) {
		row_remedy(r, "take a kernel with CONFIG_MAGIC_SYSRQ");
		return row_say(r, DOCTOR_BAD, "is missing");
	}
	row_remedy(r, "run as root");
	return row_say(r, DOCTOR_UNKNOWN, "%s", strerror(-f->sysrq_trigger));
}

static enum doctor_verdict judge_sysrq_mask(const struct doctor_facts *f, struct doctor_row *r)
{
	if (f->sysrq == 1 || (f->sysrq > 0 && f->sysrq & SYSRQ_DUMPS))
		return row_say(r, DOCTOR_GOOD, "%ld: dumps may be asked for from the console, too",
			       f->sysrq);
	if (f->sysrq < 0)
		return row_say(r, DOCTOR_UNKNOWN, "cannot be read");
	row_remedy(r, "`sysctl -w kernel.sysrq=1`");
	return row_say(
		r, DOCTOR_WARN,
		"%ld: writes to /proc/sysrq-trigger work, keys on a console that still answers "
		"do not",
		f->sysrq);
}

static enum doctor_verdict judge_oops(const struct doctor_facts *f, struct doctor_row *r)
{
	return row_switch(r, f->panic_on_oops, "kernel.panic_on_oops", DOCTOR_BAD,
			  "after an oops the kernel goes on, damaged");
}

static enum doctor_verdict judge_hung_panic(const struct doctor_facts *f, struct doctor_row *r)
{
	if (f->hung_task_panic > 1) /* since 6.19 a number of hung tasks */
		return row_say(r, DOCTOR_GOOD, "panics at %ld hung tasks", f->hung_task_panic);
	return row_switch(r, f->hung_task_panic, "kernel.hung_task_panic", DOCTOR_BAD,
			  "a hung task is reported and left alone");
}

static enum doctor_verdict judge_soft_panic(const struct doctor_facts *f, struct doctor_row *r)
{
	return row_switch(r, f->softlockup_panic, "kernel.softlockup_panic", DOCTOR_BAD,
			  "a soft lockup is reported and left alone");
}

static enum doctor_verdict judge_nmi_panic(const struct doctor_facts *f, struct doctor_row *r)
{
	return row_switch(r, f->unknown_nmi_panic, "kernel.unknown_nmi_panic", DOCTOR_BAD,
			  "an NMI from outside is logged and forgotten");
}

/* Whoever sends the NMI is elsewhere: a missing driver here says little. */
static enum doctor_verdict judge_ipmi(const struct doctor_facts *f, struct doctor_row *r)
{
	if (f->guest)
		return row_say(r, DOCTOR_GOOD, "a guest: its host sends the NMI (QMP inject-nmi)");
	if (f->ipmi)
		return row_say(r, DOCTOR_GOOD,
			       "there is a BMC: `ipmitool chassis power diag` from "
			       "another machine sends the NMI");
	row_remedy(r, "`modprobe ipmi_si ipmi_devintf`; then `ipmitool lan print` shows the BMC's "
		      "address for `hangar observe`");
	return row_say(r, DOCTOR_WARN, "no BMC is seen from here");
}

const struct doctor_check check_sysrq_trigger = { "sysrq-trigger", "/proc/sysrq-trigger",
						  "hangar crashes the machine through it",
						  FOR(SYSRQ_C), judge_sysrq_trigger };
const struct doctor_check check_sysrq_mask = { "sysrq-mask", "/proc/sys/kernel/sysrq",
					       "sysrq keys on keyboard and serial console", 0,
					       judge_sysrq_mask };
const struct doctor_check check_oops = { "panic-on-oops", "/proc/sys/kernel/panic_on_oops",
					 "an oops becomes a dump", FOR(PANIC_OOPS), judge_oops };
const struct doctor_check check_hung_panic = { "hung-task-panic",
					       "/proc/sys/kernel/hung_task_panic",
					       "a hung task becomes a dump", FOR(PANIC_HUNG_TASK),
					       judge_hung_panic };
const struct doctor_check check_soft_panic = { "softlockup-panic",
					       "/proc/sys/kernel/softlockup_panic",
					       "a soft lockup becomes a dump",
					       FOR(PANIC_SOFT_LOCKUP), judge_soft_panic };
const struct doctor_check check_nmi_panic = {
	"nmi-panic", "/proc/sys/kernel/unknown_nmi_panic",
	"an NMI from outside becomes a dump, also with interrupts off", FOR(NMI), judge_nmi_panic
};
const struct doctor_check check_ipmi = { "nmi-source", "/dev/ipmi0, /proc/cpuinfo",
					 "who could send that NMI", FOR(NMI), judge_ipmi };

/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The table of checks, and the two questions asked of it. */
#include "doctor/doctor.h"

#include <errno.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "doctor/rows.h"

const struct doctor_check *const doctor_checks[] = {
	/* the crash kernel */
	&check_crash_kernel, &check_crash_size, &check_kexec, &check_lockdown, &check_room,
	&check_makedumpfile, &check_reboot,
	/* who panics */
	&check_sysrq_trigger, &check_sysrq_mask, &check_oops, &check_hung_panic, &check_soft_panic,
	&check_nmi_panic, &check_ipmi,
	/* who notices */
	&check_hung_detector, &check_soft_detector, &check_nmi_watchdog, &check_rcu_stall,
	&check_stall_order,
	/* watchdogs */
	&check_watchdog, &check_pretimeout, &check_watchdog_dump,
	/* other records */
	&check_pstore, &check_vmcoreinfo, &check_kernel_log, &check_printk, &check_psi, NULL
};

static const char *const trigger_names[DOCTOR_TRIGGERS] = {
	[DOCTOR_SYSRQ_C] = "sysrq-c",
	[DOCTOR_PANIC_OOPS] = "panic-on-oops",
	[DOCTOR_PANIC_HUNG_TASK] = "panic-on-hung-task",
	[DOCTOR_PANIC_SOFT_LOCKUP] = "panic-on-soft-lockup",
	[DOCTOR_NMI] = "nmi",
	[DOCTOR_WATCHDOG] = "watchdog",
	[DOCTOR_KDUMP] = "kdump",
	[DOCTOR_PSTORE] = "pstore",
	[DOCTOR_QMP] = "qmp",
};

static const char *const verdict_names[] = { "good", "warn", "bad", "unknown" };

const char *doctor_trigger_name(enum doctor_trigger t)
{
	return trigger_names[t];
}

int doctor_trigger_parse(const char *name, enum doctor_trigger *ret)
{
	for (unsigned int t = 0; t < DOCTOR_TRIGGERS; t++)
		if (!strcmp(trigger_names[t], name)) {
			*ret = (enum doctor_trigger)t;
			return 0;
		}
	return -EINVAL;
}

const char *doctor_verdict_name(enum doctor_verdict v)
{
	return verdict_names[v];
}

enum doctor_verdict row_say(struct doctor_row *r, enum doctor_verdict v, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(r->found, sizeof(r->found), fmt, ap);
	va_end(ap);
	return v;
}

void row_remedy(struct doctor_row *r, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(r->remedy, sizeof(r->remedy), fmt, ap);
	va_end(ap);
}

enum doctor_verdict row_switch(struct doctor_row *r, long value, const char *sysctl,
			       enum doctor_verdict else_v, const char *without)
{
	if (value == 1)
		return row_say(r, DOCTOR_GOOD, "%s is 1", sysctl);
	if (value == FACT_DENIED) {
		row_remedy(r, "run as root");
		return row_say(r, DOCTOR_UNKNOWN, "%s may not be read", sysctl);
	}
	if (value == FACT_ABSENT) {
		row_remedy(r, "take a kernel that has it");
		return row_say(r, else_v, "this kernel has no %s: %s", sysctl, without);
	}
	row_remedy(r, "`sysctl -w %s=1`", sysctl);
	return row_say(r, else_v, "%s is %ld: %s", sysctl, value, without);
}

void doctor_judge(struct doctor_report *r)
{
	r->count = 0;
	for (unsigned int i = 0; doctor_checks[i] && r->count < DOCTOR_ROWS_MAX; i++) {
		struct doctor_row *row = &r->rows[r->count++];

		*row = (struct doctor_row){ .check = doctor_checks[i] };
		row->verdict = row->check->judge(&r->facts, row);
	}
}

int doctor_run(const char *root, struct doctor_report *ret)
{
	int err = doctor_facts_read(root, &ret->facts);

	if (err < 0)
		return err;
	doctor_judge(ret);
	return 0;
}

const struct doctor_row *doctor_hindrance(const struct doctor_report *r, enum doctor_trigger t)
{
	for (unsigned int i = 0; i < r->count; i++) {
		const struct doctor_row *row = &r->rows[i];

		if (row->check->triggers & 1u << t &&
		    (row->verdict == DOCTOR_BAD || row->verdict == DOCTOR_UNKNOWN))
			return row;
	}
	return NULL;
}

int doctor_agrees(const char *root, enum doctor_trigger t, struct diag *why)
{
	_cleanup_free_ struct doctor_report *r = calloc(1, sizeof(*r));
	const struct doctor_row *row;
	int err = r ? doctor_run(root, r) : -ENOMEM;

	if (err < 0) {
		diag_set(why, 1, "%s/proc cannot be looked at: %s; mount it", root, strerror(-err));
		return 1;
	}
	row = doctor_hindrance(r, t);
	if (row)
		diag_set(why, 1, "%s: %s; %s", row->check->name, row->found,
			 row->remedy[0] ? row->remedy : "see `hangar doctor`");
	return row != NULL;
}

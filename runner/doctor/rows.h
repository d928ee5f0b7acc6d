/* SPDX-License-Identifier: GPL-2.0-or-later */
/* For the files of checks: their common words. */
#ifndef HANGAR_DOCTOR_ROWS_H
#define HANGAR_DOCTOR_ROWS_H

#include "doctor/doctor.h"

#define FOR(trigger) (1u << DOCTOR_##trigger)
/* All that end in the crash kernel. */
#define FOR_KDUMP                                                                                  \
	(FOR(SYSRQ_C) | FOR(PANIC_OOPS) | FOR(PANIC_HUNG_TASK) | FOR(PANIC_SOFT_LOCKUP) |          \
	 FOR(NMI) | FOR(WATCHDOG) | FOR(KDUMP))

/* What was found, as one sentence, and the verdict on it. */
enum doctor_verdict row_say(struct doctor_row *r, enum doctor_verdict v, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));
void row_remedy(struct doctor_row *r, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/* A sysctl that is to be 1: good; otherwise bad or what @else_v says, with the remedy. */
enum doctor_verdict row_switch(struct doctor_row *r, long value, const char *sysctl,
			       enum doctor_verdict else_v, const char *without);

extern const struct doctor_check check_crash_kernel, check_crash_size, check_kexec, check_lockdown,
	check_room, check_makedumpfile, check_reboot;
extern const struct doctor_check check_sysrq_trigger, check_sysrq_mask, check_oops,
	check_hung_panic, check_soft_panic, check_nmi_panic, check_ipmi;
extern const struct doctor_check check_hung_detector, check_soft_detector, check_nmi_watchdog,
	check_rcu_stall, check_stall_order;
extern const struct doctor_check check_watchdog, check_pretimeout, check_watchdog_dump;
extern const struct doctor_check check_pstore, check_vmcoreinfo, check_kernel_log, check_printk,
	check_psi;

#endif

/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The doctor over fake machines: tests/data/doctor. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/cleanup.h"
#include "doctor/doctor.h"

static struct doctor_report report;

static void look_at(const char *machine)
{
	char root[512];

	snprintf(root, sizeof(root), "%s/doctor/%s", getenv("HANGAR_TEST_DATA"), machine);
	assert_int_equal(doctor_run(root, &report), 0);
}

static const struct doctor_row *row(const char *name)
{
	for (unsigned int i = 0; i < report.count; i++)
		if (!strcmp(report.rows[i].check->name, name))
			return &report.rows[i];
	fail_msg("no row %s", name);
	return NULL;
}

/* Every row: what it says of a machine in order, of one that is not, and of a guest. */
static const struct {
	const char *name;
	enum doctor_verdict good, bad, guest;
	const char *remedy; /* part of what it says of the bad one */
} rows[] = {
	{ "crash-kernel", DOCTOR_GOOD, DOCTOR_BAD, DOCTOR_GOOD, "crashkernel=512M" },
	{ "crash-kernel-size", DOCTOR_GOOD, DOCTOR_BAD, DOCTOR_WARN, "crashkernel=512M" },
	{ "kexec-allowed", DOCTOR_GOOD, DOCTOR_BAD, DOCTOR_GOOD, "kernel.kexec_load_disabled" },
	{ "lockdown", DOCTOR_GOOD, DOCTOR_WARN, DOCTOR_GOOD, "kexec -p -s" },
	{ "vmcore-room", DOCTOR_GOOD, DOCTOR_BAD, DOCTOR_GOOD, "/etc/kdump.conf" },
	{ "makedumpfile", DOCTOR_GOOD, DOCTOR_WARN, DOCTOR_GOOD, "install makedumpfile" },
	{ "reboot-after-panic", DOCTOR_GOOD, DOCTOR_WARN, DOCTOR_GOOD, "kernel.panic=10" },
	{ "sysrq-trigger", DOCTOR_GOOD, DOCTOR_BAD, DOCTOR_GOOD, "CONFIG_MAGIC_SYSRQ" },
	{ "sysrq-mask", DOCTOR_GOOD, DOCTOR_WARN, DOCTOR_GOOD, "kernel.sysrq=1" },
	{ "panic-on-oops", DOCTOR_GOOD, DOCTOR_BAD, DOCTOR_GOOD, "kernel.panic_on_oops=1" },
	{ "hung-task-panic", DOCTOR_GOOD, DOCTOR_BAD, DOCTOR_GOOD, "kernel.hung_task_panic=1" },
	{ "softlockup-panic", DOCTOR_GOOD, DOCTOR_BAD, DOCTOR_GOOD, "kernel.softlockup_panic=1" },
	{ "nmi-panic", DOCTOR_GOOD, DOCTOR_BAD, DOCTOR_GOOD, "kernel.unknown_nmi_panic=1" },
	{ "nmi-source", DOCTOR_GOOD, DOCTOR_WARN, DOCTOR_GOOD, "modprobe ipmi_si" },
	{ "hung-task-detector", DOCTOR_GOOD, DOCTOR_BAD, DOCTOR_WARN,
	  "kernel.hung_task_timeout_secs=120" },
	{ "softlockup-detector", DOCTOR_GOOD, DOCTOR_BAD, DOCTOR_GOOD, "kernel.soft_watchdog=1" },
	{ "nmi-watchdog", DOCTOR_GOOD, DOCTOR_WARN, DOCTOR_WARN, "kernel.nmi_watchdog=1" },
	{ "rcu-stall-detector", DOCTOR_GOOD, DOCTOR_BAD, DOCTOR_GOOD, "rcu_cpu_stall_suppress" },
	{ "stall-order", DOCTOR_GOOD, DOCTOR_UNKNOWN, DOCTOR_WARN, "" },
	{ "watchdog", DOCTOR_GOOD, DOCTOR_BAD, DOCTOR_GOOD, "RuntimeWatchdogSec=off" },
	{ "watchdog-pretimeout", DOCTOR_GOOD, DOCTOR_BAD, DOCTOR_WARN, "pretimeout" },
	{ "watchdog-vs-dump", DOCTOR_GOOD, DOCTOR_BAD, DOCTOR_GOOD, "RuntimeWatchdogSec=" },
	{ "pstore", DOCTOR_GOOD, DOCTOR_BAD, DOCTOR_WARN, "efi_pstore" },
	{ "vmcoreinfo", DOCTOR_BAD, DOCTOR_BAD, DOCTOR_GOOD, "hangar vm" },
	{ "kernel-log", DOCTOR_GOOD, DOCTOR_BAD, DOCTOR_GOOD, "CONFIG_PRINTK" },
	{ "console-level", DOCTOR_GOOD, DOCTOR_WARN, DOCTOR_GOOD, "dmesg -n 7" },
	{ "pressure", DOCTOR_GOOD, DOCTOR_WARN, DOCTOR_GOOD, "psi=1" },
};

static void check_machine(const char *machine, size_t offset)
{
	look_at(machine);
	assert_int_equal(report.count, ARRAY_SIZE(rows));
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		enum doctor_verdict want =
			*(const enum doctor_verdict *)((const char *)&rows[i] + offset);
		const struct doctor_row *r = row(rows[i].name);

		if (r->verdict != want)
			fail_msg("%s: %s is %s, not %s: %s", machine, rows[i].name,
				 doctor_verdict_name(r->verdict), doctor_verdict_name(want),
				 r->found);
		assert_true(r->found[0]);
	}
}

static void a_machine_in_order_is_found_in_order(void **state)
{
	check_machine("good-metal", offsetof(__typeof__(rows[0]), good));
	for (unsigned int t = 0; t < DOCTOR_TRIGGERS; t++)
		if (t != DOCTOR_QMP)
			assert_null(doctor_hindrance(&report, (enum doctor_trigger)t));
	assert_non_null(doctor_hindrance(&report, DOCTOR_QMP));
	assert_string_equal(report.facts.crash_dir, "/srv/crash");
}

static void each_row_finds_its_fault_and_names_the_remedy(void **state)
{
	check_machine("bad-metal", offsetof(__typeof__(rows[0]), bad));
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		if (!strstr(row(rows[i].name)->remedy, rows[i].remedy))
			fail_msg("%s: %s", rows[i].name, row(rows[i].name)->remedy);
	for (unsigned int t = 0; t < DOCTOR_TRIGGERS; t++)
		assert_non_null(doctor_hindrance(&report, (enum doctor_trigger)t));
	assert_string_equal(report.facts.crash_dir, "/var/crash/here");
}

static void a_guest_is_dumped_by_its_host(void **state)
{
	check_machine("guest", offsetof(__typeof__(rows[0]), guest));
	assert_null(doctor_hindrance(&report, DOCTOR_QMP));
	assert_null(doctor_hindrance(&report, DOCTOR_WATCHDOG));
	assert_non_null(strstr(row("stall-order")->remedy, "rcu_cpu_stall_timeout"));
	assert_non_null(strstr(row("hung-task-panic")->found, "3 hung tasks"));
}

static void a_machine_without_any_knob_is_judged_all_the_same(void **state)
{
	look_at("empty");
	for (unsigned int t = 0; t < DOCTOR_TRIGGERS; t++)
		assert_non_null(doctor_hindrance(&report, (enum doctor_trigger)t));
	assert_int_equal(row("crash-kernel")->verdict, DOCTOR_BAD);
	assert_non_null(strstr(row("crash-kernel")->found, "knows no crash kernel"));
	assert_int_equal(row("hung-task-detector")->verdict, DOCTOR_BAD);
	assert_int_equal(row("watchdog")->verdict, DOCTOR_BAD);
}

static void a_root_without_proc_is_refused(void **state)
{
	struct diag d = { 0 };

	assert_int_equal(doctor_run("/nonexistent", &report), -ENOENT);
	assert_int_equal(doctor_agrees("/nonexistent", DOCTOR_KDUMP, &d), 1);
	assert_non_null(strstr(d.message, "/nonexistent/proc"));
}

static void whoever_arms_is_told_the_first_hindrance(void **state)
{
	char root[512];
	struct diag d = { 0 };

	snprintf(root, sizeof(root), "%s/doctor/good-metal", getenv("HANGAR_TEST_DATA"));
	assert_int_equal(doctor_agrees(root, DOCTOR_SYSRQ_C, &d), 0);
	snprintf(root, sizeof(root), "%s/doctor/bad-metal", getenv("HANGAR_TEST_DATA"));
	assert_int_equal(doctor_agrees(root, DOCTOR_SYSRQ_C, &d), 1);
	assert_non_null(strstr(d.message, "crash-kernel: no crash kernel is loaded; install"));
}

static void a_watchdog_that_is_too_quick_for_the_dump_spoils_every_kdump(void **state)
{
	look_at("good-metal");
	report.facts.watchdogs[0] =
		(struct watchdog_facts){ "watchdog0", "iTCO_wdt", "active", "", 10, FACT_ABSENT };
	doctor_judge(&report);
	assert_int_equal(row("watchdog-vs-dump")->verdict, DOCTOR_BAD);
	assert_ptr_equal(doctor_hindrance(&report, DOCTOR_KDUMP), row("watchdog-vs-dump"));
	snprintf(report.facts.watchdogs[0].identity, 64, "Software Watchdog");
	doctor_judge(&report);
	assert_int_equal(row("watchdog-vs-dump")->verdict, DOCTOR_GOOD);
	report.facts.watchdogs[0].timeout = 600;
	snprintf(report.facts.watchdogs[0].identity, 64, "iTCO_wdt");
	doctor_judge(&report);
	assert_int_equal(row("watchdog-vs-dump")->verdict, DOCTOR_GOOD);
}

static void a_watchdog_that_cannot_be_stopped_is_not_started(void **state)
{
	look_at("good-metal");
	report.facts.watchdogs[0].nowayout = 1;
	doctor_judge(&report);
	assert_ptr_equal(doctor_hindrance(&report, DOCTOR_WATCHDOG), row("watchdog"));
	assert_null(doctor_hindrance(&report, DOCTOR_SYSRQ_C));
}

static void a_watchdog_without_a_pretimeout_leaves_no_dump(void **state)
{
	look_at("good-metal");
	report.facts.watchdogs[0].pretimeout = FACT_ABSENT;
	doctor_judge(&report);
	assert_ptr_equal(doctor_hindrance(&report, DOCTOR_WATCHDOG), row("watchdog-pretimeout"));
	assert_non_null(strstr(row("watchdog-pretimeout")->found, "without a dump"));
	report.facts.watchdogs[0].pretimeout = 0;
	snprintf(report.facts.watchdogs[0].governor, 32, "noop");
	doctor_judge(&report);
	assert_non_null(strstr(row("watchdog-pretimeout")->found, "nothing panics"));
}

static void the_dump_of_a_throwaway_guest_needs_no_room_in_it(void **state)
{
	look_at("bad-metal");
	report.facts.throwaway = true;
	doctor_judge(&report);
	assert_int_equal(row("vmcore-room")->verdict, DOCTOR_GOOD);
}

static void trigger_names_read_back(void **state)
{
	enum doctor_trigger got;

	for (unsigned int t = 0; t < DOCTOR_TRIGGERS; t++) {
		assert_int_equal(
			doctor_trigger_parse(doctor_trigger_name((enum doctor_trigger)t), &got), 0);
		assert_int_equal(got, t);
	}
	assert_int_equal(doctor_trigger_parse("sysrq", &got), -EINVAL);
}

static void the_json_tells_what_keeps_a_trigger_from_working(void **state)
{
	json_t *j, *first;

	look_at("bad-metal");
	j = doctor_json(&report, 1u << DOCTOR_NMI);
	assert_int_equal(json_array_size(json_object_get(j, "triggers")), 1);
	first = json_array_get(json_object_get(j, "triggers"), 0);
	assert_string_equal(json_string_value(json_object_get(first, "name")), "nmi");
	assert_true(json_is_false(json_object_get(first, "works")));
	assert_string_equal(json_string_value(json_object_get(first, "hindrance")), "crash-kernel");
	assert_int_equal(json_array_size(json_object_get(j, "checks")), ARRAY_SIZE(rows));
	json_decref(j);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_machine_in_order_is_found_in_order),
		cmocka_unit_test(each_row_finds_its_fault_and_names_the_remedy),
		cmocka_unit_test(a_guest_is_dumped_by_its_host),
		cmocka_unit_test(a_machine_without_any_knob_is_judged_all_the_same),
		cmocka_unit_test(a_root_without_proc_is_refused),
		cmocka_unit_test(whoever_arms_is_told_the_first_hindrance),
		cmocka_unit_test(a_watchdog_that_is_too_quick_for_the_dump_spoils_every_kdump),
		cmocka_unit_test(a_watchdog_that_cannot_be_stopped_is_not_started),
		cmocka_unit_test(a_watchdog_without_a_pretimeout_leaves_no_dump),
		cmocka_unit_test(the_dump_of_a_throwaway_guest_needs_no_room_in_it),
		cmocka_unit_test(trigger_names_read_back),
		cmocka_unit_test(the_json_tells_what_keeps_a_trigger_from_working),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The log of a guest that died: told is what its own journal did not tell, and nothing twice. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <fcntl.h>
#include <stdio.h>
#include <string.h>

#include "base/textfile.h"
#include "outside.h"
#include "tmpdir.h"
#include "vm/host/last_words.h"
#include "vmcore/vmcore.h"

#define BOOT_WARNING "[    2.000000] WARNING: CPU: 0 PID: 1 at mm/page_alloc.c:10 early+0x1/0x2\n"
#define LOCKUP(at) "[   " at "] watchdog: BUG: soft lockup - CPU#1 stuck for 11s! [itimer:77]\n"
#define STALL(at) "[   " at "] rcu: INFO: rcu_preempt detected stalls on CPUs/tasks:\n"
#define CRASH "[   40.000000] sysrq: Trigger a crash\n"
#define PANIC(at) "[   " at "] Kernel panic - not syncing: sysrq triggered crash\n"
#define WATCHED "6,300,5000000,-;hangar: run 1\n4,301,30000000,-;seen by kmsg.log alone\n"

struct heard {
	unsigned int n;
	struct finding findings[16];
};

static void hear(void *ctx, const struct finding *f)
{
	struct heard *h = ctx;

	if (!f->more_of && h->n < 16)
		h->findings[h->n++] = *f;
}

static void put(const char *dir, const char *name, const char *text)
{
	char path[512];

	snprintf(path, sizeof(path), "%s/%s", dir, name);
	assert_int_equal(textfile_replace_at(AT_FDCWD, path, text, strlen(text)), 0);
}

static struct heard read_all(void **state, uint64_t told_us, bool crash_is_ours)
{
	const struct last_words w = {
		.run_dir = *state,
		.told_us = told_us,
		.crash_is_ours = crash_is_ours,
	};
	struct heard h = { 0 };

	last_words_read(&w, hear, &h);
	return h;
}

static void what_only_kmsg_log_has_is_told(void **state)
{
	struct heard h;

	put(*state, "kmsg.log", WATCHED);
	put(*state, VMCORE_DMESG_FILE, BOOT_WARNING LOCKUP("20.000000") STALL("30.000000"));
	h = read_all(state, 0, false);
	assert_int_equal(h.n, 2);
	assert_int_equal(h.findings[0].kind, FINDING_SOFT_LOCKUP);
	assert_int_equal(h.findings[1].kind, FINDING_RCU_STALL);
}

static void what_the_journal_told_is_not_told_again(void **state)
{
	struct heard h;

	put(*state, "kmsg.log", WATCHED);
	put(*state, VMCORE_DMESG_FILE, LOCKUP("20.000000") STALL("30.000000"));
	h = read_all(state, 20000000, false);
	assert_int_equal(h.n, 1);
	assert_int_equal(h.findings[0].kind, FINDING_RCU_STALL);
	assert_int_equal(read_all(state, 30000000, false).n, 0);
}

static void our_own_crash_is_no_fault(void **state)
{
	struct heard h;

	put(*state, "kmsg.log", WATCHED);
	put(*state, VMCORE_DMESG_FILE, LOCKUP("20.000000") CRASH PANIC("40.000001"));
	h = read_all(state, 0, true);
	assert_int_equal(h.n, 1);
	assert_int_equal(h.findings[0].kind, FINDING_SOFT_LOCKUP);
}

static void its_own_panic_is_one(void **state)
{
	struct heard h;

	put(*state, "kmsg.log", WATCHED);
	put(*state, VMCORE_DMESG_FILE, PANIC("40.000000"));
	h = read_all(state, 20000000, false);
	assert_int_equal(h.n, 1);
	assert_int_equal(h.findings[0].kind, FINDING_PANIC);
}

static void the_console_is_read_where_there_is_no_vmcore(void **state)
{
	put(*state, CONSOLE_FILE, LOCKUP("20.000000"));
	assert_int_equal(read_all(state, 0, false).n, 1);
	put(*state, VMCORE_DMESG_FILE, "[   20.000000] nothing\n");
	assert_int_equal(read_all(state, 0, false).n, 0);
}

static void nothing_to_read_is_nothing_to_tell(void **state)
{
	assert_int_equal(read_all(state, 0, false).n, 0);
	put(*state, "kmsg.log", "not a record\n");
	put(*state, CONSOLE_FILE, "");
	assert_int_equal(read_all(state, 0, true).n, 0);
}

int main(void)
{
#define CASE(f) cmocka_unit_test_setup_teardown(f, tmpdir_make, tmpdir_remove)
	const struct CMUnitTest tests[] = {
		CASE(what_only_kmsg_log_has_is_told),
		CASE(what_the_journal_told_is_not_told_again),
		CASE(our_own_crash_is_no_fault),
		CASE(its_own_panic_is_one),
		CASE(the_console_is_read_where_there_is_no_vmcore),
		CASE(nothing_to_read_is_nothing_to_tell),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

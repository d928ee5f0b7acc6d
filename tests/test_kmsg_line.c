/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <string.h>

#include "kmsg/line.h"
#include "kmsg/stamp.h"

static const struct {
	const char *line, *text, *when, *caller;
	uint64_t us;
	unsigned int facility;
} lines[] = {
	{ "[   71.154783] INFO: x", "INFO: x", "", "", 71154783, 0 },
	{ "[71.154] INFO: x", "INFO: x", "", "", 71154000, 0 },
	{ "<3>[   71.154783] INFO: x", "INFO: x", "", "", 71154783, 0 },
	{ "<14>[   71.154783] INFO: x", "INFO: x", "", "", 71154783, 1 },
	{ "<14>INFO: x", "INFO: x", "", "", 0, 1 },
	{ "[   71.154783][   T42] INFO: x", "INFO: x", "", "T42", 71154783, 0 },
	{ "[   71.154783][    C1] INFO: x", "INFO: x", "", "C1", 71154783, 0 },
	{ "[   71.154783] [    C1]  func+0x1/0x2", " func+0x1/0x2", "", "C1", 71154783, 0 },
	{ "[   71.154783 <    0.000012>] INFO: x", "INFO: x", "", "", 71154783, 0 },
	{ "[Sun Nov 23 01:42:00 2025] INFO: x", "INFO: x", "Sun Nov 23 01:42:00 2025", "", 0, 0 },
	{ "[Nov23 01:42] INFO: x", "INFO: x", "", "", 0, 0 },
	{ "[  +0.000012] INFO: x", "INFO: x", "", "", 0, 0 },
	{ "kern  :err   : [   71.154783] INFO: x", "INFO: x", "", "", 71154783, 0 },
	{ "daemon:info  : [   71.154783] INFO: x", "INFO: x", "", "", 71154783, 3 },
	{ "Nov 23 01:42:00 host kernel: [   71.154783] INFO: x", "INFO: x", "Nov 23 01:42:00", "",
	  71154783, 0 },
	{ "Nov  3 01:42:00 host kernel: INFO: x", "INFO: x", "Nov  3 01:42:00", "", 0, 0 },
	{ "Nov 23 01:42:00.123456 host kernel: INFO: x", "INFO: x", "Nov 23 01:42:00.123456", "", 0,
	  0 },
	{ "Nov 23 01:42:00 host kernel:  [<ffffffff81353fd4>] schedule+0x24/0x70",
	  " [<ffffffff81353fd4>] schedule+0x24/0x70", "Nov 23 01:42:00", "", 0, 0 },
	{ "2025-11-23T01:42:00.123456+01:00 host kernel: [   71.154783] INFO: x", "INFO: x",
	  "2025-11-23T01:42:00.123456+01:00", "", 71154783, 0 },
	{ "2025-11-23T01:42:00+0100 host kernel: INFO: x", "INFO: x", "2025-11-23T01:42:00+0100",
	  "", 0, 0 },
	{ "2025-11-23T01:42:00,123456+01:00 INFO: x", "INFO: x", "2025-11-23T01:42:00,123456+01:00",
	  "", 0, 0 },
	{ "2025-11-23 01:42:00 [   71.154783] INFO: x", "INFO: x", "2025-11-23 01:42:00", "",
	  71154783, 0 },
	{ "Sun 2025-11-23 01:42:00 UTC host kernel: INFO: x", "INFO: x",
	  "Sun 2025-11-23 01:42:00 UTC", "", 0, 0 },
	{ "Sun Nov 23 01:42:00 2025 kern.warn kernel: [   71.154783] INFO: x", "INFO: x",
	  "Sun Nov 23 01:42:00 2025", "", 71154783, 0 },
	{ "Nov 23 01:42:00 host kern.err kernel: [   71.154783] INFO: x", "INFO: x",
	  "Nov 23 01:42:00", "", 71154783, 0 },
	{ "1763858520.123456 host kernel: INFO: x", "INFO: x", "1763858520.123456", "", 0, 0 },
	{ "[   71.154783] host kernel: INFO: x", "INFO: x", "", "", 71154783, 0 },
	{ "<3>1 2025-11-23T01:42:00Z host kernel - - - [   71.154783] INFO: x", "INFO: x",
	  "2025-11-23T01:42:00Z", "", 71154783, 0 },
	{ "<3>1 2025-11-23T01:42:00Z host sshd 12 - - INFO: x", "INFO: x", "2025-11-23T01:42:00Z",
	  "", 0, 1 },
	{ "kernel: INFO: x", "INFO: x", "", "", 0, 0 },
	{ "kernel:INFO: x", "INFO: x", "", "", 0, 0 },
	{ " kernel:[   71.154783] INFO: x", "INFO: x", "", "", 71154783, 0 },
	{ "Nov 23 01:42:00 host sshd[12]: INFO: x", "host sshd[12]: INFO: x", "Nov 23 01:42:00", "",
	  0, 1 },
	{ "2025-11-23T01:42:00Z host abrt-dump-oops: INFO: x", "host abrt-dump-oops: INFO: x",
	  "2025-11-23T01:42:00Z", "", 0, 1 },
	{ "01:42:00 INFO: task a:1 blocked", "INFO: task a:1 blocked", "01:42:00", "", 0, 0 },
	{ "01:42:00 NMI watchdog: BUG: x", "NMI watchdog: BUG: x", "01:42:00", "", 0, 0 },
	{ "01:42:00 Call Trace:", "Call Trace:", "01:42:00", "", 0, 0 },
	{ "watchdog: BUG: soft lockup", "watchdog: BUG: soft lockup", "", "", 0, 0 },
	{ "host login: [    1.000000] INFO: x", "INFO: x", "", "", 1000000, 0 },
	{ "> [    1.000000] INFO: x", "INFO: x", "", "", 1000000, 0 },
	{ "\t[    1.000000] INFO: x", "INFO: x", "", "", 1000000, 0 },
	{ "** 3 printk messages dropped ** [    1.000000] INFO: x", "INFO: x", "", "", 1000000, 0 },
	{ "[ INFO: suspicious RCU usage. ]", "[ INFO: suspicious RCU usage. ]", "", "", 0, 0 },
	{ "[Hardware Error]: CPU 3: Machine Check", "[Hardware Error]: CPU 3: Machine Check", "",
	  "", 0, 0 },
	{ "[   52]     0    52     8203", "[   52]     0    52     8203", "", "", 0, 0 },
	{ "[<ffffffff81353fd4>] schedule+0x24/0x70", "[<ffffffff81353fd4>] schedule+0x24/0x70", "",
	  "", 0, 0 },
	{ "[99999999999999999999999.1] INFO: x", "[99999999999999999999999.1] INFO: x", "", "", 0,
	  0 },
	{ "2025-11-23T01:42:00Z watchdog: BUG: x", "watchdog: BUG: x", "2025-11-23T01:42:00Z", "",
	  0, 0 },
	{ "2025-11-23T01:42:00Z sshd[12]: BUG: x", "sshd[12]: BUG: x", "2025-11-23T01:42:00Z", "",
	  0, 1 },
	/* shown with the numbers of its lines */
	{ " 11746 [   71.154783] INFO: x", "INFO: x", "", "", 71154783, 0 },
	{ "11746:[   71.154783] INFO: x", "INFO: x", "", "", 71154783, 0 },
	/* phones */
	{ "[   71.154783] [7:weishu.kernelsu: 8408] INFO: x", "INFO: x", "", "T8408", 71154783, 0 },
	{ "[   71.154783]  [L3:      khungtaskd:   715]  func+0x1/0x2", " func+0x1/0x2", "", "T715",
	  71154783, 0 },
	{ "<4>[   71.154783]  (1)[0:swapper/1]INFO: x", "INFO: x", "", "C1", 71154783, 0 },
	{ "[   71.154783] (0)[848:kworker/0:1]INFO: x", "INFO: x", "", "T848", 71154783, 0 },
	{ "<4>[   71.154783]-(2)[0:swapper/2]INFO: x", "INFO: x", "", "C2", 71154783, 0 },
	{ "[   71.154783s][pid:12,cpu3,kworker/u8:1]INFO: x", "INFO: x", "", "T12", 71154783, 0 },
	{ "[   71.154783] (CPU:0-pid:1:swapper/0) INFO: x", "INFO: x", "", "T1", 71154783, 0 },
	{ "[   71.154783] c1 INFO: x", "INFO: x", "", "C1", 71154783, 0 },
	{ "<4>[   71.154783][c0] INFO: x", "INFO: x", "", "C0", 71154783, 0 },
	{ "[   71.154783,1] INFO: x", "INFO: x", "", "", 71154783, 0 },
	/* and what only looks so */
	{ "[   71.154783] [drm] x", "[drm] x", "", "", 71154783, 0 },
	{ "[   71.154783] [12:34] x", "[12:34] x", "", "", 71154783, 0 },
	{ "[   71.154783] (1) x", "(1) x", "", "", 71154783, 0 },
	{ "[   71.154783] c1x", "c1x", "", "", 71154783, 0 },
	{ "", "", "", "", 0, 0 },
};

static void a_line_of_a_log_loses_what_loggers_put_in_front(void **state)
{
	for (size_t i = 0; i < sizeof(lines) / sizeof(*lines); i++) {
		struct kmsg_record r;
		char when[64];

		kmsg_line_parse(lines[i].line, &r);
		snprintf(when, sizeof(when), "%.*s", (int)r.when_size, r.when ? r.when : "");
		if (strcmp(r.text, lines[i].text) || strcmp(r.caller, lines[i].caller) ||
		    strcmp(when, lines[i].when) || r.kernel_us != lines[i].us ||
		    r.facility != lines[i].facility)
			fail_msg("'%s': '%s' when '%s' caller '%s' us %llu facility %u",
				 lines[i].line, r.text, when, r.caller,
				 (unsigned long long)r.kernel_us, r.facility);
	}
}

static void structured_data_is_no_text(void **state)
{
	struct kmsg_record r;

	kmsg_line_parse("<3>1 2025-11-23T01:42:00Z host kernel - - [a@1 k=\"v\\]\"] INFO: x", &r);
	assert_string_equal(r.text, "INFO: x");
	kmsg_line_parse("<3>1 2025-11-23T01:42:00Z host kernel - - - \xef\xbb\xbfINFO: x", &r);
	assert_string_equal(r.text, "INFO: x");
}

static void the_level_is_kept(void **state)
{
	struct kmsg_record r;

	kmsg_line_parse("<3>[   71.154783] INFO: x", &r);
	assert_int_equal(r.level, 3);
	kmsg_line_parse("kern  :alert : [   71.154783] INFO: x", &r);
	assert_int_equal(r.level, 1);
}

static void a_stamp_that_is_cut_is_none(void **state)
{
	static const char whole[] = "2025-11-23T01:42:00";
	char part[sizeof(whole)];

	assert_int_equal(stamp_length(whole), sizeof(whole) - 1);
	for (size_t n = 0; n + 1 < sizeof(whole); n++) {
		snprintf(part, sizeof(part), "%.*s", (int)n, whole);
		assert_int_equal(stamp_length(part), 0);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_line_of_a_log_loses_what_loggers_put_in_front),
		cmocka_unit_test(structured_data_is_no_text),
		cmocka_unit_test(the_level_is_kept),
		cmocka_unit_test(a_stamp_that_is_cut_is_none),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "kmsg/belongs.h"
#include "kmsg_log.h"

static void lines_of_reports_look_like_it(void **state)
{
	static const char *const lines[] = {
		" [<ffffffff81353fd4>] schedule+0x24/0x70",
		"[<ffffffff81353fd4>] schedule+0x24/0x70",
		"RAX: ffff88080b175a08 RBX: ffff88080a661f18 RCX: 0000000000000000",
		"FS:  00007f10b245f7c0(0000) GS:ffff88080a660000(0000)",
		"x29: ffff80001234abcd x28: 0000000000000000",
		"r10: c0de1234 r9 : 00000000",
		"CR2: 0000000000000010 CR3: 0000000102d2c000",
		"Code: 48 8b 05 ad 3c",
		"[ 1234]     0  1234     8203      123   12 0 0 sshd",
		"Node 0 DMA free:15908kB min:272kB",
		"lowmem_reserve[]: 0 2822 3327 3327",
		"2097052 pages RAM",
		"3 locks held by kworker/0:1/23:",
		"active_anon:1234 inactive_anon:5 isolated_anon:0",
		">ffff888012345678: fb fb fb",
		"Kernel Offset: 0x1e000000 from 0xffffffff81000000",
		"",
	};

	for (size_t i = 0; i < sizeof(lines) / sizeof(*lines); i++)
		if (!line_belongs(lines[i]))
			fail_msg("'%s'", lines[i]);
}

static void the_chatter_of_a_day_does_not(void **state)
{
	static const char *const lines[] = {
		"usb 1-1: new high-speed USB device number 4 using xhci_hcd",
		"IPv6: ADDRCONF(NETDEV_CHANGE): veth1234: link becomes ready",
		"docker0: port 1(veth1234) entered forwarding state",
		"audit: type=1400 audit(1712.3:4): apparmor=\"ALLOWED\"",
		"[drm] GuC firmware i915/kbl_guc_70.1.1.bin version 70.1.1",
		"[UFW BLOCK] IN=eth0 OUT= MAC=00:16:3e",
		"EXT4-fs (sda1): mounted filesystem with ordered data mode",
		"wlan0: deauthenticated from 00:16:3e:11:22:33",
		"e1000e: eth0 NIC Link is Up 1000 Mbps",
	};

	for (size_t i = 0; i < sizeof(lines) / sizeof(*lines); i++)
		if (line_belongs(lines[i]))
			fail_msg("'%s'", lines[i]);
}

static uint64_t last;

static void ended(void *ctx, const struct kmsg_span *span)
{
	last = span->last;
}

static void take(void *ctx, const struct finding *f)
{
}

static void feed(struct kmsg_reader *r, uint64_t seq, const char *text)
{
	struct kmsg_record rec = { .seq = seq, .text = text, .kernel_us = 1000000 + seq };

	kmsg_reader_feed(r, &rec, seq);
}

static void a_report_ends_before_the_chatter_that_follows_without_a_pause(void **state)
{
	struct kmsg_reader *r = kmsg_reader_new(take, NULL);
	uint64_t seq = 0;

	kmsg_reader_on_end(r, ended);
	feed(r, ++seq, "INFO: task a:7 blocked for more than 122 seconds.");
	feed(r, ++seq, "docker0: port 1(veth1234) entered forwarding state");
	feed(r, ++seq, " schedule+0x24/0x70");
	for (int i = 0; i < 48; i++)
		feed(r, ++seq, "docker0: port 1(veth1234) entered forwarding state");
	assert_true(kmsg_reader_oldest(r) == 1);
	feed(r, ++seq, "docker0: port 1(veth1234) entered forwarding state");
	assert_true(kmsg_reader_oldest(r) == UINT64_MAX);
	assert_int_equal(last, 3);
	kmsg_reader_free(r);
}

static void a_lone_cut_here_is_forgotten(void **state)
{
	struct kmsg_reader *r = kmsg_reader_new(take, NULL);
	uint64_t seq = 0;

	feed(r, ++seq, "------------[ cut here ]------------");
	assert_true(kmsg_reader_oldest(r) == 1);
	for (int i = 0; i < 49; i++)
		feed(r, ++seq, "docker0: port 1(veth1234) entered forwarding state");
	assert_true(kmsg_reader_oldest(r) == UINT64_MAX);
	kmsg_reader_free(r);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(lines_of_reports_look_like_it),
		cmocka_unit_test(the_chatter_of_a_day_does_not),
		cmocka_unit_test(a_report_ends_before_the_chatter_that_follows_without_a_pause),
		cmocka_unit_test(a_lone_cut_here_is_forgotten),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

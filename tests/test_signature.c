/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <string.h>

#include "kmsg/signature.h"
#include "kmsg_log.h"

static void signed_as(enum finding_kind kind, const char *text, const char *stack, char *to)
{
	struct finding f;

	finding_init(&f, kind, "test", 0);
	snprintf(f.text, sizeof(f.text), "%s", text);
	snprintf(f.stack, sizeof(f.stack), "%s", stack);
	signature_make(&f);
	snprintf(to, sizeof(f.signature), "%s", f.signature);
}

static void offsets_modules_pids_and_suffixes_do_not_change_it(void **state)
{
	char a[160], b[160];

	signed_as(FINDING_HUNG_TASK, "INFO: task extoom:47 blocked for more than 20 seconds.",
		  "schedule+0x24/0x70\nwait_transaction_locked+0x71/"
		  "0xa0\nadd_transaction_credits+0x188/0x300\nstart_this_handle+0xeb/0x3e0\n",
		  a);
	signed_as(
		FINDING_HUNG_TASK, "INFO: task other:4711 blocked for more than 143 seconds.",
		"__schedule+0x1/0x2\nschedule+0x3/0x4\nwait_transaction_locked.isra.0+0x81/0xb0 "
		"[jbd2]\nadd_transaction_credits+0x198/0x310 [jbd2]\nstart_this_handle+0xfb/0x3f0 "
		"[jbd2]\njbd2__journal_start+0xf5/0x200 [jbd2]\n",
		b);
	assert_string_equal(
		a, "hung-task|wait_transaction_locked|add_transaction_credits|start_this_handle");
	assert_string_equal(a, b);
}

static void another_place_or_another_kind_changes_it(void **state)
{
	char a[160], b[160], c[160];

	signed_as(FINDING_HUNG_TASK, "x", "schedule+0x1/0x2\nfoo+0x1/0x2\n", a);
	signed_as(FINDING_HUNG_TASK, "x", "schedule+0x1/0x2\nbar+0x1/0x2\n", b);
	signed_as(FINDING_SOFT_LOCKUP, "x", "schedule+0x1/0x2\nfoo+0x1/0x2\n", c);
	assert_string_not_equal(a, b);
	assert_string_not_equal(a, c);
}

static void without_a_stack_the_headline_serves_with_its_numbers_set_aside(void **state)
{
	char a[160], b[160];

	signed_as(FINDING_IO_ERROR, "I/O error, dev sda, sector 1953523120", "", a);
	signed_as(FINDING_IO_ERROR, "I/O error, dev sda, sector 17", "", b);
	assert_string_equal(a, b);
	assert_string_equal(a, "io-error|I/O error, dev sda, sector #");
	signed_as(FINDING_IO_ERROR, "I/O error, dev sdb, sector 17", "", b);
	assert_string_not_equal(a, b);
}

static void the_stack_of_another_task_is_not_part_of_it(void **state)
{
	char a[160];

	signed_as(FINDING_KASAN, "x", "foo+0x1/0x2\n--\nbar+0x1/0x2\n", a);
	assert_string_equal(a, "kasan|foo");
}

static struct told told;

/* The signature of the last telling of the first report in @text. */
static const char *signature_of(const char *text)
{
	const char *last = "";

	told_text(&told, text);
	for (unsigned int i = 0; i < told.count; i++)
		if (told.list[i].id == 1 || told.list[i].more_of == 1)
			last = told.list[i].signature;
	return last;
}

/* The same bug, as two kernels, loggers or people wrote it down. */
static const struct {
	const char *what, *a, *b;
} same_bug[] = {
	{ "el7 with addresses, 6.1 without; pids, offsets, modules, seconds",
	  "[ 9129.215156] INFO: task jbd2/sdb1-8:22455 blocked for more than 120 seconds.\n"
	  "[ 9129.381413] Call Trace:\n [<ffffffff811ee000>] ? generic_block_bmap+0x50/0x50\n"
	  " [<ffffffff817203fd>] io_schedule+0x9d/0x140\n [<ffffffff811ee00e>] "
	  "sleep_on_buffer+0xe/0x20\n [<ffffffff811ef33a>] __wait_on_buffer+0x2a/0x30\n"
	  " [<ffffffff8128867c>] jbd2_journal_commit_transaction+0x181c/0x1a70\n"
	  " [<ffffffff8128ca7d>] kjournald2+0xbd/0x250\n",
	  "<3>INFO: task jbd2/vda-8:42 blocked for more than 143 seconds.\nCall Trace:\n <TASK>\n "
	  "__schedule+0x282/0x870\n schedule+0x46/0xb0\n io_schedule+0x42/0x70\n "
	  "bit_wait_io+0xd/0x50\n __wait_on_bit+0x26/0x80\n out_of_line_wait_on_bit+0x8d/0xb0\n "
	  "jbd2_journal_commit_transaction+0x60a/0x1ad0 [jbd2 "
	  "0123456789abcdef0123456789abcdef01234567]\n kjournald2+0xab/0x270 [jbd2]\n </TASK>\n" },
	{ "compilers' suffixes",
	  "------------[ cut here ]------------\nWARNING: CPU: 1 PID: 4 at fs/a.c:12 "
	  "a_func.isra.0+0x1/0x2 [a]\nCall Trace:\n b_func.constprop.1+0x1/0x2\n "
	  "c_func.part.2.cold+0x1/0x2\n---[ end trace 0 ]---\n",
	  "------------[ cut here ]------------\nWARNING: CPU: 0 PID: 9 at ./fs/a.c:77 "
	  "a_func+0x7/0x8 [a]\nRIP: 0010:a_func+0x7/0x8 [a]\nCall Trace:\n b_func+0x1/0x2\n "
	  "c_func+0x1/0x2\n---[ end trace 0 ]---\n" },
	{ "WARNING of 6.1 and of 6.19",
	  "WARNING: CPU: 1 PID: 4 at fs/a.c:12 a_func+0x1/0x2 [a]\nCall Trace:\n b_func+0x1/0x2\n",
	  "WARNING: fs/a.c:12 at a_func+0x1/0x2 [a], CPU#3: cat/9\nCall Trace:\n "
	  "b_func+0x1/0x2\n" },
	{ "raw and symbolized",
	  "BUG: KASAN: use-after-free in a_func+0x1/0x2\nCall Trace:\n dump_stack_lvl+0x1/0x2\n "
	  "kasan_report+0x1/0x2\n a_func+0x1/0x2\n b_func+0x1/0x2\n",
	  "BUG: KASAN: use-after-free in in_a include/linux/a.h:7 [inline]\n"
	  "BUG: KASAN: use-after-free in a_func+0x1/0x2 fs/a.c:12\nCall Trace:\n __dump_stack "
	  "lib/dump_stack.c:88 [inline]\n dump_stack_lvl+0x1/0x2 lib/dump_stack.c:106\n "
	  "kasan_report+0x1/0x2 mm/kasan/report.c:9\n in_a include/linux/a.h:7 [inline]\n "
	  "a_func+0x1/0x2 fs/a.c:12\n b_func+0x1/0x2 fs/b.c:3\n" },
	{ "dmesg with callers, and syslog",
	  "[   10.1][   T77] BUG: kernel NULL pointer dereference, address: 0000000000000008\n"
	  "[   10.1][   T77] RIP: 0010:a_func+0x1/0x2 [a]\n[   10.1][   T77] Call Trace:\n"
	  "[   10.1][   T77]  b_func+0x1/0x2\n",
	  "Apr 13 16:31:57 gw kernel: [  369.0] BUG: kernel NULL pointer dereference, address: "
	  "0000000000000030\nApr 13 16:31:57 gw kernel: [  369.0] RIP: 0010:a_func+0x3/0x4\n"
	  "Apr 13 16:31:57 gw kernel: [  369.0] Call Trace:\nApr 13 16:31:57 gw kernel: [  369.0]  "
	  "b_func+0x3/0x4\n" },
	{ "NULL dereference of x86 and arm64",
	  "BUG: kernel NULL pointer dereference, address: 0000000000000008\nRIP: "
	  "0010:a_func+0x1/0x2\nCall Trace:\n b_func+0x1/0x2\n",
	  "Unable to handle kernel NULL pointer dereference at virtual address 0000000000000010\n"
	  "Internal error: Oops: 96000004 [#1] SMP\npc : a_func+0x1c/0x2c\nlr : b_func+0x1/0x2\n"
	  "Call trace:\n a_func+0x1c/0x2c (P)\n b_func+0x10/0x20\n" },
	{ "without a stack, other numbers",
	  "EXT4-fs error (device vda): ext4_lookup:1594: inode #2: "
	  "comm ls: deleted inode referenced: 12\n",
	  "EXT4-fs error (device vda): ext4_lookup:1612: inode #7: comm find: deleted inode "
	  "referenced: 99\n" },
};

static void the_same_bug_has_one_signature_whoever_tells_of_it(void **state)
{
	for (size_t i = 0; i < sizeof(same_bug) / sizeof(*same_bug); i++) {
		char a[160];

		snprintf(a, sizeof(a), "%s", signature_of(same_bug[i].a));
		if (!a[0] || strcmp(a, signature_of(same_bug[i].b)) != 0)
			fail_msg("%s: %s and %s", same_bug[i].what, a, signature_of(same_bug[i].b));
	}
}

static void different_bugs_have_different_signatures(void **state)
{
	static const char *const texts[] = {
		"WARNING: CPU: 1 PID: 4 at fs/a.c:1 a_func+0x1/0x2\nCall Trace:\n b_func+0x1/0x2\n",
		"WARNING: CPU: 1 PID: 4 at fs/a.c:1 a_func+0x1/0x2\nCall Trace:\n c_func+0x1/0x2\n",
		"kernel BUG at fs/a.c:1!\nRIP: 0010:a_func+0x1/0x2\nCall Trace:\n b_func+0x1/0x2\n",
		"INFO: task a:1 blocked for more than 120 seconds.\nCall Trace:\n "
		"schedule+0x1/0x2\n "
		"mutex_lock+0x1/0x2\n a_func+0x1/0x2\n",
		"INFO: task a:1 blocked for more than 120 seconds.\nCall Trace:\n "
		"schedule+0x1/0x2\n "
		"mutex_lock+0x1/0x2\n b_func+0x1/0x2\n",
		"BUG: KASAN: use-after-free in memcpy+0x1/0x2\nCall Trace:\n a_func+0x1/0x2\n",
		"BUG: KASAN: use-after-free in memcpy+0x1/0x2\nCall Trace:\n b_func+0x1/0x2\n",
		"list_del corruption. prev->next should be ffff9e136bd57418\nRIP: "
		"0010:__list_del_entry_valid+0x1/0x2\nCall Trace:\n a_func+0x1/0x2\n",
		"list_del corruption. prev->next should be ffff9e136bd57418\nRIP: "
		"0010:__list_del_entry_valid+0x1/0x2\nCall Trace:\n b_func+0x1/0x2\n",
		"a: page allocation failure: order:5, mode:0x40\nCall Trace:\n "
		"__alloc_pages+0x1/0x2\n a_func+0x1/0x2\n",
		"a: page allocation failure: order:5, mode:0x40\nCall Trace:\n "
		"__alloc_pages+0x1/0x2\n b_func+0x1/0x2\n",
		"EXT4-fs error (device vda): ext4_lookup:1594: x\n",
		"EXT4-fs error (device vda): ext4_iget:1594: x\n",
		"Aborting journal on device vda-8.\n",
		"blk_update_request: I/O error, dev sda, sector 1\n",
		"Buffer I/O error on dev sda, logical block 1\n",
	};
	char seen[sizeof(texts) / sizeof(*texts)][160];

	for (size_t i = 0; i < sizeof(texts) / sizeof(*texts); i++) {
		snprintf(seen[i], sizeof(seen[i]), "%s", signature_of(texts[i]));
		assert_true(seen[i][0]);
		for (size_t k = 0; k < i; k++)
			if (!strcmp(seen[i], seen[k]))
				fail_msg("%s: %s and %s", seen[i], texts[i], texts[k]);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(offsets_modules_pids_and_suffixes_do_not_change_it),
		cmocka_unit_test(another_place_or_another_kind_changes_it),
		cmocka_unit_test(without_a_stack_the_headline_serves_with_its_numbers_set_aside),
		cmocka_unit_test(the_stack_of_another_task_is_not_part_of_it),
		cmocka_unit_test(the_same_bug_has_one_signature_whoever_tells_of_it),
		cmocka_unit_test(different_bugs_have_different_signatures),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

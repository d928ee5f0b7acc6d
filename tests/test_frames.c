/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <string.h>

#include "kmsg/frames.h"
#include "kmsg/pc.h"

static const struct {
	const char *line, *name, *offsets, *module;
	bool trusted;
} frames[] = {
	{ " [<ffffffff81353fd4>] schedule+0x24/0x70", "schedule", "+0x24/0x70", "", true },
	{ " [<ffffffff81069020>] ? bit_waitqueue+0xf0/0xf0", "bit_waitqueue", "+0xf0/0xf0", "",
	  false },
	{ " [<ffffffffa07eebe6>] osdmap_set_max_osd+0x76/0x1d0 [libceph]", "osdmap_set_max_osd",
	  "+0x76/0x1d0", "libceph", true },
	{ " ? func+0x1/0x2 [ext4]", "func", "+0x1/0x2", "ext4", false },
	{ " ext4_writepages+0x440/0x10b0 [ext4 0123456789abcdef0123456789abcdef01234567]",
	  "ext4_writepages", "+0x440/0x10b0", "ext4", true },
	{ "[<0>] proc_pid_stack+0xb1/0x150", "proc_pid_stack", "+0xb1/0x150", "", true },
	{ " <IRQ>  [<ffffffff8134ed4b>] dump_stack+0x19/0x1b", "dump_stack", "+0x19/0x1b", "",
	  true },
	{ " <<EOE>>  <IRQ> func+0x1/0x2", "func", "+0x1/0x2", "", true },
	{ " dump_header.isra.0+0x70/0xb0", "dump_header", "+0x70/0xb0", "", true },
	{ " foo.constprop.0.cold+0x7/0xb", "foo", "+0x7/0xb", "", true },
	{ " el0t_64_sync+0x1a0/0x1a4 (P)", "el0t_64_sync", "+0x1a0/0x1a4", "", true },
	{ "[<c00151fc>] (unwind_backtrace) from [<c0012710>] (show_stack+0x20/0x24)",
	  "unwind_backtrace", "", "", true },
	{ "[<c0012345>] (show_stack+0x0/0x14) from [<c0555b30>] (dump_stack+0x20/0x28)",
	  "show_stack", "+0x0/0x14", "", true },
	{ " unwind_backtrace from show_stack+0x10/0x14", "unwind_backtrace", "", "", true },
	{ "[c000003fdc18bd40] [c000000000150aec] wake_up_new_task+0x13c/0x310", "wake_up_new_task",
	  "+0x13c/0x310", "", true },
	{ "[c000003fdc18bc80] [c000000000159400] .propagate.isra.11+0x160/0x5f0 "
	  "(unreliable)",
	  "propagate", "+0x160/0x5f0", "", false },
	{ "([<000000000130e2ae>] number+0x464/0x5d0)", "number", "+0x464/0x5d0", "", true },
	{ "[<ffffffff81b51ab1>] dump_stack+0x165/0x258 lib/dump_stack.c:51", "dump_stack",
	  "+0x165/0x258", "", true },
	{ " tcp_close+0x1/0x2 net/ipv4/tcp.c:12 [inline]", "tcp_close", "+0x1/0x2", "", true },
	{ " inode_lock include/linux/fs.h:760 [inline]", "inode_lock", "", "", true },
	{ "[<     inline     >] __dump_stack lib/dump_stack.c:15", "__dump_stack", "", "", true },
	{ "[<(ptrval)>] show_stack+0x48/0x58", "show_stack", "+0x48/0x58", "", true },
	{ "[<80014428>](panic+0x84/0x1dc) from [<80025de8>](do_exit+0x700/0x7cc)", "panic",
	  "+0x84/0x1dc", "", true },
	{ " ext4_lookup (fs/ext4/namei.c:1594 fs/ext4/namei.c:1580)", "ext4_lookup", "", "", true },
};

static void frames_of_every_era_are_read(void **state)
{
	for (size_t i = 0; i < sizeof(frames) / sizeof(*frames); i++) {
		struct frame f;

		if (!frame_parse(frames[i].line, &f))
			fail_msg("no frame: %s", frames[i].line);
		assert_string_equal(f.name, frames[i].name);
		assert_string_equal(f.offsets, frames[i].offsets);
		assert_string_equal(f.module, frames[i].module);
		assert_int_equal(f.trusted, frames[i].trusted);
	}
}

static void what_is_no_frame_is_refused(void **state)
{
	static const char *const rows[] = {
		"",
		"Call Trace:",
		" <TASK>",
		" </TASK>",
		"RAX: ffff88080b175a08 RBX: ffff88080a661f18",
		"[<",
		"[<0>]",
		"func",
		"func+0x",
		"func+0x1",
		"func+0x1/",
		"func+0x1/0x",
		"+0x1/0x2",
		"1func+0x1/0x2",
		"func+0x1/0x2 is where it was",
		"kworker/0:1H",
		"? ",
		"memory from slab",
		"Caller from somewhere",
		"freed lib/kobject.c:12 and more",
		"lr : [<ffffff800842d628>]",
		"(func",
		"[<ffffffff81b51ab1>]",
	};
	struct frame f;

	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++)
		if (frame_parse(rows[i], &f))
			fail_msg("taken for a frame: %s", rows[i]);
}

static void dull_functions_are_passed_over(void **state)
{
	static const char *const is_dull[] = { "schedule",
					       "schedule_timeout",
					       "__schedule",
					       "io_schedule",
					       "rwsem_down_write_slowpath",
					       "down_write",
					       "__mutex_lock",
					       "kthread",
					       "entry_SYSCALL_64_after_hwframe",
					       "fttmr010_timer_interrupt",
					       "___preempt_schedule",
					       "lock_sock_nested",
					       "ldsem_down_write",
					       "rhashtable_lookup_fast",
					       "kobject_add_internal",
					       "usb_bulk_msg",
					       "hex_string",
					       "should_failslab",
					       "test_and_set_bit",
					       "hlist_add_head_rcu",
					       "msan_get_shadow_origin_ptr",
					       "netdev_err",
					       "dump_stack" };
	static const char *const telling[] = {
		"wait_transaction_locked", "jbd2_journal_commit_transaction",
		"ext4_writepages",         "kthreadd",
		"xfs_log_force",           "downgrade_all",
		"sock_alloc_send_pskb",    "tty_ldisc_hangup"
	};

	for (size_t i = 0; i < sizeof(is_dull) / sizeof(*is_dull); i++)
		assert_true(frame_is_dull(is_dull[i]));
	for (size_t i = 0; i < sizeof(telling) / sizeof(*telling); i++)
		assert_false(frame_is_dull(telling[i]));
}

static void a_kind_has_dull_functions_of_its_own(void **state)
{
	static const struct {
		enum finding_kind kind;
		const char *function;
		bool dull;
	} rows[] = {
		{ FINDING_GPF, "kmem_cache_alloc", true },
		{ FINDING_PAGING_FAULT, "qlist_free_all", false },
		{ FINDING_BUG, "skb_segment", true },
		{ FINDING_KASAN, "skb_segment", false },
		{ FINDING_KMSAN, "netlink_rcv_skb", true },
		{ FINDING_KMSAN, "aes_encrypt", true },
		{ FINDING_KASAN, "aes_encrypt", false },
		{ FINDING_MEMORY_LEAK, "shmem_mmap", true },
		{ FINDING_KASAN, "shmem_mmap", false },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++)
		if (frame_is_dull_for(rows[i].kind, rows[i].function) != rows[i].dull)
			fail_msg("%s", rows[i].function);
}

static void who_asked_for_memory_is_told_not_the_allocator(void **state)
{
	char name[96];
	const char *stack = "warn_alloc+0x1/0x2\n__alloc_pages_slowpath+0x1/0x2\nkmalloc_order+0x1/"
			    "0x2\nosdmap_set_max_osd+0x76/0x1d0 [libceph]\n";

	frames_telling(stack, FINDING_PAGE_ALLOC_FAILURE, name, sizeof(name));
	assert_string_equal(name, "osdmap_set_max_osd");
	frames_telling(stack, FINDING_GPF, name, sizeof(name)); /* there it is the victim */
	assert_string_equal(name, "__alloc_pages_slowpath");
}

static void a_wait_for_a_page_tells_something_in_an_oops_only(void **state)
{
	char name[96];
	const char *stack =
		"io_schedule+0x1/0x2\nfolio_wait_bit_common+0x1/0x2\next4_bread+0x1/0x2\n";

	frames_telling(stack, FINDING_HUNG_TASK, name, sizeof(name));
	assert_string_equal(name, "ext4_bread");
	frames_telling(stack, FINDING_NULL_DEREF, name, sizeof(name));
	assert_string_equal(name, "folio_wait_bit_common");
}

static void the_instruction_pointer_is_read_on_every_architecture(void **state)
{
	static const struct {
		const char *line, *name;
	} rows[] = {
		{ "RIP: 0010:ext4_lookup+0x1/0x20 [ext4]", "ext4_lookup" },
		{ "RIP: 0010:[<ffffffff81210ea1>]  [<ffffffff81210ea1>] ext4_lookup+0x1/0x20",
		  "ext4_lookup" },
		{ "RIP: e030:ext4_lookup+0x1/0x20", "ext4_lookup" },
		{ "RIP: ext4_lookup+0x1/0x20 RSP: ffff88003e3d4800", "ext4_lookup" },
		{ "EIP: ext4_lookup+0x1/0x20", "ext4_lookup" },
		{ "EIP is at ext4_lookup+0x1/0x20", "ext4_lookup" },
		{ "IP: [<ffffffff81210ea1>] ext4_lookup+0x1/0x20", "ext4_lookup" },
		{ "pc : ext4_lookup+0x1/0x20", "ext4_lookup" },
		{ "PC is at ext4_lookup+0x1/0x20", "ext4_lookup" },
		{ "NIP [c000000000ac0ce8] .ext4_lookup+0x18/0xf0", "ext4_lookup" },
		{ "--- interrupt: 901 at ext4_lookup+0x54/0x74", "ext4_lookup" },
		{ "Krnl PSW : 0704d00180000000 00000000009e59e4 (ext4_lookup+0x464/0x5d0)",
		  "ext4_lookup" },
		{ "epc : ext4_lookup+0x1/0x20", "ext4_lookup" },
		{ "epc   : 801526bc ext4_lookup+0x1/0x20", "ext4_lookup" },
		{ "   era: 9000000000223e88 ext4_lookup+0x14/0x20", "ext4_lookup" },
		{ "RIP: 0033:0x7fe5a4b3d94f", NULL },
		{ "RIP: 0010:0x0", NULL },
		{ "pc : [<c01f3218>]    lr : [<c01f32a0>]    psr: 60000013", NULL },
		{ "NIP:  c000000000ac0ce8 LR: c000000000159748 CTR: c000000000ac0cd0", "-" },
		{ "LR is at ext4_lookup+0x3c/0x5c", "-" },
		{ "RIP", "-" },
		{ "", "-" },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct frame f;
		enum pc_line found = pc_parse(rows[i].line, &f);

		if (!rows[i].name)
			assert_int_equal(found, PC_NOWHERE);
		else if (!strcmp(rows[i].name, "-"))
			assert_int_equal(found, PC_NONE);
		else if (found != PC_KNOWN || strcmp(f.name, rows[i].name))
			fail_msg("%s", rows[i].line);
	}
}

static void the_first_telling_frame_is_found_else_the_first_place(void **state)
{
	char name[96];

	frames_telling("schedule+0x24/0x70\nwait_transaction_locked+0x71/"
		       "0xa0\nstart_this_handle+0x1/0x2\n",
		       FINDING_HUNG_TASK, name, sizeof(name));
	assert_string_equal(name, "wait_transaction_locked");
	frames_telling("finish_task_switch+0x24/0x70\nschedule+0x1/0x2\n", FINDING_SOFT_LOCKUP,
		       name, sizeof(name));
	assert_string_equal(name, "finish_task_switch");
	frames_telling("schedule+0x24/0x70\nmutex_lock+0x1/0x2\n", FINDING_HUNG_TASK, name,
		       sizeof(name));
	assert_string_equal(name, "mutex_lock");
	frames_telling("schedule+0x24/0x70\nkthread+0x1/0x2\n", FINDING_HUNG_TASK, name,
		       sizeof(name));
	assert_string_equal(name, ""); /* all that sleep stand there */
	frames_telling("", FINDING_HUNG_TASK, name, sizeof(name));
	assert_string_equal(name, "");
}

static void a_full_buffer_keeps_whole_lines(void **state)
{
	struct frame f = { "wait_transaction_locked", "+0x71/0xa0", "jbd2", true };
	char buf[60] = "";

	assert_true(frame_append(&f, buf, sizeof(buf)));
	assert_string_equal(buf, "wait_transaction_locked+0x71/0xa0 [jbd2]\n");
	assert_false(frame_append(&f, buf, sizeof(buf)));
	assert_string_equal(buf, "wait_transaction_locked+0x71/0xa0 [jbd2]\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(frames_of_every_era_are_read),
		cmocka_unit_test(what_is_no_frame_is_refused),
		cmocka_unit_test(dull_functions_are_passed_over),
		cmocka_unit_test(a_kind_has_dull_functions_of_its_own),
		cmocka_unit_test(the_first_telling_frame_is_found_else_the_first_place),
		cmocka_unit_test(who_asked_for_memory_is_told_not_the_allocator),
		cmocka_unit_test(a_wait_for_a_page_tells_something_in_an_oops_only),
		cmocka_unit_test(the_instruction_pointer_is_read_on_every_architecture),
		cmocka_unit_test(a_full_buffer_keeps_whole_lines),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

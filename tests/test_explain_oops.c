/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <errno.h>

#include "base/cleanup.h"
#include "explain_log.h"
#include "triage/oops_code.h"
#include "triage/oops_fault.h"
#include "triage/oops_list.h"
#include "triage/oops_poison.h"

/* Real reports and the sentence that an expert would say. @library: needs the disassembler. */
static const struct {
	const char *file, *conclusion, *said;
	bool library;
} reports[] = {
	{ "explain/oops-5.17-dbuf_sync_list.log",
	  "dbuf_sync_list+0x67/0x250 [zfs] wrote to 0xb, NULL + 0xb: a member of a NULL pointer; "
	  "it "
	  "takes an entry off a list, whose next is 0x3 = NULL + 0x3: a member of a NULL pointer.",
	  "The list_head is at 0xffffa15a93f87800 (rax + 0x0).", true },
	{ "explain/oops-5.17-zap_leaf.log",
	  "zap_leaf_lookup+0x4d/0x170 [zfs] read from 0x20, NULL + 0x20: a member of a NULL "
	  "pointer.",
	  "The address was made of rdx plus 0x20: 0x20, the address of the fault.", true },
	{ "explain/gpf-5.1-strcmp.log",
	  "strcmp+0x8/0x20 read from 0x48ffb108f474c60b by rdi = 0x48ffb108f474c60c, not "
	  "canonical: "
	  "no address at all.",
	  "The address was made of rdi minus 0x1", true },
	{ "explain/gpf-5.6-xtables.log",
	  "0xffffffffc06b4f00 read from 0x8030000000000084 by rax = 0x8030000000000000, not "
	  "canonical: no address at all.",
	  "=> testb $1, 0x84(%rax)", true },
	{ "explain/gpf-4.1-list-poison.log",
	  "The kernel died in ipv4_dst_destroy+0x3f/0x80 with rax = 0xdead000000200200, "
	  "LIST_POISON2: prev of a list entry after list_del (to 4.2).",
	  "rdx = 0xdead000000100100: LIST_POISON1", false },
	{ "explain/oops-4.19-memset.log",
	  "memset_erms+0x9/0x10 wrote to 0xffffe0f000020000: a write, by the kernel, to a page "
	  "that "
	  "is not present.",
	  "Tainted: O (a module from out of the tree).", false },
	{ "explain/oops-3.12-rb_erase.log", "rb_erase+0x19b/0x360 read from 0x0, NULL.",
	  "The CPU says: a read, by the kernel, from a page that is not present.", false },
	{ "explain/oops-arm-4.10.log", "put_css_set_locked+0xa0/0x158 used 0x12005456.", "",
	  false },
	{ "explain/oops-arm64-5.19.log",
	  "page_frag_alloc_align+0x230/0x580 used 0x6c0, NULL + 0x6c0: a member of a NULL pointer.",
	  "data abort in the kernel (class 0x25), a read; translation fault (nothing mapped), "
	  "level 0",
	  false },
	{ "explain/bug-5.14-slub.log",
	  "The kernel stopped itself at mm/slub.c:3035 in __kmalloc_node+0x427/0x460: a condition "
	  "that "
	  "it relies on did not hold.",
	  "Tainted: W (a warning came before).", false },
	{ "logs/oops-null-ip-5.2.log",
	  "The kernel jumped to 0x0, NULL: a function pointer was wrong.",
	  "an instruction fetch, by the kernel", false },
	{ "logs/oops-4.15-powerpc.log",
	  "dbs_update_util_handler+0x18/0xf0 used 0xafb504000afb5049.",
	  "This is oops number 7 of this boot", false },
	{ "logs/null-deref-6.12-arm64.log",
	  "selinux_inode_free_security+0x7c/0xbc wrote to 0x0, NULL.", "", true },
	{ "logs/gpf-panic-tail-6.12.log",
	  "__d_lookup+0x35/0xb0 read from 0xdead000000000122, LIST_POISON2: prev of", "", true },
	{ "explain/list-4.19-kexec.log", "A list is corrupt", "it was freed or overwritten",
	  false },
	{ "explain/list-3.10-poison.log", "A list is corrupt",
	  "The entry was deleted before: a second list_del.", false },
};

static void real_oopses_get_the_sentence_that_an_expert_says(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(reports); i++) {
		struct explanation e;

		if (reports[i].library && !oops_code_can())
			continue;
		assert_int_equal(explain_file(&explain_oops, 0, reports[i].file, &e), 0);
		if (strncmp(e.conclusion, reports[i].conclusion, strlen(reports[i].conclusion)))
			fail_msg("%s: %s", reports[i].file, e.conclusion);
		assert_true(says(&e, reports[i].said));
		explanation_clear(&e);
	}
}

static void details_hold_registers_address_and_code(void **state)
{
	struct explanation e;
	json_t *r8;

	(void)state;
	assert_int_equal(explain_file(&explain_oops, 0, "explain/gpf-4.1-list-poison.log", &e), 0);
	r8 = json_object_get(json_object_get(e.details, "registers"), "rdx");
	assert_string_equal(json_string_value(json_object_get(r8, "value")), "0xdead000000100100");
	assert_string_equal(json_string_value(json_object_get(r8, "looks")), "list-poison");
	assert_string_equal(detail(&e, "arch"), "x86_64");
	explanation_clear(&e);
}

static void an_oops_without_anything_in_it_is_not_explained(void **state)
{
	char text[] = "Oops: 0000 [#1] SMP\n";
	struct explanation e = { .details = NULL };

	(void)state;
	assert_int_equal(explain_text(&explain_oops, 0, text, &e), -ENODATA);
	assert_null(e.words);
}

/* The instructions of a published analysis (openEuler, split of huge pages): next was zeroed. */
static void a_list_deletion_is_known_by_its_two_stores(void **state)
{
	struct oops o = { .arch = ARCH_X86_64, .code_fault = -1 };
	struct oops_code code;

	(void)state;
	if (!oops_code_can())
		skip();
	oops_code_take(&o, "4c 8b 82 98 00 00 00 48 8b ba a0 00 00 00 48 8d 82 98 00 00 00 "
			   "<49> 89 78 08 4c 89 07 48 89 82 98 00 00 00");
	oops_regs_take(&o, "RDX: ffffe2843fa00080 RDI: dead000000000200 R08: 0000000000000000");
	oops_code_read(&o, &code);
	assert_true(code.done && code.list_del && code.writes && code.known);
	assert_string_equal(code.next_reg, "r8");
	assert_string_equal(code.prev_reg, "rdi");
	assert_string_equal(code.entry_reg, "rdx");
	assert_int_equal(code.entry_offset, 0x98);
	assert_true(code.address == 8);
}

static void two_other_stores_are_no_list_deletion(void **state)
{
	struct oops o = { .arch = ARCH_X86_64, .code_fault = -1 };
	struct oops_code code;

	(void)state;
	if (!oops_code_can())
		skip();
	oops_code_take(&o, "<49> 89 78 08 4c 89 0f 90");
	oops_code_read(&o, &code);
	assert_true(code.done);
	assert_false(code.list_del);
	assert_false(code.known); /* no registers */
}

static void other_architectures_are_disassembled_too(void **state)
{
	struct oops o = { .arch = ARCH_ARM64, .code_fault = -1 };
	struct oops_code code;

	(void)state;
	if (!oops_code_can())
		skip();
	oops_code_take(&o, "aa0203e0 a9060ba3 (f9400841)");
	oops_regs_take(&o, "x2 : 0000000000000010 x1 : ffff48cb4333c000 x0 : 0000000000000000");
	oops_code_read(&o, &code);
	assert_true(code.done && code.known && !code.writes);
	assert_string_equal(code.base, "x2");
	assert_true(code.address == 0x20);
	o = (struct oops){ .arch = ARCH_I386, .code_fault = -1 };
	oops_code_take(&o, "89 c3 <8b> 40 04 c3");
	oops_regs_take(&o, "EAX: 6b6b6b6b EBX: f07ce418 ECX: 00000000 EDX: 00000000");
	oops_code_read(&o, &code);
	assert_true(code.known && code.address == 0x6b6b6b6f);
	assert_string_equal(code.base, "eax");
}

static void code_that_cannot_be_read_is_left_alone(void **state)
{
	static const char *const texts[] = { "Bad RIP value.",
					     "",
					     "zz",
					     "<",
					     "<>",
					     "12345678901",
					     "Unable to access opcode bytes at RIP 0x7f." };

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(texts); i++) {
		struct oops o = { .arch = ARCH_X86_64, .code_fault = -1 };
		struct oops_code code;

		oops_code_take(&o, texts[i]);
		assert_int_equal(o.code_bytes, 0);
		oops_code_read(&o, &code);
		assert_false(code.done);
	}
}

static void more_code_than_fits_is_cut(void **state)
{
	struct oops o = { .arch = ARCH_X86_64, .code_fault = -1 };
	char text[OOPS_CODE_MAX * 6 + 1] = "";

	(void)state;
	for (size_t i = 0; i < OOPS_CODE_MAX * 2; i++)
		strcat(text, "90 ");
	oops_code_take(&o, text);
	assert_int_equal(o.code_bytes, OOPS_CODE_MAX);
}

static const struct {
	enum oops_arch arch;
	uint64_t value;
	enum looks looks;
	const char *words;
} values[] = {
	{ ARCH_X86_64, 0, LOOKS_NULL, "NULL" },
	{ ARCH_X86_64, 0x18, LOOKS_NULL, "NULL + 0x18: a member of a NULL pointer" },
	{ ARCH_X86_64, 0xdead000000000100, LOOKS_LIST, "LIST_POISON1: next of" },
	{ ARCH_X86_64, 0xdead000000000108, LOOKS_LIST, "LIST_POISON1 + 0x8: next of" },
	{ ARCH_X86_64, 0xdead000000000122, LOOKS_LIST, "LIST_POISON2: prev of" },
	{ ARCH_X86_64, 0xdead000000000200, LOOKS_LIST, "LIST_POISON2: prev of" },
	{ ARCH_X86_64, 0xdead000000100100, LOOKS_LIST, "LIST_POISON1: next of" },
	{ ARCH_X86_64, 0xdead000000200208, LOOKS_LIST, "LIST_POISON2 + 0x8: prev of" },
	{ ARCH_X86_64, 0xdead000000000400, LOOKS_POISON, "TAIL_MAPPING" },
	{ ARCH_X86_64, 0xdead4ead00000000, LOOKS_POISON, "SPINLOCK_MAGIC" },
	{ ARCH_X86_64, 0xdeadbeef12345678, LOOKS_IMPOSSIBLE, "not canonical" },
	{ ARCH_X86_64, 0x6b6b6b6b6b6b6b6b, LOOKS_POISON,
	  "POISON_FREE: slab memory that was freed" },
	{ ARCH_X86_64, 0x6b6b6b6b6b6b6b83, LOOKS_POISON, "POISON_FREE + 0x18: slab" },
	{ ARCH_X86_64, 0x5a5a5a5a5a5a5a5a, LOOKS_POISON, "POISON_INUSE" },
	{ ARCH_X86_64, 0xaaaaaaaaaaaaaaaa, LOOKS_POISON, "PAGE_POISON" },
	{ ARCH_X86_64, 0xdffffc0000000003, LOOKS_SHADOW,
	  "KASAN's shadow of address 0x18 (NULL and an offset)" },
	{ ARCH_X86_64, 0xfffffffffffffff4, LOOKS_ERROR, "-12" },
	{ ARCH_X86_64, 0x6f77206f6c6c6568, LOOKS_TEXT, "the characters \"hello wo\"" },
	{ ARCH_X86_64, 0xff7f888001e0a5a0, LOOKS_BIT_FLIP, "not canonical, and bit 55 alone" },
	{ ARCH_X86_64, 0x48ffb108f474c60c, LOOKS_IMPOSSIBLE, "not canonical" },
	{ ARCH_X86_64, 0xffff88003e3d4800, LOOKS_ORDINARY, "" },
	{ ARCH_X86_64, 0x00007f5d71016d30, LOOKS_USER, "an address of user space" },
	{ ARCH_I386, 0x00100100, LOOKS_LIST, "LIST_POISON1" },
	{ ARCH_I386, 0x00200204, LOOKS_LIST, "LIST_POISON2 + 0x4" },
	{ ARCH_I386, 0x00000100, LOOKS_NULL, "NULL + 0x100" },
	{ ARCH_I386, 0x6b6b6b6b, LOOKS_POISON, "POISON_FREE" },
	{ ARCH_I386, 0xfffffff4, LOOKS_ERROR, "-12" },
	{ ARCH_I386, 0xf07ce418, LOOKS_ORDINARY, "" },
	{ ARCH_ARM64, 0xffff48cb4333c000, LOOKS_ORDINARY, "" },
	{ ARCH_UNKNOWN, 0xdead000000000100, LOOKS_LIST, "LIST_POISON1" },
};

static void values_are_told_by_the_poison_of_every_era(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(values); i++) {
		char words[160];
		enum looks looks =
			oops_looks(values[i].arch, values[i].value, words, sizeof(words));

		if (looks != values[i].looks ||
		    strncmp(words, values[i].words, strlen(values[i].words)))
			fail_msg("case %zu, 0x%llx: %s, %s", i, (unsigned long long)values[i].value,
				 oops_looks_name(looks), words);
	}
}

static void registers_of_user_space_are_left_alone(void **state)
{
	const char *lines[] = { "RIP: 0010:f+0x1/0x2",
				"RAX: 0000000000000001 RBX: 0000000000000002",
				"RIP: 0033:0x7f5d7118c0ba", "RCX: 0000000000000003",
				"Code: 90 <90> 90" };
	uint64_t numbers[] = { 1, 2, 3, 4, 5 };
	struct triage_case c = { .text = { lines, numbers, 5, false } };
	struct oops o;
	uint64_t value;

	(void)state;
	oops_read(&c, &o);
	assert_int_equal(o.reg_count, 2);
	assert_true(oops_reg(&o, "RAX", &value) && value == 1);
	assert_false(oops_reg(&o, "rcx", &value));
	assert_int_equal(o.code_bytes, 0);
	assert_string_equal(o.where, "f+0x1/0x2");
}

static void registers_of_each_architecture_are_found(void **state)
{
	struct oops o = { .arch = ARCH_UNKNOWN };

	(void)state;
	assert_int_equal(oops_regs_take(&o, "x29: ffff80000802be10 x28: ffff48cb4333c000 x27: "
					    "ffffa7b244117630"),
			 3);
	assert_int_equal(o.arch, ARCH_ARM64);
	o = (struct oops){ .arch = ARCH_UNKNOWN };
	assert_int_equal(
		oops_regs_take(&o, "pc : [<c019d604>]    lr : [<c018dcc8>]    psr: 000f0193"), 2);
	assert_int_equal(oops_regs_take(&o, "r3 : 000005c6  r2 : 000005c7  r1 : c0d02000"), 3);
	assert_int_equal(o.arch, ARCH_ARM);
	o = (struct oops){ .arch = ARCH_UNKNOWN };
	assert_int_equal(oops_regs_take(&o, "RSP: 0018:ffffb109c3b87d08 EFLAGS: 00010286"), 1);
	assert_true(o.regs[0].value == 0xffffb109c3b87d08);
	assert_int_equal(oops_regs_take(&o, "RSP: 0018:0000000000000000"),
			 0); /* the first counts */
	assert_int_equal(oops_regs_take(&o, "Modules linked in: x1 r2: nothing"), 0);
}

static void error_codes_are_decoded(void **state)
{
	char buf[192];

	(void)state;
	oops_page_fault_words(0x2, buf, sizeof(buf));
	assert_string_equal(buf, "a write, by the kernel, to a page that is not present");
	oops_page_fault_words(0x11, buf, sizeof(buf));
	assert_string_equal(buf,
			    "an instruction fetch, by the kernel, from a page that is present but "
			    "forbids it");
	oops_page_fault_words(0xd, buf, sizeof(buf));
	assert_string_equal(buf,
			    "a read, by user space, from a page that is present but forbids it; "
			    "reserved bits are set in the page table");
	oops_selector_words(0, buf, sizeof(buf));
	assert_string_equal(buf, "");
	oops_selector_words(0x31, buf, sizeof(buf));
	assert_string_equal(buf, "selector index 6 of the GDT, by an external event");
	oops_esr_words(0x96000045, buf, sizeof(buf));
	assert_string_equal(buf,
			    "data abort in the kernel (class 0x25), a write; translation fault "
			    "(nothing mapped), level 1");
	oops_esr_words(0x8600000e, buf, sizeof(buf));
	assert_string_equal(buf, "instruction abort in the kernel (class 0x21); permission fault, "
				 "level 2");
}

static void taint_is_read_as_a_set_of_letters(void **state)
{
	char buf[768];

	(void)state;
	oops_taint_words("G        W  OE  ------------", buf, sizeof(buf));
	assert_string_equal(buf,
			    "W (a warning came before), O (a module from out of the tree), E (an "
			    "unsigned module)");
	oops_taint_words("P      D    O", buf, sizeof(buf));
	assert_true(strstr(buf, "D (the kernel died before") != NULL);
	assert_true(oops_taint_has("G      D", 'D'));
	assert_false(oops_taint_has("", 'D'));
	oops_taint_words("Not tainted", buf, sizeof(buf));
	assert_string_equal(buf, "");
}

static const struct {
	const char *line, *words;
	uint64_t found;
} lists[] = {
	{ "list_add corruption. next->prev should be prev (ffff910309261548), but was "
	  "ffff910487cb2d58. (next=ffff910487cb2d58).",
	  "list_add: next->prev is not prev, it is 0xffff910487cb2d58", 0xffff910487cb2d58 },
	{ "list_del corruption. next->prev should be ffff9df513f39368, but was dead000000000122",
	  "list_del: next->prev does not point to the entry, it is 0xdead000000000122 = "
	  "LIST_POISON2",
	  0xdead000000000122 },
	{ "list_del corruption, ffff947ed76217d0->next is LIST_POISON1 (dead000000000100)",
	  "list_del: the entry's next is LIST_POISON1", 0xdead000000000100 },
	{ "list_add double add: new=ffff8800, prev=ffff8801, next=ffff8802.",
	  "list_add: the entry is on this list already", 0 },
	{ "list_del corruption, ffff888100041800->next is NULL",
	  "list_del: the entry's next is NULL", 0 },
};

static void broken_lists_say_which_neighbour_is_wrong(void **state)
{
	struct oops_list l;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(lists); i++) {
		oops_list_read(lists[i].line, ARCH_X86_64, &l);
		assert_true(l.known);
		if (strncmp(l.words, lists[i].words, strlen(lists[i].words)))
			fail_msg("case %zu: %s", i, l.words);
		assert_true(l.found == lists[i].found);
	}
	oops_list_read("", ARCH_X86_64, &l);
	assert_false(l.known);
	oops_list_read("list_del is fine", ARCH_X86_64, &l);
	assert_false(l.known);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(real_oopses_get_the_sentence_that_an_expert_says),
		cmocka_unit_test(details_hold_registers_address_and_code),
		cmocka_unit_test(an_oops_without_anything_in_it_is_not_explained),
		cmocka_unit_test(a_list_deletion_is_known_by_its_two_stores),
		cmocka_unit_test(two_other_stores_are_no_list_deletion),
		cmocka_unit_test(other_architectures_are_disassembled_too),
		cmocka_unit_test(code_that_cannot_be_read_is_left_alone),
		cmocka_unit_test(more_code_than_fits_is_cut),
		cmocka_unit_test(values_are_told_by_the_poison_of_every_era),
		cmocka_unit_test(registers_of_user_space_are_left_alone),
		cmocka_unit_test(registers_of_each_architecture_are_found),
		cmocka_unit_test(error_codes_are_decoded),
		cmocka_unit_test(taint_is_read_as_a_set_of_letters),
		cmocka_unit_test(broken_lists_say_which_neighbour_is_wrong),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

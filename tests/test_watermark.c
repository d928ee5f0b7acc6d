/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Mem-Info of every form into zones, and the zones put to the test of every age. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "triage/alloc_request.h"
#include "triage/watermark.h"

#define ORDER5                                                                                     \
	"Node 0 DMA free:15864kB min:48kB low:60kB high:72kB\n"                                    \
	"lowmem_reserve[]: 0 1700 64161 64161\n"                                                   \
	"Node 0 DMA32 free:261328kB min:5412kB low:6764kB high:8116kB\n"                           \
	"lowmem_reserve[]: 0 0 62460 62460\n"                                                      \
	"Node 0 Normal free:272880kB min:198808kB low:248508kB high:298212kB\n"                    \
	"lowmem_reserve[]: 0 0 0 0\n"                                                              \
	"Node 1 Normal free:3315332kB min:205324kB low:256652kB high:307984kB\n"                   \
	"lowmem_reserve[]: 0 0 0 0\n"                                                              \
	"Node 0 DMA: 0*4kB 1*8kB (U) 1*16kB (U) 1*32kB (U) 1*64kB (U) 1*128kB (U) 1*256kB (U) "    \
	"0*512kB 1*1024kB (U) 1*2048kB (R) 3*4096kB (M) = 15864kB\n"                               \
	"Node 0 DMA32: 36913*4kB (UEM) 14087*8kB (UEM) 44*16kB (UEM) 17*32kB (UEM) 0*64kB "        \
	"0*128kB "                                                                                 \
	"0*256kB 0*512kB 0*1024kB 0*2048kB 0*4096kB = 261596kB\n"                                  \
	"Node 0 Normal: 69629*4kB (UEM) 411*8kB (UEM) 1*16kB (E) 3*32kB (E) 0*64kB 0*128kB "       \
	"0*256kB 0*512kB 0*1024kB 0*2048kB 0*4096kB = 281916kB\n"                                  \
	"Node 1 Normal: 241701*4kB (UEM) 240734*8kB (UEM) 24010*16kB (UEM) 990*32kB (UEM) "        \
	"175*64kB (UEM) 20*128kB (UEM) 3*256kB (UM) 0*512kB 0*1024kB 0*2048kB 0*4096kB = "         \
	"3323044kB\n"

/* Lines in static memory, until the next call. */
static const struct report_text *text_of(const char *text)
{
	static char copy[16384];
	static const char *lines[256];
	static struct report_text t;
	char *save = NULL;

	snprintf(copy, sizeof(copy), "%s", text);
	t = (struct report_text){ .lines = lines };
	for (char *p = strtok_r(copy, "\n", &save); p; p = strtok_r(NULL, "\n", &save))
		lines[t.count++] = p;
	return &t;
}

static struct meminfo m;

static struct watermark test(const char *text, const char *release, uint32_t mask,
			     unsigned int order, unsigned int zone)
{
	struct watermark_ask ask;
	struct gfp_guess g;
	struct watermark w;

	assert_int_equal(meminfo_parse(&m, text_of(text)), 0);
	gfp_guess_era(release, mask, NULL, text_of(text), &g);
	watermark_ask_make(&g, gfp_decode(g.era, mask, NULL), order, &ask);
	assert_true(zone < m.count);
	watermark_check(&ask, &m, &m.zones[zone], MEMINFO_UNKNOWN, &w);
	return w;
}

static void the_report_of_a_kernel_course_is_reckoned_as_its_author_did(void **state)
{
	static const int64_t free[] = { 587101, 105633, 9593, 1673 };
	static const int64_t min[] = { 25665, 12832, 6416, 3208 };
	struct watermark w = test(ORDER5, "3.10.0-514.el7.x86_64", 0x104050, 5, 3);

	assert_int_equal(w.verdict, WATERMARK_RATIO);
	assert_int_equal(w.step_count, 4);
	for (unsigned int i = 0; i < 4; i++) {
		assert_int_equal(w.steps[i].free, free[i]);
		assert_int_equal(w.steps[i].min, min[i]);
	}
	assert_int_equal(w.fitting, 23);
	w = test(ORDER5, "3.10.0-514.el7.x86_64", 0x104050, 5, 0);
	assert_int_equal(w.verdict, WATERMARK_KEPT);
	assert_int_equal(w.reserve, 64161);
	w = test(ORDER5, "3.10.0-514.el7.x86_64", 0x104050, 5, 1);
	assert_int_equal(w.verdict, WATERMARK_RATIO);
	assert_int_equal(w.steps[1].free, 214);
	assert_int_equal(w.steps[1].min, 338);
	w = test(ORDER5, "3.10.0-514.el7.x86_64", 0x104050, 5, 2);
	assert_int_equal(w.steps[0].free, -1440);
}

static void the_newer_rule_takes_any_block_that_fits(void **state)
{
	struct watermark w = test(ORDER5, "4.4.0", 0x2404040, 5, 3);

	assert_int_equal(w.verdict, WATERMARK_PASSES);
	assert_int_equal(w.fitting, 23);
	w = test(ORDER5, "4.4.0", 0x2404040, 5, 2);
	assert_int_equal(w.verdict, WATERMARK_NO_BLOCK);
	w = test(ORDER5, "4.4.0", 0x2404040, 8, 3);
	assert_int_equal(w.verdict, WATERMARK_NO_BLOCK);
}

static void rhel_6_starts_its_mark_at_zero_above_order_0(void **state)
{
	struct watermark w = test(ORDER5, "2.6.32-642.el6.x86_64", 0x4050, 5, 3);

	/* free - (2^5 + 1), then something must be left at each step */
	assert_int_equal(w.unusable, 33);
	assert_int_equal(w.step_count, 5);
	assert_int_equal(w.steps[3].min, 0);
	/* the counter says 7,7 MB less than the lists: by it nothing is left at order 4 */
	assert_int_equal(w.steps[4].free, 3315332 / 4 - 33 - 241701 - 481468 - 96040 - 7920 - 2800);
	assert_int_equal(w.verdict, WATERMARK_RATIO);
}

#define SMALL                                                                                      \
	"Normal free:1000kB min:400kB low:500kB high:600kB free_cma:0kB\nlowmem_reserve[]: 0 0 "   \
	"0\n"                                                                                      \
	"Normal: 250*4kB (U) 0*8kB 0*16kB 0*32kB 0*64kB 0*128kB 0*256kB 0*512kB 0*1024kB "         \
	"0*2048kB "                                                                                \
	"0*4096kB = 1000kB\n"

static void each_age_grants_an_atomic_request_its_reserves(void **state)
{
	static const struct {
		const char *release;
		uint32_t mask;
		int64_t min; /* of 100 pages */
	} cases[] = {
		{ "2.6.34", 0xd0, 100 },    { "2.6.34", 0x20, 38 },
		{ "3.10.0", 0x0, 75 },      { "3.10.0", 0x400000, 100 },
		{ "3.10.0", 0x10020, 50 },  { "2.6.34", 0x10020, 38 },
		{ "4.9.0", 0x2080020, 38 }, { "4.9.0", 0x2000000, 100 },
		{ "4.9.0", 0x2400020, 50 }, { "5.10.0", 0xa20, 38 },
		{ "5.10.0", 0xcc0, 100 },   { "6.6.0", 0x820, 38 },
		{ "6.6.0", 0x800, 100 },    { "6.6.0", 0xce0, 50 },
		{ "6.6.0", 0x80820, 50 },   { "5.10.0", 0x20cc0, 0 },
		{ "5.10.0", 0xa0cc0, 100 },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct watermark w = test(SMALL, cases[i].release, cases[i].mask, 0, 0);

		if (w.min != cases[i].min)
			fail_msg("%s 0x%x: min %d, not %d", cases[i].release, cases[i].mask,
				 (int)w.min, (int)cases[i].min);
	}
}

static void cma_pages_are_for_movable_requests(void **state)
{
	static const char cma[] =
		"Normal free:248344kB min:2444kB low:3052kB high:3660kB "
		"free_cma:240936kB\nlowmem_reserve[]: 0 0\n"
		"Normal: 800*4kB (UM) 100*8kB (U) 200*16kB (M) 0*32kB 0*64kB 0*128kB "
		"0*256kB 0*512kB 0*1024kB 0*2048kB 58*4096kB (C) = 244768kB\n";
	struct watermark w = test(cma, "4.9.56", 0x2084020, 10, 0);

	assert_int_equal(w.unusable, 1023 + 60234);
	assert_int_equal(w.verdict, WATERMARK_NO_BLOCK);
	assert_int_equal(w.wrong_type, 58);
	assert_true(w.shortcut); /* 4.4 to 4.14 let it pass the watermark */
	w = test(cma, "4.19.0", 0x484020, 10, 0);
	assert_false(w.shortcut);
	w = test(cma, "4.19.0", 0x60404a, 10, 0);
	assert_int_equal(w.verdict, WATERMARK_PASSES);
	w = test("Normal free:1000kB min:400kB low:1kB high:1kB free_cma:700kB\n", "4.19.0",
		 0x6000c0, 0, 0);
	assert_int_equal(w.verdict, WATERMARK_SHORT);
}

static void blocks_kept_for_atomic_requests_serve_only_those(void **state)
{
	static const char kept[] =
		"Node 0 Normal free:4000kB boost:0kB min:400kB low:1kB high:1kB "
		"reserved_highatomic:2048KB\nlowmem_reserve[]: 0 0 0 0 0\n"
		"Node 0 Normal: 800*4kB (UM) 100*8kB (H) 0*16kB 0*32kB 0*64kB 0*128kB "
		"0*256kB 0*512kB 0*1024kB 0*2048kB 0*4096kB = 4000kB\n";

	assert_int_equal(test(kept, "6.6.0", 0xcc0, 1, 0).verdict, WATERMARK_NO_BLOCK);
	assert_int_equal(test(kept, "6.6.0", 0xcc0, 1, 0).unusable, 1 + 512);
	assert_int_equal(test(kept, "6.6.0", 0x820, 1, 0).verdict, WATERMARK_PASSES);
	assert_int_equal(test(kept, "6.6.0", 0x820, 1, 0).unusable, 1);
}

static void lowmem_of_32_bit_may_be_empty_beside_much_highmem(void **state)
{
	static const char highmem[] = "DMA free:4116kB min:788kB low:984kB "
				      "high:1180kB\nlowmem_reserve[]: 0 833 3008 3008\n"
				      "Normal free:42404kB min:42416kB low:53020kB "
				      "high:63624kB\nlowmem_reserve[]: 0 0 17397 "
				      "17397\nHighMem free:120916kB min:512kB low:28168kB "
				      "high:55824kB\nlowmem_reserve[]: 0 0 0 "
				      "0\n";
	struct watermark w = test(highmem, "4.9.0", 0x24000c0, 0, 1);

	assert_int_equal(w.verdict, WATERMARK_SHORT);
	w = test(highmem, "4.9.0", 0x24000c0, 0, 0);
	assert_int_equal(w.reserve, 833);
	assert_int_equal(w.verdict, WATERMARK_KEPT);
	w = test(highmem, "4.9.0", 0x24200c2, 0, 0);
	assert_int_equal(w.reserve, 3008);
	assert_int_equal(test(highmem, "4.9.0", 0x24200c2, 0, 2).verdict, WATERMARK_PASSES);
	assert_int_equal(meminfo_zone_index(&m, "DMA"), 0);
	assert_int_equal(meminfo_zone_index(&m, "Normal"), 1);
	assert_int_equal(meminfo_zone_index(&m, "HighMem"), 2);
	assert_int_equal(meminfo_zone_index(&m, "Movable"), 3);
}

static void mem_info_of_every_form_is_the_same(void **state)
{
	static const char *const forms[] = {
		/* a line each */
		"Node 0 Normal free:24148kB min:65640kB low:129584kB high:193528kB\n"
		"lowmem_reserve[]: 0 0 0 7\nNode 0 Normal: 3*4kB (UE) 2*8kB (H) = 28kB\n",
		/* syslog */
		"Node 0 Normal free:24148kB min:65640kB low:129584kB "
		"high:193528kB#012lowmem_reserve[]: 0 "
		"0 0 7#012Node 0 Normal: 3*4kB (UE) 2*8kB (H) = 28kB",
		/* a word a line: printk of 4.9 without KERN_CONT */
		"Node 0 \nNormal free:24148kB min:65640kB\nlow:129584kB high:193528kB\n"
		"lowmem_reserve[]:\n 0\n 0\n 0\n 7\nNode 0 \nNormal: \n3*4kB \n(UE) \n2*8kB \n(H) "
		"\n= "
		"28kB\n",
		/* what a web page made of the stars, and mail of the equals sign */
		"Node 0 Normal free:24148kB min:65640kB low:129584kB high:193528kB\n"
		"lowmem_reserve[]: 0 0 0 7\nNode 0 Normal: 3_4kB (UE) 2_8kB (H) =3D 28kB\n",
	};

	for (size_t i = 0; i < sizeof(forms) / sizeof(forms[0]); i++) {
		assert_int_equal(meminfo_parse(&m, text_of(forms[i])), 0);
		assert_int_equal(m.count, 1);
		assert_int_equal(m.zones[0].node, 0);
		assert_int_equal(m.zones[0].free, 24148);
		assert_int_equal(m.zones[0].high, 193528);
		assert_int_equal(m.zones[0].reserves, 4);
		assert_int_equal(m.zones[0].reserve[3], 7);
		assert_int_equal(m.zones[0].orders, 2);
		assert_int_equal(m.zones[0].types[0], BLOCK_U | BLOCK_E);
		assert_int_equal(m.zones[0].types[1], BLOCK_H);
		assert_int_equal(m.zones[0].sum, 28);
		assert_int_equal(meminfo_list_pages(&m.zones[0]), 7);
	}
}

static void pages_of_64_kb_are_noticed(void **state)
{
	assert_int_equal(meminfo_parse(&m, text_of("Node 0 DMA free:36288kB min:11584kB low:1kB\n"
						   "Node 0 DMA: 73*64kB 109*128kB 15*256kB = 1kB")),
			 0);
	assert_int_equal(m.page_kb, 64);
	assert_int_equal(m.zones[0].blocks[1], 109);
}

static void hostile_numbers_neither_overflow_nor_count(void **state)
{
	struct watermark w =
		test("Normal free:99999999999999999999999kB min:18446744073709551615kB\n"
		     "lowmem_reserve[]: 99999999999999999999 99999999999999999999\n"
		     "Normal: 99999999999999999999*4kB 99999999999999999*8kB 9*16kB 9*99999kB",
		     "3.10.0", 0xd0, 2, 0);

	assert_true(w.free > 0);
	assert_int_equal(m.zones[0].orders, 3);
	assert_int_equal(meminfo_parse(&m, text_of("Node 999999999999 Normal free:1kB")), 0);
	assert_int_equal(m.zones[0].node, -1);
	assert_int_equal(meminfo_parse(&m, text_of("Node 0 hugepages_total=0 (((( ]]]] *kB")),
			 -ENODATA);
}

static void requests_of_every_form_are_read(void **state)
{
	static const struct report_text none = { .count = 0 };
	struct alloc_request r;

	assert_int_equal(
		alloc_request_parse("x: page allocation failure. order:2, mode:0x4020", &none, &r),
		0);
	assert_int_equal(r.order, 2);
	assert_int_equal(r.mask, 0x4020);
	assert_int_equal(alloc_request_parse("x: page allocation failure: order:4, "
					     "mode:0x40dc0(GFP_KERNEL|__GFP_COMP|__GFP_ZERO), "
					     "nodemask=0-1,cpuset=/,mems_allowed=0,2-3",
					     &none, &r),
			 0);
	assert_string_equal(r.names, "GFP_KERNEL|__GFP_COMP|__GFP_ZERO");
	assert_true(r.has_nodes);
	assert_int_equal(r.nodes, 3);
	assert_int_equal(r.mems, 13);
	assert_int_equal(
		alloc_request_parse("x: page allocation failure: order:0, mode:0xcc0(GFP_KERNEL), "
				    "nodemask=(null),cpuset=/,mems_allowed=0",
				    &none, &r),
		0);
	assert_false(r.has_nodes);
	assert_int_equal(alloc_request_parse("x: page allocation stalls for 10008ms, order:0, "
					     "mode:0x14200ca(GFP_HIGHUSER_MOVABLE)",
					     &none, &r),
			 0);
	assert_int_equal(r.what, ALLOC_STALL);
	assert_int_equal(r.stall_ms, 10008);
	assert_int_equal(
		alloc_request_parse("x: vmalloc: allocation failure, allocated 4097114112 of "
				    "17179934720 bytes, mode:0x2080020(GFP_ATOMIC)",
				    &none, &r),
		0);
	assert_true(r.has_order);
	assert_int_equal(r.had_bytes, 4097114112);
	assert_int_equal(r.bytes, 17179934720);
}

static void a_request_of_slub_is_read_from_the_lines_behind_it(void **state)
{
	struct alloc_request r;

	assert_int_equal(
		alloc_request_parse("SLUB: Unable to allocate memory on node -1, "
				    "gfp=0x900(GFP_NOWAIT|__GFP_ZERO)",
				    text_of("  cache: page->ptl, object size: 72, buffer size: 72, "
					    "default order: 0, min order: 0"),
				    &r),
		0);
	assert_string_equal(r.cache, "page->ptl");
	assert_true(r.has_order);
}

static void what_is_no_request_is_refused(void **state)
{
	static const struct report_text none = { .count = 0 };
	struct alloc_request r;

	assert_int_equal(alloc_request_parse("something else", &none, &r), -ENODATA);
	assert_int_equal(
		alloc_request_parse("x: page allocation failure: order:99999999999999999999, "
				    "mode:0xffffffffffffffffff(",
				    &none, &r),
		-ENODATA);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_report_of_a_kernel_course_is_reckoned_as_its_author_did),
		cmocka_unit_test(the_newer_rule_takes_any_block_that_fits),
		cmocka_unit_test(rhel_6_starts_its_mark_at_zero_above_order_0),
		cmocka_unit_test(each_age_grants_an_atomic_request_its_reserves),
		cmocka_unit_test(cma_pages_are_for_movable_requests),
		cmocka_unit_test(blocks_kept_for_atomic_requests_serve_only_those),
		cmocka_unit_test(lowmem_of_32_bit_may_be_empty_beside_much_highmem),
		cmocka_unit_test(mem_info_of_every_form_is_the_same),
		cmocka_unit_test(pages_of_64_kb_are_noticed),
		cmocka_unit_test(hostile_numbers_neither_overflow_nor_count),
		cmocka_unit_test(requests_of_every_form_are_read),
		cmocka_unit_test(a_request_of_slub_is_read_from_the_lines_behind_it),
		cmocka_unit_test(what_is_no_request_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

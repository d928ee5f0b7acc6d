/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <string.h>

#include "triage/gfp_era.h"

static const struct report_text no_text = { .count = 0 };

static const struct gfp_era *era_of(const char *release)
{
	struct gfp_guess g;

	gfp_guess_era(release, 0, NULL, &no_text, &g);
	return g.era;
}

/*
 * The truth by hand: the header's hexadecimal constants as each kernel has them, low bit first.
 * A release of each era, then "bit name" for every bit that has one.
 */
static const struct {
	const char *release;
	struct {
		uint32_t mask;
		const char *name;
	} rows[30];
} truth[] = {
	{ "2.6.32",
	  { { 0x1, "DMA" },
	    { 0x2, "HIGHMEM" },
	    { 0x4, "DMA32" },
	    { 0x8, "MOVABLE" },
	    { 0x10, "WAIT" },
	    { 0x20, "HIGH" },
	    { 0x40, "IO" },
	    { 0x80, "FS" },
	    { 0x100, "COLD" },
	    { 0x200, "NOWARN" },
	    { 0x400, "REPEAT" },
	    { 0x800, "NOFAIL" },
	    { 0x1000, "NORETRY" },
	    { 0x4000, "COMP" },
	    { 0x8000, "ZERO" },
	    { 0x10000, "NOMEMALLOC" },
	    { 0x20000, "HARDWALL" },
	    { 0x40000, "THISNODE" },
	    { 0x80000, "RECLAIMABLE" },
	    { 0x200000, "NOTRACK" } } },
	{ "2.6.32-642.el6.x86_64",
	  { { 0x1, "DMA" },
	    { 0x2, "HIGHMEM" },
	    { 0x4, "DMA32" },
	    { 0x8, "MOVABLE" },
	    { 0x10, "WAIT" },
	    { 0x20, "HIGH" },
	    { 0x40, "IO" },
	    { 0x80, "FS" },
	    { 0x100, "COLD" },
	    { 0x200, "NOWARN" },
	    { 0x400, "REPEAT" },
	    { 0x800, "NOFAIL" },
	    { 0x1000, "NORETRY" },
	    { 0x4000, "COMP" },
	    { 0x8000, "ZERO" },
	    { 0x10000, "NOMEMALLOC" },
	    { 0x20000, "HARDWALL" },
	    { 0x40000, "THISNODE" },
	    { 0x80000, "RECLAIMABLE" },
	    { 0x200000, "NOTRACK" },
	    { 0x400000, "NO_KSWAPD" },
	    { 0x800000, "OTHER_NODE" } } },
	{ "3.10.107",
	  { { 0x1, "DMA" },
	    { 0x2, "HIGHMEM" },
	    { 0x4, "DMA32" },
	    { 0x8, "MOVABLE" },
	    { 0x10, "WAIT" },
	    { 0x20, "HIGH" },
	    { 0x40, "IO" },
	    { 0x80, "FS" },
	    { 0x100, "COLD" },
	    { 0x200, "NOWARN" },
	    { 0x400, "REPEAT" },
	    { 0x800, "NOFAIL" },
	    { 0x1000, "NORETRY" },
	    { 0x2000, "MEMALLOC" },
	    { 0x4000, "COMP" },
	    { 0x8000, "ZERO" },
	    { 0x10000, "NOMEMALLOC" },
	    { 0x20000, "HARDWALL" },
	    { 0x40000, "THISNODE" },
	    { 0x80000, "RECLAIMABLE" },
	    { 0x100000, "KMEMCG" },
	    { 0x200000, "NOTRACK" },
	    { 0x400000, "NO_KSWAPD" },
	    { 0x800000, "OTHER_NODE" },
	    { 0x1000000, "WRITE" } } },
	{ "3.10.0-1160.el7.x86_64",
	  { { 0x10, "WAIT" },
	    { 0x20, "HIGH" },
	    { 0x40, "IO" },
	    { 0x80, "FS" },
	    { 0x2000, "MEMALLOC" },
	    { 0x4000, "COMP" },
	    { 0x80000, "RECLAIMABLE" },
	    { 0x100000, "ACCOUNT" },
	    { 0x400000, "NO_KSWAPD" },
	    { 0x1000000, "WRITE" } } },
	{ "4.1.12",
	  { { 0x10, "WAIT" },
	    { 0x100000, "NOACCOUNT" },
	    { 0x80000, "RECLAIMABLE" },
	    { 0x400000, "NO_KSWAPD" } } },
	{ "4.4.0-21-generic",
	  { { 0x10, "RECLAIMABLE" },
	    { 0x20, "HIGH" },
	    { 0x40, "IO" },
	    { 0x80, "FS" },
	    { 0x100, "COLD" },
	    { 0x200, "NOWARN" },
	    { 0x400, "REPEAT" },
	    { 0x800, "NOFAIL" },
	    { 0x1000, "NORETRY" },
	    { 0x2000, "MEMALLOC" },
	    { 0x4000, "COMP" },
	    { 0x8000, "ZERO" },
	    { 0x10000, "NOMEMALLOC" },
	    { 0x20000, "HARDWALL" },
	    { 0x40000, "THISNODE" },
	    { 0x80000, "ATOMIC" },
	    { 0x100000, "NOACCOUNT" },
	    { 0x200000, "NOTRACK" },
	    { 0x400000, "DIRECT_RECLAIM" },
	    { 0x800000, "OTHER_NODE" },
	    { 0x1000000, "WRITE" },
	    { 0x2000000, "KSWAPD_RECLAIM" } } },
	{ "4.9.0-5-amd64",
	  { { 0x80000, "ATOMIC" },
	    { 0x100000, "ACCOUNT" },
	    { 0x400000, "DIRECT_RECLAIM" },
	    { 0x800000, "OTHER_NODE" },
	    { 0x1000000, "WRITE" },
	    { 0x2000000, "KSWAPD_RECLAIM" } } },
	{ "4.14.107",
	  { { 0x100, "COLD" },
	    { 0x80000, "ATOMIC" },
	    { 0x100000, "ACCOUNT" },
	    { 0x200000, "NOTRACK" },
	    { 0x400000, "DIRECT_RECLAIM" },
	    { 0x800000, "WRITE" },
	    { 0x1000000, "KSWAPD_RECLAIM" },
	    { 0x2000000, "NOLOCKDEP" } } },
	{ "4.15.0",
	  { { 0x400, "RETRY_MAYFAIL" },
	    { 0x400000, "DIRECT_RECLAIM" },
	    { 0x800000, "WRITE" },
	    { 0x1000000, "KSWAPD_RECLAIM" } } },
	{ "4.18.0-139.el8.x86_64",
	  { { 0x10, "RECLAIMABLE" },
	    { 0x100, "WRITE" },
	    { 0x200, "NOWARN" },
	    { 0x400, "RETRY_MAYFAIL" },
	    { 0x800, "NOFAIL" },
	    { 0x1000, "NORETRY" },
	    { 0x2000, "MEMALLOC" },
	    { 0x4000, "COMP" },
	    { 0x8000, "ZERO" },
	    { 0x10000, "NOMEMALLOC" },
	    { 0x20000, "HARDWALL" },
	    { 0x40000, "THISNODE" },
	    { 0x80000, "ATOMIC" },
	    { 0x100000, "ACCOUNT" },
	    { 0x200000, "DIRECT_RECLAIM" },
	    { 0x400000, "KSWAPD_RECLAIM" },
	    { 0x800000, "NOLOCKDEP" } } },
	{ "5.10.223",
	  { { 0x10, "RECLAIMABLE" },
	    { 0x20, "HIGH" },
	    { 0x40, "IO" },
	    { 0x80, "FS" },
	    { 0x100, "ZERO" },
	    { 0x200, "ATOMIC" },
	    { 0x400, "DIRECT_RECLAIM" },
	    { 0x800, "KSWAPD_RECLAIM" },
	    { 0x1000, "WRITE" },
	    { 0x2000, "NOWARN" },
	    { 0x4000, "RETRY_MAYFAIL" },
	    { 0x8000, "NOFAIL" },
	    { 0x10000, "NORETRY" },
	    { 0x20000, "MEMALLOC" },
	    { 0x40000, "COMP" },
	    { 0x80000, "NOMEMALLOC" },
	    { 0x100000, "HARDWALL" },
	    { 0x200000, "THISNODE" },
	    { 0x400000, "ACCOUNT" },
	    { 0x800000, "NOLOCKDEP" } } },
	{ "5.15.0",
	  { { 0x200, "ATOMIC" },
	    { 0x800000, "ZEROTAGS" },
	    { 0x1000000, "SKIP_KASAN_POISON" },
	    { 0x2000000, "NOLOCKDEP" } } },
	{ "6.1.176",
	  { { 0x200, "ATOMIC" },
	    { 0x800000, "ZEROTAGS" },
	    { 0x1000000, "SKIP_ZERO" },
	    { 0x2000000, "SKIP_KASAN_UNPOISON" },
	    { 0x4000000, "SKIP_KASAN_POISON" },
	    { 0x8000000, "NOLOCKDEP" } } },
	{ "6.6.0",
	  { { 0x100, "ZERO" },
	    { 0x400, "DIRECT_RECLAIM" },
	    { 0x800000, "ZEROTAGS" },
	    { 0x1000000, "SKIP_ZERO" },
	    { 0x2000000, "SKIP_KASAN" },
	    { 0x4000000, "NOLOCKDEP" } } },
	{ "6.12.117+deb13-amd64",
	  { { 0x100, "ZERO" },
	    { 0x400, "DIRECT_RECLAIM" },
	    { 0x800, "KSWAPD_RECLAIM" },
	    { 0x40000, "COMP" },
	    { 0x400000, "ACCOUNT" },
	    { 0x800000, "ZEROTAGS" } } },
	{ "7.3.4",
	  { { 0x10, "RECLAIMABLE" },
	    { 0x8000, "NOFAIL" },
	    { 0x200000, "THISNODE" },
	    { 0x800000, "ZEROTAGS" } } },
};

static void every_word_of_every_era_is_as_its_header_has_it(void **state)
{
	for (size_t i = 0; i < sizeof(truth) / sizeof(truth[0]); i++)
		for (size_t k = 0; k < 30 && truth[i].rows[k].name; k++) {
			uint32_t unknown;
			uint64_t flags = gfp_decode(era_of(truth[i].release), truth[i].rows[k].mask,
						    &unknown);
			char want[40];
			bool found = false;

			snprintf(want, sizeof(want), "__GFP_%s", truth[i].rows[k].name);
			assert_int_equal(unknown, 0);
			for (unsigned int f = 1; f < GFP_FLAG_COUNT; f++)
				if (flags == GFP_BIT(f) && !strcmp(gfp_flag_name(f), want))
					found = true;
			if (!found)
				fail_msg("%s: 0x%x is not %s", truth[i].release,
					 truth[i].rows[k].mask, want);
		}
}

static void bits_that_an_era_does_not_have_stay_unknown(void **state)
{
	static const struct {
		const char *release;
		uint32_t bit;
	} cases[] = {
		{ "2.6.32", 0x2000 },     { "2.6.32", 0x100000 },   { "2.6.32", 0x400000 },
		{ "4.15.0", 0x100 },      { "4.15.0", 0x200000 },   { "6.6.0", 0x200 },
		{ "6.12.0", 0x200 },      { "5.10.0", 0x1000000 },  { "4.19.60", 0x1000000 },
		{ "3.10.0", 0x10000000 }, { "7.3.4", 0x80000000u },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		uint32_t unknown;

		assert_int_equal(gfp_decode(era_of(cases[i].release), cases[i].bit, &unknown), 0);
		assert_int_equal(unknown, cases[i].bit);
	}
}

/* Masks that real kernels printed beside their names. */
static const struct {
	const char *release;
	uint32_t mask;
	const char *names;
} printed[] = {
	{ "4.5.0-rc7", 0x2200020, "GFP_NOWAIT|__GFP_HIGH|__GFP_NOTRACK" },
	{ "4.9.24-coreos", 0x2084120, "GFP_ATOMIC|__GFP_COLD|__GFP_COMP" },
	{ "4.9.0-0.rc8", 0x24201ca, "GFP_HIGHUSER_MOVABLE|__GFP_COLD" },
	{ "4.9.56", 0x2084020, "GFP_ATOMIC|__GFP_COMP" },
	{ "4.6.0", 0x24084c0, "GFP_KERNEL|__GFP_REPEAT|__GFP_ZERO" },
	{ "4.14.15", 0x14200ca, "GFP_HIGHUSER_MOVABLE" },
	{ "4.14.78-bpi-r2-main", 0x1080120, "GFP_ATOMIC|__GFP_COLD" },
	{ "4.12.0-rc2-v8+", 0x1082020, "GFP_ATOMIC|__GFP_MEMALLOC" },
	{ "4.14.107", 0x14000c0, "GFP_KERNEL" },
	{ "4.18.0-139.el8.x86_64", 0x6200ca, "GFP_HIGHUSER_MOVABLE" },
	{ "4.18.0+", 0x600040, "GFP_NOFS" },
	{ "4.19.60", 0x484020, "GFP_ATOMIC|__GFP_COMP" },
	{ "4.20.0+", 0x6202c2, "GFP_HIGHUSER|__GFP_NOWARN" },
	{ "5.3.0-rc6", 0x40a20, "GFP_ATOMIC|__GFP_COMP" },
	{ "5.4.19-100.fc30.x86_64", 0x40dc0, "GFP_KERNEL|__GFP_COMP|__GFP_ZERO" },
	{ "5.10.10+", 0x194dc2,
	  "GFP_HIGHUSER|__GFP_RETRY_MAYFAIL|__GFP_NORETRY|__GFP_ZERO|__GFP_NOMEMALLOC" },
	{ "5.8.3-sunxi", 0x40c40, "GFP_NOFS|__GFP_COMP" },
	{ "5.6.0", 0x900, "GFP_NOWAIT|__GFP_ZERO" },
	{ "5.16.0-rc4+", 0xcc1, "GFP_KERNEL|GFP_DMA" },
	{ "6.3.9-gentoo", 0xdc2, "GFP_KERNEL|__GFP_HIGHMEM|__GFP_ZERO" },
	{ "6.8.0", 0x820, "GFP_ATOMIC" },
	{ "6.9.0", 0x10cc0, "GFP_KERNEL|__GFP_NORETRY" },
	{ "7.1.5-273-linux-tkg", 0xc0de0,
	  "GFP_KERNEL|__GFP_HIGH|__GFP_ZERO|__GFP_COMP|__GFP_NOMEMALLOC" },
};

static void names_and_numbers_of_real_reports_agree(void **state)
{
	for (size_t i = 0; i < sizeof(printed) / sizeof(printed[0]); i++) {
		const struct gfp_era *e = era_of(printed[i].release);
		uint64_t said;
		uint32_t unknown;

		assert_int_equal(gfp_parse(e, printed[i].names, strlen(printed[i].names), &said),
				 0);
		if (!gfp_same(said, gfp_decode(e, printed[i].mask, &unknown)) || unknown)
			fail_msg("%s: 0x%x is not %s by the table of %s", printed[i].release,
				 printed[i].mask, printed[i].names, e->name);
	}
}

static void what_a_mask_is_called_parses_back_in_every_era(void **state)
{
	for (size_t i = 0; i < gfp_era_count; i++)
		for (uint32_t mask = 0; mask < 1u << 27; mask = mask * 5 + 0x4213) {
			uint64_t flags = gfp_decode(&gfp_eras[i], mask, NULL), back;
			char names[1024];

			gfp_format(&gfp_eras[i], flags, names, sizeof(names));
			assert_int_equal(gfp_parse(&gfp_eras[i], names, strlen(names), &back), 0);
			assert_int_equal(back, flags);
		}
}

static void names_disagree_when_the_era_is_another(void **state)
{
	uint64_t said;

	assert_int_equal(gfp_parse(era_of("4.9.0"), "GFP_KERNEL", 10, &said), 0);
	assert_true(gfp_same(said, gfp_decode(era_of("4.9.0"), 0x24000c0, NULL)));
	assert_false(gfp_same(said, gfp_decode(era_of("4.14.0"), 0x24000c0, NULL)));
	assert_int_equal(gfp_parse(era_of("4.9.0"), "GFP_NONSENSE|__GFP_IO", 21, &said), -22);
	assert_int_equal(said, GFP_BIT(GFP_IO));
}

static void guessed(uint32_t mask, const char *names, const char *line, const char *want)
{
	const char *lines[] = { line };
	struct report_text t = { .lines = lines, .count = 1 };
	struct gfp_guess g;

	gfp_guess_era("", mask, names, &t, &g);
	if (strcmp(g.era->name, want) != 0)
		fail_msg("0x%x: %s, not %s", mask, g.era->name, want);
	assert_int_equal(g.version, 0);
	assert_non_null(strstr(g.because, "names no release"));
}

static void the_era_is_guessed_from_reclaim_bits_and_form(void **state)
{
	guessed(0x104050, NULL, "k: page allocation failure: order:5, mode:0x104050",
		"3.6 to 3.15");
	guessed(0x20, NULL, "k: page allocation failure. order:0, mode:0x20", "2.6.32 to 2.6.37");
	guessed(0x2280020, "GFP_ATOMIC|__GFP_NOTRACK", "", "4.4");
	guessed(0x14000c0, "GFP_KERNEL", "k, mode:0x14000c0(GFP_KERNEL), nodemask=(null)",
		"4.10 to 4.14");
	guessed(0x6200ca, "GFP_HIGHUSER_MOVABLE", "", "4.18 to 5.0");
	guessed(0xa20, "GFP_ATOMIC", "", "5.1 to 5.13");
	guessed(0x820, "GFP_ATOMIC", "", "6.3 to 6.9");
}

static void releases_of_every_form_are_read(void **state)
{
	assert_int_equal(kernel_version("3.10.0-1160.el7.x86_64"), KERNEL(3, 10, 0));
	assert_int_equal(kernel_version("2.6.32-220.el6.x86_64"), KERNEL(2, 6, 32));
	assert_int_equal(kernel_version("4.14.336"), KERNEL(4, 14, 255));
	assert_int_equal(kernel_version("5.10-rc1"), KERNEL(5, 10, 0));
	assert_int_equal(kernel_version("7.3.4+deb13-amd64"), KERNEL(7, 3, 4));
	assert_int_equal(kernel_version(""), 0);
	assert_int_equal(kernel_version("linux"), 0);
	assert_int_equal(kernel_version("99999999999999999999"), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_word_of_every_era_is_as_its_header_has_it),
		cmocka_unit_test(bits_that_an_era_does_not_have_stay_unknown),
		cmocka_unit_test(names_and_numbers_of_real_reports_agree),
		cmocka_unit_test(what_a_mask_is_called_parses_back_in_every_era),
		cmocka_unit_test(names_disagree_when_the_era_is_another),
		cmocka_unit_test(the_era_is_guessed_from_reclaim_bits_and_form),
		cmocka_unit_test(releases_of_every_form_are_read),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}

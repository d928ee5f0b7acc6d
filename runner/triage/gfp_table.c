/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * One row an era, one entry a bit. Bits above 22 depend on the configuration since 4.12 (lockdep,
 * hardware tags, slab extensions): where an era's header has them conditional they are named as
 * that header numbers them; since 6.10 an enum closes the gaps and only the names can tell.
 */
#include "triage/gfp_table.h"

#include "base/cleanup.h"

static const char *const flag_names[GFP_FLAG_COUNT] = {
	[GFP_NONE] = "",
	[GFP_DMA] = "__GFP_DMA",
	[GFP_HIGHMEM] = "__GFP_HIGHMEM",
	[GFP_DMA32] = "__GFP_DMA32",
	[GFP_MOVABLE] = "__GFP_MOVABLE",
	[GFP_WAIT] = "__GFP_WAIT",
	[GFP_HIGH] = "__GFP_HIGH",
	[GFP_IO] = "__GFP_IO",
	[GFP_FS] = "__GFP_FS",
	[GFP_COLD] = "__GFP_COLD",
	[GFP_NOWARN] = "__GFP_NOWARN",
	[GFP_REPEAT] = "__GFP_REPEAT",
	[GFP_RETRY_MAYFAIL] = "__GFP_RETRY_MAYFAIL",
	[GFP_NOFAIL] = "__GFP_NOFAIL",
	[GFP_NORETRY] = "__GFP_NORETRY",
	[GFP_MEMALLOC] = "__GFP_MEMALLOC",
	[GFP_COMP] = "__GFP_COMP",
	[GFP_ZERO] = "__GFP_ZERO",
	[GFP_NOMEMALLOC] = "__GFP_NOMEMALLOC",
	[GFP_HARDWALL] = "__GFP_HARDWALL",
	[GFP_THISNODE] = "__GFP_THISNODE",
	[GFP_RECLAIMABLE] = "__GFP_RECLAIMABLE",
	[GFP_KMEMCG] = "__GFP_KMEMCG",
	[GFP_NOACCOUNT] = "__GFP_NOACCOUNT",
	[GFP_ACCOUNT] = "__GFP_ACCOUNT",
	[GFP_NOTRACK] = "__GFP_NOTRACK",
	[GFP_NO_KSWAPD] = "__GFP_NO_KSWAPD",
	[GFP_OTHER_NODE] = "__GFP_OTHER_NODE",
	[GFP_WRITE] = "__GFP_WRITE",
	[GFP_ATOMIC] = "__GFP_ATOMIC",
	[GFP_DIRECT] = "__GFP_DIRECT_RECLAIM",
	[GFP_KSWAPD] = "__GFP_KSWAPD_RECLAIM",
	[GFP_NOLOCKDEP] = "__GFP_NOLOCKDEP",
	[GFP_ZEROTAGS] = "__GFP_ZEROTAGS",
	[GFP_SKIP_ZERO] = "__GFP_SKIP_ZERO",
	[GFP_SKIP_KASAN] = "__GFP_SKIP_KASAN",
	[GFP_SKIP_UNPOISON] = "__GFP_SKIP_KASAN_UNPOISON",
	[GFP_SKIP_POISON] = "__GFP_SKIP_KASAN_POISON",
	[GFP_NO_OBJ_EXT] = "__GFP_NO_OBJ_EXT",
	[GFP_CONFIGURED] = "(a bit that depends on the configuration)",
};

/* Bits 0 to 3 never moved; 4 to 7 but for 4. */
#define ZONES GFP_DMA, GFP_HIGHMEM, GFP_DMA32, GFP_MOVABLE
/* Bits 8 to 12 and 14 to 18, 2.6.32 to 4.17. */
#define OLD_8_12 GFP_COLD, GFP_NOWARN, GFP_REPEAT, GFP_NOFAIL, GFP_NORETRY
#define OLD_14_18 GFP_COMP, GFP_ZERO, GFP_NOMEMALLOC, GFP_HARDWALL, GFP_THISNODE
/* Bits 0 to 19 with the wait bit, with and without MEMALLOC. */
#define WAIT_0_7 ZONES, GFP_WAIT, GFP_HIGH, GFP_IO, GFP_FS
#define SPLIT_0_7 ZONES, GFP_RECLAIMABLE, GFP_HIGH, GFP_IO, GFP_FS
#define NEW_8_22                                                                                   \
	GFP_ZERO, GFP_ATOMIC, GFP_DIRECT, GFP_KSWAPD, GFP_WRITE, GFP_NOWARN, GFP_RETRY_MAYFAIL,    \
		GFP_NOFAIL, GFP_NORETRY, GFP_MEMALLOC, GFP_COMP, GFP_NOMEMALLOC, GFP_HARDWALL,     \
		GFP_THISNODE, GFP_ACCOUNT
#define LATE_8_22                                                                                  \
	GFP_ZERO, GFP_NONE, GFP_DIRECT, GFP_KSWAPD, GFP_WRITE, GFP_NOWARN, GFP_RETRY_MAYFAIL,      \
		GFP_NOFAIL, GFP_NORETRY, GFP_MEMALLOC, GFP_COMP, GFP_NOMEMALLOC, GFP_HARDWALL,     \
		GFP_THISNODE, GFP_ACCOUNT

const struct gfp_era gfp_eras[] = {
	{ "2.6.32 to 2.6.37",
	  "2.6.32",
	  NULL,
	  KERNEL(2, 6, 0),
	  KERNEL(2, 6, 38),
	  { WAIT_0_7, OLD_8_12, GFP_NONE, OLD_14_18, GFP_RECLAIMABLE, GFP_NONE, GFP_NOTRACK } },
	{ "RHEL 6 (2.6.32 with backports)",
	  "2.6.32-642.el6",
	  ".el6",
	  KERNEL(2, 6, 32),
	  KERNEL(2, 6, 33),
	  { WAIT_0_7, OLD_8_12, GFP_NONE, OLD_14_18, GFP_RECLAIMABLE, GFP_NONE, GFP_NOTRACK,
	    GFP_NO_KSWAPD, GFP_OTHER_NODE } },
	{ "2.6.38 to 3.5",
	  "3.0",
	  NULL,
	  KERNEL(2, 6, 38),
	  KERNEL(3, 6, 0),
	  { WAIT_0_7, OLD_8_12, GFP_NONE, OLD_14_18, GFP_RECLAIMABLE, GFP_NONE, GFP_NOTRACK,
	    GFP_NO_KSWAPD, GFP_OTHER_NODE, GFP_WRITE } },
	{ "3.6 to 3.15",
	  "3.10",
	  NULL,
	  KERNEL(3, 6, 0),
	  KERNEL(3, 16, 0),
	  { WAIT_0_7, OLD_8_12, GFP_MEMALLOC, OLD_14_18, GFP_RECLAIMABLE, GFP_KMEMCG, GFP_NOTRACK,
	    GFP_NO_KSWAPD, GFP_OTHER_NODE, GFP_WRITE } },
	/* Bit 20 is KMEMCG in the early ones: either charges to the memory cgroup. */
	{ "RHEL 7 (3.10 with backports)",
	  "3.10.0-1160.el7",
	  ".el7",
	  KERNEL(3, 10, 0),
	  KERNEL(3, 11, 0),
	  { WAIT_0_7, OLD_8_12, GFP_MEMALLOC, OLD_14_18, GFP_RECLAIMABLE, GFP_ACCOUNT, GFP_NOTRACK,
	    GFP_NO_KSWAPD, GFP_OTHER_NODE, GFP_WRITE } },
	{ "3.16 to 4.3",
	  "3.18 and 4.1",
	  NULL,
	  KERNEL(3, 16, 0),
	  KERNEL(4, 4, 0),
	  { WAIT_0_7, OLD_8_12, GFP_MEMALLOC, OLD_14_18, GFP_RECLAIMABLE, GFP_NOACCOUNT,
	    GFP_NOTRACK, GFP_NO_KSWAPD, GFP_OTHER_NODE, GFP_WRITE } },
	{ "4.4",
	  "4.4",
	  NULL,
	  KERNEL(4, 4, 0),
	  KERNEL(4, 5, 0),
	  { SPLIT_0_7, OLD_8_12, GFP_MEMALLOC, OLD_14_18, GFP_ATOMIC, GFP_NOACCOUNT, GFP_NOTRACK,
	    GFP_DIRECT, GFP_OTHER_NODE, GFP_WRITE, GFP_KSWAPD } },
	{ "4.5 to 4.9",
	  "4.9",
	  NULL,
	  KERNEL(4, 5, 0),
	  KERNEL(4, 10, 0),
	  { SPLIT_0_7, OLD_8_12, GFP_MEMALLOC, OLD_14_18, GFP_ATOMIC, GFP_ACCOUNT, GFP_NOTRACK,
	    GFP_DIRECT, GFP_OTHER_NODE, GFP_WRITE, GFP_KSWAPD } },
	{ "4.10 to 4.14",
	  "4.12",
	  NULL,
	  KERNEL(4, 10, 0),
	  KERNEL(4, 15, 0),
	  { SPLIT_0_7, OLD_8_12, GFP_MEMALLOC, OLD_14_18, GFP_ATOMIC, GFP_ACCOUNT, GFP_NOTRACK,
	    GFP_DIRECT, GFP_WRITE, GFP_KSWAPD, GFP_NOLOCKDEP } },
	{ "4.15 to 4.17",
	  "the 4.18 patch's other side",
	  NULL,
	  KERNEL(4, 15, 0),
	  KERNEL(4, 18, 0),
	  { SPLIT_0_7, GFP_NONE, GFP_NOWARN, GFP_RETRY_MAYFAIL, GFP_NOFAIL, GFP_NORETRY,
	    GFP_MEMALLOC, OLD_14_18, GFP_ATOMIC, GFP_ACCOUNT, GFP_NONE, GFP_DIRECT, GFP_WRITE,
	    GFP_KSWAPD, GFP_NOLOCKDEP } },
	{ "4.18 to 5.0",
	  "4.19",
	  NULL,
	  KERNEL(4, 18, 0),
	  KERNEL(5, 1, 0),
	  { SPLIT_0_7, GFP_WRITE, GFP_NOWARN, GFP_RETRY_MAYFAIL, GFP_NOFAIL, GFP_NORETRY,
	    GFP_MEMALLOC, OLD_14_18, GFP_ATOMIC, GFP_ACCOUNT, GFP_DIRECT, GFP_KSWAPD,
	    GFP_NOLOCKDEP } },
	{ "5.1 to 5.13",
	  "5.10",
	  NULL,
	  KERNEL(5, 1, 0),
	  KERNEL(5, 14, 0),
	  { SPLIT_0_7, NEW_8_22, GFP_NOLOCKDEP } },
	{ "5.14 to 5.17",
	  "5.14 to 5.17",
	  NULL,
	  KERNEL(5, 14, 0),
	  KERNEL(5, 18, 0),
	  { SPLIT_0_7, NEW_8_22, GFP_ZEROTAGS, GFP_SKIP_POISON, GFP_NOLOCKDEP } },
	{ "5.18 to 6.2",
	  "6.1",
	  NULL,
	  KERNEL(5, 18, 0),
	  KERNEL(6, 3, 0),
	  { SPLIT_0_7, NEW_8_22, GFP_ZEROTAGS, GFP_SKIP_ZERO, GFP_SKIP_UNPOISON, GFP_SKIP_POISON,
	    GFP_NOLOCKDEP } },
	{ "6.3 to 6.9",
	  "6.6",
	  NULL,
	  KERNEL(6, 3, 0),
	  KERNEL(6, 10, 0),
	  { SPLIT_0_7, LATE_8_22, GFP_ZEROTAGS, GFP_SKIP_ZERO, GFP_SKIP_KASAN, GFP_NOLOCKDEP } },
	{ "6.10 and later",
	  "6.12 and 7.3",
	  NULL,
	  KERNEL(6, 10, 0),
	  KERNEL_NEVER,
	  { SPLIT_0_7, LATE_8_22, GFP_ZEROTAGS, GFP_CONFIGURED, GFP_CONFIGURED, GFP_CONFIGURED,
	    GFP_CONFIGURED } },
};
const size_t gfp_era_count = ARRAY_SIZE(gfp_eras);

const char *gfp_flag_name(enum gfp_flag f)
{
	return f < GFP_FLAG_COUNT ? flag_names[f] : "";
}

uint64_t gfp_decode(const struct gfp_era *e, uint32_t mask, uint32_t *ret_unknown)
{
	uint64_t flags = 0;
	uint32_t unknown = mask;

	for (unsigned int bit = 0; bit < GFP_BITS; bit++) {
		if (!(mask & (UINT32_C(1) << bit)) || !e->bits[bit])
			continue;
		flags |= GFP_BIT(e->bits[bit]);
		unknown &= ~(UINT32_C(1) << bit);
	}
	if (ret_unknown)
		*ret_unknown = unknown;
	return flags;
}

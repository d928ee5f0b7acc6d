/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What the bits of a gfp mask mean. They were dealt anew eight times between 2.6.32 and 6.10, so
 * "mode:0x104050" says nothing without its era. The columns of the table were read in
 * include/linux/gfp.h (gfp_types.h since 6.0) of the kernels that they name.
 */
#ifndef HANGAR_TRIAGE_GFP_TABLE_H
#define HANGAR_TRIAGE_GFP_TABLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Kernel versions that compare as numbers. */
#define KERNEL(a, b, c) (((a) << 16) + ((b) << 8) + (c))
#define KERNEL_NEVER KERNEL(255, 0, 0)

/* Meanings; a set of them is what a mask says, whatever its bits. */
enum gfp_flag {
	GFP_NONE,
	GFP_DMA,
	GFP_HIGHMEM,
	GFP_DMA32,
	GFP_MOVABLE,
	GFP_WAIT, /* may sleep and reclaim, to 4.3 */
	GFP_HIGH,
	GFP_IO,
	GFP_FS,
	GFP_COLD,
	GFP_NOWARN,
	GFP_REPEAT,
	GFP_RETRY_MAYFAIL, /* REPEAT under another name, since 4.13 */
	GFP_NOFAIL,
	GFP_NORETRY,
	GFP_MEMALLOC,
	GFP_COMP,
	GFP_ZERO,
	GFP_NOMEMALLOC,
	GFP_HARDWALL,
	GFP_THISNODE,
	GFP_RECLAIMABLE,
	GFP_KMEMCG,    /* charge to the memory cgroup, 3.8 to 3.15 */
	GFP_NOACCOUNT, /* do not, 4.1 to 4.4 */
	GFP_ACCOUNT,   /* do, since 4.5 */
	GFP_NOTRACK,
	GFP_NO_KSWAPD,
	GFP_OTHER_NODE,
	GFP_WRITE,
	GFP_ATOMIC,
	GFP_DIRECT,
	GFP_KSWAPD,
	GFP_NOLOCKDEP,
	GFP_ZEROTAGS,
	GFP_SKIP_ZERO,
	GFP_SKIP_KASAN,
	GFP_SKIP_UNPOISON,
	GFP_SKIP_POISON,
	GFP_NO_OBJ_EXT,
	GFP_CONFIGURED, /* SKIP_ZERO, NOLOCKDEP or NO_OBJ_EXT: the build's configuration decides */
	GFP_FLAG_COUNT,
};

#define GFP_BIT(f) (UINT64_C(1) << (f))
#define GFP_MAY_WAIT (GFP_BIT(GFP_WAIT) | GFP_BIT(GFP_DIRECT))
#define GFP_BITS 28

struct gfp_era {
	const char *name;   /* "4.5 to 4.9" */
	const char *source; /* whose header it was read in */
	const char *vendor; /* "el6": only releases that contain this; NULL: any other */
	uint32_t from, before;
	uint8_t bits[GFP_BITS]; /* enum gfp_flag of each bit */
};

extern const struct gfp_era gfp_eras[]; /* in order of age */
extern const size_t gfp_era_count;

const char *gfp_flag_name(enum gfp_flag f); /* "__GFP_WAIT" */

/* The meanings of @mask, and in *ret_unknown the bits that have none in this era. */
uint64_t gfp_decode(const struct gfp_era *e, uint32_t mask, uint32_t *ret_unknown);

/* As the kernel's %pGg writes it: composites first ("GFP_NOFS|__GFP_COMP"). Returns @buf. */
const char *gfp_format(const struct gfp_era *e, uint64_t flags, char *buf, size_t size);

/**
 * gfp_parse - the printed names into meanings
 * @text: "GFP_KERNEL|__GFP_COMP"; ends at @n bytes
 * Returns 0 or -EINVAL when a name is not known in this era (*ret holds the others).
 */
int gfp_parse(const struct gfp_era *e, const char *text, size_t n, uint64_t *ret);

/* Do names and number say the same? Left out of account: bits whose place the configuration
 * decides, and NORETRY and KSWAPD of the THP composites, which changed within eras. */
bool gfp_same(uint64_t a, uint64_t b);

#endif

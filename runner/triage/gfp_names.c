/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The names of whole masks. Printed beside the mask since 4.6, they are the kernel's own word; what
 * GFP_KERNEL stands for changed with the eras.
 */
#include "triage/gfp_table.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/cleanup.h"

#define F(name) GFP_BIT(GFP_##name)
#define RECLAIM (F(DIRECT) | F(KSWAPD))
#define OLD_USER (F(WAIT) | F(IO) | F(FS) | F(HARDWALL))
#define NEW_USER (RECLAIM | F(IO) | F(FS) | F(HARDWALL))
#define THP                                                                                        \
	(F(HIGHMEM) | F(MOVABLE) | F(HARDWALL) | F(IO) | F(FS) | F(COMP) | F(NOMEMALLOC) |         \
	 F(NOWARN))
#define SPLIT KERNEL(4, 4, 0)

/* In the order in which the kernel tries them (include/trace/events/mmflags.h). */
static const struct composite {
	const char *name;
	uint32_t from, before;
	uint64_t flags;
} composites[] = {
	{ "GFP_TRANSHUGE", 0, SPLIT, THP | F(WAIT) | F(NORETRY) | F(NO_KSWAPD) },
	{ "GFP_TRANSHUGE", SPLIT, KERNEL_NEVER, THP | F(DIRECT) },
	{ "GFP_TRANSHUGE_LIGHT", SPLIT, KERNEL_NEVER, THP },
	{ "GFP_HIGHUSER_MOVABLE", 0, SPLIT, OLD_USER | F(HIGHMEM) | F(MOVABLE) },
	{ "GFP_HIGHUSER_MOVABLE", SPLIT, KERNEL_NEVER, NEW_USER | F(HIGHMEM) | F(MOVABLE) },
	{ "GFP_HIGHUSER", 0, SPLIT, OLD_USER | F(HIGHMEM) },
	{ "GFP_HIGHUSER", SPLIT, KERNEL_NEVER, NEW_USER | F(HIGHMEM) },
	{ "GFP_USER", 0, SPLIT, OLD_USER },
	{ "GFP_USER", SPLIT, KERNEL_NEVER, NEW_USER },
	{ "GFP_TEMPORARY", 0, SPLIT, F(WAIT) | F(IO) | F(FS) | F(RECLAIMABLE) },
	{ "GFP_TEMPORARY", SPLIT, KERNEL(4, 15, 0), RECLAIM | F(IO) | F(FS) | F(RECLAIMABLE) },
	{ "GFP_KERNEL_ACCOUNT", SPLIT, KERNEL_NEVER, RECLAIM | F(IO) | F(FS) | F(ACCOUNT) },
	{ "GFP_KERNEL", 0, SPLIT, F(WAIT) | F(IO) | F(FS) },
	{ "GFP_KERNEL", SPLIT, KERNEL_NEVER, RECLAIM | F(IO) | F(FS) },
	{ "GFP_NOFS", 0, SPLIT, F(WAIT) | F(IO) },
	{ "GFP_NOFS", SPLIT, KERNEL_NEVER, RECLAIM | F(IO) },
	{ "GFP_ATOMIC", 0, SPLIT, F(HIGH) },
	{ "GFP_ATOMIC", SPLIT, KERNEL(6, 3, 0), F(HIGH) | F(ATOMIC) | F(KSWAPD) },
	{ "GFP_ATOMIC", KERNEL(6, 3, 0), KERNEL_NEVER, F(HIGH) | F(KSWAPD) },
	{ "GFP_NOIO", 0, SPLIT, F(WAIT) },
	{ "GFP_NOIO", SPLIT, KERNEL_NEVER, RECLAIM },
	/* With NOWARN since about 6.9: then no report is printed for it alone. */
	{ "GFP_NOWAIT", KERNEL(6, 10, 0), KERNEL_NEVER, F(KSWAPD) | F(NOWARN) },
	{ "GFP_NOWAIT", SPLIT, KERNEL_NEVER, F(KSWAPD) },
	{ "__GFP_RECLAIM", SPLIT, KERNEL_NEVER, RECLAIM },
	{ "GFP_DMA32", 0, KERNEL_NEVER, F(DMA32) },
	{ "GFP_DMA", 0, KERNEL_NEVER, F(DMA) },
};

static bool of_era(const struct composite *c, const struct gfp_era *e)
{
	return e->from < c->before && c->from < e->before;
}

static void append(char *buf, size_t size, const char *name)
{
	size_t used = strlen(buf);

	snprintf(buf + used, size - used, "%s%s", used ? "|" : "", name);
}

const char *gfp_format(const struct gfp_era *e, uint64_t flags, char *buf, size_t size)
{
	buf[0] = 0;
	for (size_t i = 0; i < ARRAY_SIZE(composites); i++) {
		const struct composite *c = &composites[i];

		if (!of_era(c, e) || (flags & c->flags) != c->flags)
			continue;
		append(buf, size, c->name);
		flags &= ~c->flags;
	}
	for (unsigned int f = 1; f < GFP_FLAG_COUNT; f++)
		if (flags & GFP_BIT(f))
			append(buf, size, gfp_flag_name(f));
	return buf;
}

static uint64_t flags_of(const struct gfp_era *e, const char *name, size_t n)
{
	for (size_t i = 0; i < ARRAY_SIZE(composites); i++)
		if (of_era(&composites[i], e) && strlen(composites[i].name) == n &&
		    !memcmp(composites[i].name, name, n))
			return composites[i].flags;
	for (unsigned int f = 1; f < GFP_FLAG_COUNT; f++)
		if (strlen(gfp_flag_name(f)) == n && !memcmp(gfp_flag_name(f), name, n))
			return GFP_BIT(f);
	return 0;
}

int gfp_parse(const struct gfp_era *e, const char *text, size_t n, uint64_t *ret)
{
	int err = 0;

	*ret = 0;
	while (n) {
		const char *bar = memchr(text, '|', n);
		size_t one = bar ? (size_t)(bar - text) : n;
		uint64_t flags = flags_of(e, text, one);

		/* What has no name the kernel prints as a number: the mask says it too. */
		if (!flags && (one < 2 || memcmp(text, "0x", 2)))
			err = -EINVAL;
		*ret |= flags;
		if (!bar)
			break;
		text += one + 1;
		n -= one + 1;
	}
	return err;
}

/* One bit, two names: REPEAT became RETRY_MAYFAIL within an era. */
static uint64_t plain(uint64_t flags)
{
	return flags & F(RETRY_MAYFAIL) ? (flags & ~F(RETRY_MAYFAIL)) | F(REPEAT) : flags;
}

bool gfp_same(uint64_t a, uint64_t b)
{
	static const uint64_t configured = F(CONFIGURED) | F(SKIP_ZERO) | F(SKIP_KASAN) |
					   F(SKIP_UNPOISON) | F(SKIP_POISON) | F(NOLOCKDEP) |
					   F(NO_OBJ_EXT);
	uint64_t ignored = configured;

	if ((a & THP) == THP || (b & THP) == THP)
		ignored |= F(NORETRY) | F(KSWAPD);
	return (plain(a) & ~ignored) == (plain(b) & ~ignored);
}

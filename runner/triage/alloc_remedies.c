/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What helps, by conclusion, age and mask. Each row names the version from which it can be done. */
#include "triage/alloc_say.h"

#include "base/cleanup.h"

#define ON(c) (1u << (c))
#define FRAGMENTED (ON(ALLOC_FRAGMENTED) | ON(ALLOC_NO_COMPACTION))

enum when {
	ALWAYS,
	BY_RATIO, /* refused by the rule before 4.4, blocks being there */
	BY_NO_FS,
	NO_WAIT,
	MAY_WAIT,
	BY_CMA,
	ZONE_DMA_ONLY,
	LOWMEM, /* a 32-bit machine's Normal zone */
};

static const struct remedy {
	unsigned int conclusions;
	enum when when;
	uint32_t from; /* not for kernels known to be older */
	const char *says;
} remedies[] = {
	{ FRAGMENTED, BY_RATIO, 0,
	  "a kernel from v4.4 on, or a backport of 97a16fc82a7c (mm, page_alloc: only enforce "
	  "watermarks for order-0 allocations)" },
	{ FRAGMENTED, BY_NO_FS, 0,
	  "a kernel from v4.10 on, or a backport of 73e64c51afc5 (mm, compaction: allow compaction "
	  "for GFP_NOFS requests)" },
	{ FRAGMENTED, ALWAYS, 0,
	  "compact by hand: echo 1 > /proc/sys/vm/compact_memory (drop_caches frees single pages, "
	  "which helps compaction little)" },
	{ FRAGMENTED, ALWAYS, KERNEL(5, 9, 0),
	  "vm.compaction_proactiveness: let kcompactd keep larger blocks ready" },
	{ FRAGMENTED | ON(ALLOC_TOO_LARGE), ALWAYS, 0,
	  "in the caller: a smaller order, or memory that need not be contiguous (vmalloc; "
	  "kvmalloc since v4.12)" },
	{ FRAGMENTED, NO_WAIT, 0,
	  "vm.min_free_kbytes, larger: more and larger blocks stay free for requests that may not "
	  "wait" },
	{ ON(ALLOC_SHORT) | ON(ALLOC_NOT_EXPLAINED), NO_WAIT, 0,
	  "vm.min_free_kbytes, larger: bursts of atomic requests (network receive, storage) live "
	  "on it; a rare failure is a packet lost and sent again" },
	{ ON(ALLOC_SHORT) | ON(ALLOC_NOT_EXPLAINED), NO_WAIT, KERNEL(4, 6, 0),
	  "vm.watermark_scale_factor, larger: kswapd begins earlier" },
	{ ON(ALLOC_SHORT), MAY_WAIT, 0,
	  "find who holds the memory: the dump's slab_unreclaimable, active_anon and unevictable "
	  "say which kind grew; or add memory or swap" },
	{ ON(ALLOC_RESERVE), BY_CMA, 0,
	  "a smaller CMA area (cma=, or the device tree's linux,cma): only movable requests may "
	  "use it" },
	{ ON(ALLOC_RESERVE), ALWAYS, 0,
	  "vm.lowmem_reserve_ratio gives lower zones to higher requests, at the cost of devices "
	  "that need them" },
	{ ON(ALLOC_SHORT) | ON(ALLOC_RESERVE) | FRAGMENTED, ZONE_DMA_ONLY, 0,
	  "the request insists on zone DMA: a driver that can address more should not; in a crash "
	  "kernel reserve low memory (crashkernel=SIZE,low)" },
	{ ON(ALLOC_SHORT) | ON(ALLOC_RESERVE) | FRAGMENTED, LOWMEM, 0,
	  "a 64-bit kernel: here the kernel's own memory must fit into the Normal zone, however "
	  "much HighMem is free" },
};

static bool is_32_bit(const struct alloc_story *s)
{
	for (unsigned int i = 0; i < s->m.count; i++)
		if (s->m.zones[i].name[0] == 'H')
			return true;
	return false;
}

static bool by_ratio(const struct alloc_story *s)
{
	for (unsigned int i = 0; i < s->m.count; i++)
		if (s->allowed[i] && s->w[i].verdict == WATERMARK_RATIO && s->w[i].fitting)
			return true;
	return false;
}

static bool applies(const struct alloc_story *s, enum when when)
{
	bool waits = s->flags & GFP_MAY_WAIT;

	switch (when) {
	case ALWAYS:
		return true;
	case BY_RATIO:
		return by_ratio(s);
	case BY_NO_FS:
		return s->compaction == COMPACTION_NO_FS;
	case NO_WAIT:
		return !waits;
	case MAY_WAIT:
		return waits;
	case BY_CMA:
		return s->zone >= 0 && s->m.zones[s->zone].free_cma > 0;
	case ZONE_DMA_ONLY:
		return s->flags & GFP_BIT(GFP_DMA);
	case LOWMEM:
		return is_32_bit(s) && !(s->flags & GFP_BIT(GFP_HIGHMEM));
	}
	return false;
}

const char *alloc_remedy(const struct alloc_story *s, unsigned int i)
{
	for (size_t k = 0; k < ARRAY_SIZE(remedies); k++) {
		const struct remedy *r = &remedies[k];

		if (!(r->conclusions & ON(s->conclusion)) || !applies(s, r->when))
			continue;
		if (s->era.era->before <= r->from)
			continue;
		if (!i--)
			return r->says;
	}
	return NULL;
}

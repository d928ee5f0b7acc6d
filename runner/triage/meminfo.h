/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The kernel's Mem-Info (mm/show_mem.c, before 6.5 mm/page_alloc.c: show_free_areas) of every era,
 * whole, cut, wrapped, in one line by syslog ("#012") or a word a line as 4.9 to 4.14 print it:
 * words count here, lines do not. Numbers are kB but lowmem_reserve, which is pages.
 */
#ifndef HANGAR_TRIAGE_MEMINFO_H
#define HANGAR_TRIAGE_MEMINFO_H

#include <stdbool.h>
#include <stdint.h>

#include "triage/triage.h"

#define MEMINFO_ZONES 128  /* 32 nodes of 4 */
#define MEMINFO_ORDERS 16  /* 11 on x86, more with 64 kB pages */
#define MEMINFO_RESERVES 8 /* one a zone type */
#define MEMINFO_UNKNOWN (-1)

/* Migrate types that have a block on a free list. */
enum {
	BLOCK_U = 1,
	BLOCK_E = 2,
	BLOCK_M = 4,
	BLOCK_R = 8,
	BLOCK_H = 16,
	BLOCK_C = 32,
	BLOCK_I = 64
};

struct meminfo_zone {
	int node; /* -1: the kernel does not say */
	char name[12];
	/* kB; MEMINFO_UNKNOWN: not printed */
	int64_t free, min, low, high, boost, reserved_highatomic, free_highatomic, free_cma;
	int64_t present, managed;
	bool has_zone;                     /* the line with the marks */
	int64_t reserve[MEMINFO_RESERVES]; /* pages */
	unsigned int reserves;
	int64_t blocks[MEMINFO_ORDERS]; /* on the free list of each order */
	uint8_t types[MEMINFO_ORDERS];  /* BLOCK_*; 0: none printed */
	unsigned int orders;            /* 0: no free lists */
	bool has_types;                 /* this kernel prints letters */
	int64_t sum;                    /* as printed behind "=", kB; MEMINFO_UNKNOWN: cut off */
};

struct meminfo {
	struct meminfo_zone zones[MEMINFO_ZONES];
	unsigned int count;
	unsigned int page_kb; /* 4 unless the lists say otherwise */
	bool cut;             /* there was more */
};

/* Read @t into @m. 0, or -ENODATA: it holds no zone. */
int meminfo_parse(struct meminfo *m, const struct report_text *t);

/* Pages on the free lists of the zone; MEMINFO_UNKNOWN: no list. */
int64_t meminfo_list_pages(const struct meminfo_zone *z);

/**
 * meminfo_zone_index - where "Normal" stands in lowmem_reserve[]
 * Zones that are empty on this machine have their entry too, so it is inferred: a zone's reserve is
 * 0 up to itself and the first entry that is not belongs to the next zone with memory.
 * -1: cannot be known
 */
int meminfo_zone_index(const struct meminfo *m, const char *name);

/* "Node 0 Normal", or "Normal" when the kernel names no node. Returns @buf. */
const char *meminfo_zone_name(const struct meminfo_zone *z, char *buf, size_t size);

#endif

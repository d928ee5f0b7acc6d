/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What follows from the zones of a Mem-Info, taken together. */
#include "triage/meminfo.h"

#include <stdio.h>
#include <string.h>

int64_t meminfo_list_pages(const struct meminfo_zone *z)
{
	int64_t pages = 0;

	for (unsigned int o = 0; o < z->orders; o++)
		pages += z->blocks[o] << o;
	return z->orders ? pages : MEMINFO_UNKNOWN;
}

static const struct meminfo_zone *next_of_node(const struct meminfo *m, unsigned int i)
{
	for (unsigned int k = i + 1; k < m->count; k++)
		if (m->zones[k].node == m->zones[i].node && m->zones[k].has_zone)
			return &m->zones[k];
	return NULL;
}

static int first_entry(const struct meminfo_zone *z)
{
	for (unsigned int i = 0; i < z->reserves; i++)
		if (z->reserve[i])
			return (int)i;
	return -1;
}

int meminfo_zone_index(const struct meminfo *m, const char *name)
{
	int entries = 0;
	bool highmem = false;

	for (unsigned int i = 0; i < m->count; i++) {
		const struct meminfo_zone *next = next_of_node(m, i);
		int at = first_entry(&m->zones[i]);

		if (next && at >= 0 && !strcmp(next->name, name))
			return at;
		highmem = highmem || !strcmp(m->zones[i].name, "HighMem");
		if ((int)m->zones[i].reserves > entries)
			entries = (int)m->zones[i].reserves;
	}
	if (!entries)
		return -1;
	if (highmem) { /* 32 bit: [DMA,] Normal, HighMem, Movable */
		const char *const order[] = { "Movable", "HighMem", "Normal", "DMA" };

		for (int i = 0; i < 4; i++)
			if (!strcmp(order[i], name))
				return entries - 1 - i;
		return -1;
	}
	if (!strcmp(name, "DMA"))
		return 0;
	/* 64 bit: DMA, DMA32, Normal, Movable[, Device], or fewer */
	if (!strcmp(name, "DMA32"))
		return entries >= 4 ? 1 : 0;
	if (!strcmp(name, "Normal"))
		return entries >= 4 ? 2 : entries >= 2 ? entries - 2 : 0;
	return entries >= 4 ? 3 : entries - 1;
}

const char *meminfo_zone_name(const struct meminfo_zone *z, char *buf, size_t size)
{
	if (z->node < 0)
		snprintf(buf, size, "%s", z->name);
	else
		snprintf(buf, size, "Node %d %s", z->node, z->name);
	return buf;
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * One look at the machine's memory: every counter of /proc/vmstat, the free blocks of buddyinfo and
 * the watermarks of zoneinfo, as numbers. What they are called is learnt once, before the storm;
 * from then on a look allocates nothing. Parsing is pure and takes any text.
 */
#ifndef HANGAR_DELTAS_SAMPLE_H
#define HANGAR_DELTAS_SAMPLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define DELTA_COUNTERS_MAX 320 /* Linux 6.12 has some 200 */
#define DELTA_ZONES_MAX 16     /* two zones that matter on each of eight nodes */
#define DELTA_ORDERS_MAX 14    /* 11 everywhere but on a few builds */

struct delta_names {
	unsigned int counters, zones, orders; /* orders: as many as this kernel has */
	char counter[DELTA_COUNTERS_MAX][48];
	char zone[DELTA_ZONES_MAX][32]; /* "0 DMA32" */
};

struct delta_zone {
	uint64_t blocks[DELTA_ORDERS_MAX]; /* free, by order */
	uint64_t free, min, low, high;     /* pages */
};

struct delta_sample {
	uint64_t at_us; /* CLOCK_MONOTONIC; 0: none */
	uint64_t counter[DELTA_COUNTERS_MAX];
	struct delta_zone zone[DELTA_ZONES_MAX];
};

/* Where a parser is: one file, line by line. */
struct delta_parse {
	struct delta_names *names;
	struct delta_sample *sample;
	bool learn;        /* new names are added */
	unsigned int next; /* the counter expected next */
	int zone;          /* of zoneinfo: the one in hand, -1: none */
};

void delta_vmstat_line(void *parse, char *line);    /* "compact_stall 12" */
void delta_buddyinfo_line(void *parse, char *line); /* "Node 0, zone DMA32 1 2 3 ..." */
void delta_zoneinfo_line(void *parse, char *line);

/* Read all of @fd from its begin and call @line for each line, cut at its newline. @buf is worked
 * in; a line longer than it is passed over. 0 or -errno. */
int delta_lines(int fd, char *buf, size_t size, void (*line)(void *ctx, char *line), void *ctx);

/* Index of a counter, -1: this kernel has none of that name. */
int delta_counter_find(const struct delta_names *n, const char *name);

/*
 * @after minus @before of one counter or, with a star at the end of @name, of all whose names begin
 * so ("allocstall*": one a zone since 4.10), those of throttling left out. False: there is none.
 */
bool delta_of(const struct delta_names *n, const struct delta_sample *before,
	      const struct delta_sample *after, const char *name, int64_t *ret);

#endif

/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * How long it took from the kernel's timestamp of a log record to its finding being on disk:
 * measured in every run, since an observer that falls behind is itself a finding. One side expects,
 * the other tells what is synced; no lock, no allocation.
 */
#ifndef HANGAR_LATENCY_H
#define HANGAR_LATENCY_H

#include <stdatomic.h>
#include <stdint.h>

#define LATENCY_PENDING 256  /* findings under way to the disk at once; more are not measured */
#define LATENCY_BUCKETS 1024 /* of LATENCY_BUCKET_US each; the last takes all that is longer */
#define LATENCY_BUCKET_US 200u

struct latency {
	struct {
		uint64_t seq, from_us;
	} pending[LATENCY_PENDING];
	_Atomic uint32_t put, taken;
	uint32_t buckets[LATENCY_BUCKETS]; /* the writer's */
	_Atomic uint32_t count;
	_Atomic uint64_t worst_us;
};

struct latency_summary {
	unsigned int count;
	uint64_t median_us; /* to LATENCY_BUCKET_US */
	uint64_t worst_us;
};

/* The line @seq tells of something that happened at @from_us (CLOCK_MONOTONIC). Producer's side. */
void latency_expect(struct latency *l, uint64_t seq, uint64_t from_us);
/* Every line up to @seq is on disk at @now. Writer's side. */
void latency_synced(struct latency *l, uint64_t seq, uint64_t now);
void latency_sum(const struct latency *l, struct latency_summary *ret);

#endif

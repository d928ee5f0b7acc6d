/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A histogram, so that a night of findings costs no more memory than one; the worst is kept
 * exactly. */
#include "latency.h"

void latency_expect(struct latency *l, uint64_t seq, uint64_t from_us)
{
	uint32_t put = atomic_load(&l->put);

	if (!seq || put - atomic_load(&l->taken) >= LATENCY_PENDING)
		return;
	l->pending[put % LATENCY_PENDING].seq = seq;
	l->pending[put % LATENCY_PENDING].from_us = from_us;
	atomic_store(&l->put, put + 1);
}

static void count(struct latency *l, uint64_t us)
{
	uint64_t bucket = us / LATENCY_BUCKET_US;

	l->buckets[bucket < LATENCY_BUCKETS ? bucket : LATENCY_BUCKETS - 1]++;
	if (us > atomic_load(&l->worst_us))
		atomic_store(&l->worst_us, us);
	atomic_fetch_add(&l->count, 1);
}

void latency_synced(struct latency *l, uint64_t seq, uint64_t now)
{
	uint32_t taken = atomic_load(&l->taken);

	while (taken != atomic_load(&l->put) && l->pending[taken % LATENCY_PENDING].seq <= seq) {
		uint64_t from = l->pending[taken % LATENCY_PENDING].from_us;

		count(l, now > from ? now - from : 0);
		atomic_store(&l->taken, ++taken);
	}
}

void latency_sum(const struct latency *l, struct latency_summary *ret)
{
	uint32_t seen = 0;

	*ret = (struct latency_summary){ .count = atomic_load(&l->count),
					 .worst_us = atomic_load(&l->worst_us) };
	for (unsigned int i = 0; i < LATENCY_BUCKETS && ret->count; i++) {
		seen += l->buckets[i];
		if (seen * 2 >= ret->count) {
			ret->median_us = (uint64_t)i * LATENCY_BUCKET_US + LATENCY_BUCKET_US / 2;
			return;
		}
	}
}

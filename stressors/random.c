/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Random choices that can be made again: xorshift64* costs about a nanosecond, needs no lock, and
 * passes for what a storm needs. Every choice is folded into a digest, so that two runs can be
 * compared by one number instead of by a trace.
 */
#include "stressor.h"

#include "random.h"

/* Fowler-Noll-Vo, 64 bits: the digest only has to tell two sequences apart. */
#define FNV_PRIME 0x100000001b3u

uint64_t random_seed(uint64_t seed, uint32_t slot, unsigned int thread)
{
	/* splitmix64, so that neighbouring seeds, slots and threads have nothing in common */
	uint64_t z = seed + 0x9e3779b97f4a7c15u * (1 + slot + ((uint64_t)thread << 32));

	z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
	z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
	z ^= z >> 31;
	return z ? z : 1; /* xorshift stays at 0 for ever */
}

uint64_t stressor_random(struct stressor_run *run)
{
	uint64_t x = run->random;

	x ^= x >> 12;
	x ^= x << 25;
	x ^= x >> 27;
	run->random = x;
	return x * 0x2545f4914f6cdd1du;
}

uint64_t stressor_below(struct stressor_run *run, uint64_t limit)
{
	/* The high bits of the product: no division, bias below 2^-64 * limit. */
	uint64_t n = (uint64_t)(((unsigned __int128)stressor_random(run) * limit) >> 64);

	run->choices = (run->choices ^ n) * FNV_PRIME;
	return n;
}

unsigned int stressor_pick(struct stressor_run *run, const uint64_t weights[STRESSOR_MIX_MAX])
{
	uint64_t total = 0;
	uint64_t n;
	unsigned int i;

	for (i = 0; i < STRESSOR_MIX_MAX; i++)
		total += weights[i];
	n = stressor_below(run, total);
	for (i = 0; n >= weights[i]; i++)
		n -= weights[i];
	return i;
}

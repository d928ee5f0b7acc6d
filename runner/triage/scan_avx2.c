/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The first step for 32 positions at once, as Hyperscan's Teddy does it: windows lie in buckets, a
 * bit each; a table lookup by the low and one by the high half of a byte gives the buckets in which
 * such a byte stands at this place of the window; the AND of all places leaves the buckets of which
 * a window may begin here. It errs only on the side of a look too many.
 */
#include "triage/scan_table.h"

#include <string.h>

#define BUCKETS (8 * SCAN_GROUPS)

#if defined(__x86_64__) && !defined(HANGAR_NO_AVX2)
#include <immintrin.h>

/* How often a byte passes at one place, of 1,000. */
static double passes(const uint8_t *low, const uint8_t *high, uint8_t bit)
{
	double sum = 0;

	for (unsigned int c = ' '; c < 127; c++)
		if (low[c & 15] & high[c >> 4] & bit)
			sum += windows_frequency((unsigned char)c);
	return sum / 1000;
}

static void put(struct scan *s, unsigned int bucket, const char *window)
{
	uint8_t bit = (uint8_t)(1u << bucket % 8);

	for (unsigned int i = 0; i < WINDOW_BYTES; i++) {
		unsigned char c = (unsigned char)window[i];

		for (unsigned int lane = 0; lane < 32;
		     lane += 16) { /* a lookup stays in its lane */
			s->low[bucket / 8][i][lane + (c & 15)] |= bit;
			s->high[bucket / 8][i][lane + (c >> 4)] |= bit;
		}
	}
}

static double in_vain(const struct scan *s, unsigned int bucket)
{
	uint8_t bit = (uint8_t)(1u << bucket % 8);
	double product = 1;

	for (unsigned int i = 0; i < WINDOW_BYTES; i++)
		product *= passes(s->low[bucket / 8][i], s->high[bucket / 8][i], bit);
	return product;
}

/* The bucket that becomes the least unsharp by @window. */
static unsigned int best_bucket(struct scan *s, const char *window)
{
	unsigned int best = 0;
	double least = 0;

	for (unsigned int b = 0; b < BUCKETS; b++) {
		uint8_t low[sizeof(s->low)], high[sizeof(s->high)];
		double more = -in_vain(s, b);

		memcpy(low, s->low, sizeof(low));
		memcpy(high, s->high, sizeof(high));
		put(s, b, window);
		more += in_vain(s, b);
		memcpy(s->low, low, sizeof(low));
		memcpy(s->high, high, sizeof(high));
		if (!b || more < least) {
			least = more;
			best = b;
		}
	}
	return best;
}

bool scan_avx2_prepare(struct scan *s)
{
	if (!__builtin_cpu_supports("avx2"))
		return false;
	for (unsigned int slot = 0; slot < SCAN_SLOTS; slot++) {
		char window[WINDOW_BYTES];

		if (!s->first[slot])
			continue;
		memcpy(window, &s->window[slot], sizeof(window));
		put(s, best_bucket(s, window), window);
	}
	return true;
}

/* Of 32 positions from @p those at which a window may begin. */
__attribute__((target("avx2"))) static inline uint32_t look(const struct scan *s, const char *p)
{
	const __m256i half = _mm256_set1_epi8(15), zero = _mm256_setzero_si256();
	__m256i some = zero;

	for (unsigned int g = 0; g < SCAN_GROUPS; g++) {
		__m256i all = _mm256_set1_epi8(-1);

		for (unsigned int i = 0; i < WINDOW_BYTES; i++) {
			__m256i text = _mm256_loadu_si256((const __m256i *)(const void *)(p + i));
			__m256i low =
				_mm256_load_si256((const __m256i *)(const void *)s->low[g][i]);
			__m256i high =
				_mm256_load_si256((const __m256i *)(const void *)s->high[g][i]);

			low = _mm256_shuffle_epi8(low, _mm256_and_si256(text, half));
			high = _mm256_shuffle_epi8(
				high, _mm256_and_si256(_mm256_srli_epi16(text, 4), half));
			all = _mm256_and_si256(all, _mm256_and_si256(low, high));
		}
		some = _mm256_or_si256(some, all);
	}
	return ~(uint32_t)_mm256_movemask_epi8(_mm256_cmpeq_epi8(some, zero));
}

__attribute__((target("avx2"))) const char *scan_avx2(const struct scan *s, const char *begin,
						      const char *end)
{
	const char *p = begin;

	for (; end - p >= 32 + WINDOW_BYTES; p += 32) {
		uint32_t at = look(s, p);

		for (; at; at &= at - 1)
			if (scan_verify(s, begin, end, p + __builtin_ctz(at)))
				return p + __builtin_ctz(at);
	}
	return scan_narrow(s, begin, p - begin >= 2 ? p - 2 : begin, end);
}

#else

bool scan_avx2_prepare(struct scan *s)
{
	(void)s;
	return false;
}

const char *scan_avx2(const struct scan *s, const char *p, const char *end)
{
	return scan_narrow(s, p, p, end);
}

#endif

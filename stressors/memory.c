/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Growing by chunks. Each chunk is its own mmap(), so ENOMEM (RLIMIT_AS, overcommit) comes when a
 * limit is met, not before the first page; the kernel merges neighbours into one area again. What
 * is newer than 3.10 (MADV_FREE 4.5, MADV_POPULATE_* 5.14) answers EINVAL on older kernels and is
 * then replaced by what comes nearest.
 */
#include "memory.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/mman.h>

#include "base/cleanup.h"
#include "touch.h"

#define CHUNKS_MAX (1024u * 1024u)

#ifndef MADV_FREE
#define MADV_FREE 8
#endif
#ifndef MADV_POPULATE_READ
#define MADV_POPULATE_READ 22
#define MADV_POPULATE_WRITE 23
#endif

#define NO_ADVICE (-1)
#define POPULATE_MAP 1 /* the index of "map" */
#define RELEASE_UNMAP 0
#define RELEASE_DONTNEED 1

const char *const memory_populates[] = { "none", "map", "read", "write", NULL };
static const int populate_advice[] = { NO_ADVICE, NO_ADVICE, MADV_POPULATE_READ,
				       MADV_POPULATE_WRITE };

const char *const memory_advices[] = {
	"none", "hugepage", "nohugepage", "mergeable", "random", "sequential", NULL,
};
static const int advice_values[] = {
	NO_ADVICE, MADV_HUGEPAGE, MADV_NOHUGEPAGE, MADV_MERGEABLE, MADV_RANDOM, MADV_SEQUENTIAL,
};

const char *const memory_releases[] = { "munmap", "dontneed", "free", NULL };
static const int release_advice[] = { NO_ADVICE, MADV_DONTNEED, MADV_FREE };

int memory_init(struct memory *m, const struct memory_opts *opts, uint64_t bytes)
{
	size_t page = touch_page_bytes();

	*m = (struct memory){ .opts = *opts };
	m->opts.chunk_bytes = (opts->chunk_bytes + page - 1) / page * page;
	m->max = (bytes + m->opts.chunk_bytes - 1) / m->opts.chunk_bytes;
	if (m->max > CHUNKS_MAX) {
		stressor_why("%zu chunks are too many: make --chunk larger", m->max);
		return -EINVAL;
	}
	m->chunks = calloc(m->max, sizeof(*m->chunks));
	return m->chunks ? 0 : -ENOMEM;
}

/* madvise() a chunk; advice that this kernel lacks is said once and then left out. */
static int advise(struct memory *m, char *chunk, int advice, uint64_t *choice, const char *instead)
{
	if (advice == NO_ADVICE || madvise(chunk, m->opts.chunk_bytes, advice) == 0)
		return 0;
	if (errno != EINVAL)
		return -errno;
	stressor_say("this kernel has no madvise(%d): %s instead", advice, instead);
	*choice = 0;
	m->fallbacks++;
	return 0;
}

/* Lock and populate, as a new chunk and one that is used again both need it. */
static int lock_and_populate(struct memory *m, char *chunk)
{
	struct memory_opts *o = &m->opts;

	if (o->lock && mlock(chunk, o->chunk_bytes) < 0)
		return -errno;
	return advise(m, chunk, populate_advice[o->populate], &o->populate, "touching");
}

static int set_up(struct memory *m, char *chunk)
{
	struct memory_opts *o = &m->opts;
	int err = advise(m, chunk, advice_values[o->advice], &o->advice, "no advice");

	return err ? err : lock_and_populate(m, chunk);
}

static int map_chunk(struct memory *m, char **ret)
{
	int flags = MAP_PRIVATE | MAP_ANONYMOUS;
	char *chunk;
	int err;

	if (m->opts.populate == POPULATE_MAP)
		flags |= MAP_POPULATE;
	chunk = mmap(NULL, m->opts.chunk_bytes, PROT_READ | PROT_WRITE, flags, -1, 0);
	if (chunk == MAP_FAILED)
		return -errno;
	err = set_up(m, chunk);
	if (err) {
		munmap(chunk, m->opts.chunk_bytes);
		return err;
	}
	*ret = chunk;
	return 0;
}

int memory_grow(struct memory *m, char **ret_chunk)
{
	int err;

	if (m->held == m->mapped) {
		err = map_chunk(m, &m->chunks[m->mapped]);
		if (err)
			return err;
		m->mapped++;
	} else {
		err = lock_and_populate(m, m->chunks[m->held]);
		if (err)
			return err;
	}
	*ret_chunk = m->chunks[m->held++];
	return 0;
}

/* Neighbours in memory go with one call: the kernel lays new mappings one below the other. */
static size_t run_of_neighbours(const struct memory *m, size_t first, char **ret_start)
{
	size_t n = 1;

	*ret_start = m->chunks[first];
	while (first + n < m->held && m->chunks[first + n] == *ret_start - m->opts.chunk_bytes) {
		*ret_start = m->chunks[first + n];
		n++;
	}
	return n;
}

static void give_back(struct memory *m, char *start, size_t bytes)
{
	if (m->opts.release == RELEASE_UNMAP) {
		munmap(start, bytes);
		return;
	}
	if (m->opts.lock)
		munlock(start, bytes); /* locked pages refuse all of this advice */
	if (madvise(start, bytes, release_advice[m->opts.release]) == 0)
		return;
	stressor_say("cannot release by %s: %m: dontneed instead",
		     memory_releases[m->opts.release]);
	m->fallbacks++;
	m->opts.release = RELEASE_DONTNEED;
	madvise(start, bytes, MADV_DONTNEED);
}

void memory_release(struct memory *m)
{
	char *start;
	size_t n;

	for (size_t i = 0; i < m->held; i += n) {
		n = run_of_neighbours(m, i, &start);
		give_back(m, start, n * m->opts.chunk_bytes);
	}
	m->held = 0;
	if (m->opts.release == RELEASE_UNMAP)
		m->mapped = 0;
}

void memory_clear(struct memory *m)
{
	for (size_t i = 0; i < m->mapped; i++)
		munmap(m->chunks[i], m->opts.chunk_bytes);
	free(take_ptr(m->chunks));
	m->mapped = m->held = m->max = 0;
}

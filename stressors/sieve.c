/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Anonymous pages are thinned by MADV_DONTNEED. Pages of pipes are dealt out in turn to as many
 * pipes as one page of which is kept: neighbours in memory then lie in different pipes, and closing
 * all but the first pipe thins them. A pipe holds one page a write of a whole page.
 */
#include "sieve.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <unistd.h>

#include "base/cleanup.h"
#include "touch.h"

#ifndef F_SETPIPE_SZ
#define F_SETPIPE_SZ 1031
#endif

const char *const sieve_pages[] = { "anon", "locked", "pipe", NULL };

struct pipes {
	unsigned int count;
	int ends[][2];
};

/* A pipe is two descriptors, and there are many. */
static void raise_descriptors(void)
{
	struct rlimit r;

	if (getrlimit(RLIMIT_NOFILE, &r) < 0)
		return;
	r.rlim_cur = r.rlim_max;
	setrlimit(RLIMIT_NOFILE, &r);
}

int sieve_init(struct sieve *s, uint64_t pages, uint64_t bytes, uint64_t piece_bytes,
	       unsigned int keep)
{
	size_t page = touch_page_bytes();

	*s = (struct sieve){ .pages = pages, .keep = keep };
	s->piece_bytes = (piece_bytes + page - 1) / page * page;
	if (s->piece_bytes / page < keep) {
		stressor_why("a piece has only %zu pages: make --piece larger or --keep smaller",
			     s->piece_bytes / page);
		return -EINVAL;
	}
	s->max = bytes / s->piece_bytes;
	if (s->max == 0)
		s->max = 1;
	s->pieces = calloc(s->max, sizeof(*s->pieces));
	if (pages == SIEVE_PIPE)
		raise_descriptors();
	return s->pieces ? 0 : -ENOMEM;
}

static int fill_anon(struct sieve *s, struct stressor_run *run, void **ret)
{
	static const struct touch each_page;
	char *at = mmap(NULL, s->piece_bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS,
			-1, 0);

	if (at == MAP_FAILED)
		return -errno;
	/* A huge page would be given back in one block, or split for each page kept. */
	madvise(at, s->piece_bytes, MADV_NOHUGEPAGE);
	if (s->pages == SIEVE_LOCKED && mlock(at, s->piece_bytes) < 0) {
		int err = -errno;

		munmap(at, s->piece_bytes);
		return err;
	}
	touch_pages(run, &each_page, at, s->piece_bytes);
	*ret = at;
	return 0;
}

static int thin_anon(struct sieve *s, char *at)
{
	size_t page = touch_page_bytes();
	size_t row = page * s->keep;

	for (size_t from = 0; from < s->piece_bytes; from += row) {
		size_t end = from + row < s->piece_bytes ? from + row : s->piece_bytes;

		s->pages_kept++;
		if (end - from <= page)
			continue;
		if (s->pages == SIEVE_LOCKED)
			munlock(at + from + page, end - from - page); /* else EINVAL */
		if (madvise(at + from + page, end - from - page, MADV_DONTNEED) < 0)
			return -errno;
	}
	return 0;
}

static void close_pipes(struct pipes *p, unsigned int from)
{
	for (; p->count > from; p->count--) {
		close_fd(p->ends[p->count - 1][0]);
		close_fd(p->ends[p->count - 1][1]);
	}
}

static int open_pipes(struct sieve *s, struct pipes *p, size_t pages_each)
{
	for (; p->count < s->keep; p->count++) {
		int *ends = p->ends[p->count];

		if (pipe2(ends, O_CLOEXEC | O_NONBLOCK) < 0)
			return -errno;
		if (pages_each > 16 &&
		    fcntl(ends[1], F_SETPIPE_SZ, pages_each * touch_page_bytes()) < 0) {
			int err = errno == EPERM ? -EAGAIN : -errno; /* the user's share is used */

			close_fd(ends[0]);
			close_fd(ends[1]);
			return err;
		}
	}
	return 0;
}

/* Deal whole pages out in turn. EAGAIN: a pipe took less than it was sized for. */
static int deal_pages(const struct pipes *p, size_t pages)
{
	static const char data[1 << 16];
	size_t page = touch_page_bytes();

	for (size_t i = 0; i < pages; i++)
		if (write(p->ends[i % p->count][1], data, page) < 0)
			return -errno;
	return 0;
}

static int fill_pipes(struct sieve *s, struct stressor_run *run, void **ret)
{
	size_t pages = s->piece_bytes / touch_page_bytes();
	struct pipes *p = calloc(1, sizeof(*p) + s->keep * sizeof(p->ends[0]));
	int err;

	if (!p)
		return -ENOMEM;
	err = open_pipes(s, p, (pages + s->keep - 1) / s->keep);
	if (!err)
		err = deal_pages(p, pages);
	if (err) {
		close_pipes(p, 0);
		free(p);
		return err;
	}
	run->bytes += s->piece_bytes;
	*ret = p;
	return 0;
}

static int thin_pipes(struct sieve *s, struct pipes *p)
{
	close_pipes(p, 1);
	s->pages_kept = s->piece_bytes / touch_page_bytes() / s->keep;
	return 0;
}

int sieve_fill(struct sieve *s, struct stressor_run *run)
{
	void **piece = &s->pieces[s->filled];
	int err = s->pages == SIEVE_PIPE ? fill_pipes(s, run, piece) : fill_anon(s, run, piece);

	s->pages_filled = err ? 0 : s->piece_bytes / touch_page_bytes();
	s->filled += !err;
	return err;
}

int sieve_thin(struct sieve *s)
{
	void *piece = s->pieces[s->thinned++];

	s->pages_kept = 0;
	return s->pages == SIEVE_PIPE ? thin_pipes(s, piece) : thin_anon(s, piece);
}

void sieve_release(struct sieve *s)
{
	for (; s->filled > 0; s->filled--) {
		void *piece = s->pieces[s->filled - 1];

		if (s->pages == SIEVE_PIPE) {
			close_pipes(piece, 0);
			free(piece);
		} else {
			munmap(piece, s->piece_bytes);
		}
	}
	s->thinned = 0;
}

void sieve_clear(struct sieve *s)
{
	if (s->pieces)
		sieve_release(s);
	free(take_ptr(s->pieces));
}
